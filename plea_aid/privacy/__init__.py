"""Section 2 of the City's resolution: what is sensitive about a person, and how it is found and kept inside."""
