"""Approval requests that do not hold the run."""
