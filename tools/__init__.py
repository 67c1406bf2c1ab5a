"""What run.py does before FlowStudio's own packages are there: standard library only."""
