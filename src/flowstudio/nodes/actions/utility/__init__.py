"""Calendar, schedules and budgets."""
