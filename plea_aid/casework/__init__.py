"""Cases, factor analyses, review, versions and the audit trail: what is stored, and who may do what."""
