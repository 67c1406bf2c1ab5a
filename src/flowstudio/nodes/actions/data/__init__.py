"""Finding, changing and computing records and values."""
