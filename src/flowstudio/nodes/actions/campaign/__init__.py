"""Email campaigns."""
