"""What wakes us: the real clock, and one tick at the next due moment; APScheduler stands behind it."""
