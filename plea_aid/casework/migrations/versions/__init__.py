"""One file a migration. A file that has been released is not changed."""
