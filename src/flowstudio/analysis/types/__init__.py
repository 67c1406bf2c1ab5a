"""The static pass: at each node, which variables surely exist, which only on some branch, and of what type."""
