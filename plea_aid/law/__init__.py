"""What the law says: typed, validated, dated records read from ``data/``. Knows nothing of cases."""
