"""Documents and knowledge."""
