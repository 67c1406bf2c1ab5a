"""What decides where a run goes on: conditions, loops, waits, ends."""
