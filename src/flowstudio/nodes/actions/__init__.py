"""What a run does, one folder per category of the palette."""
