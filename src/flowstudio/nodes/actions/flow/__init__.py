"""Actions that decide the course of a run."""
