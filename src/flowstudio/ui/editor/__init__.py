"""The editor page's parts: canvas, palette, detail panel, test run, problems, history."""
