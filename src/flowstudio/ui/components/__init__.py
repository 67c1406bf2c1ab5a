"""Parts that several pages use: one element, one file."""
