"""How the set-up speaks: short lines, one clear sentence when it cannot go on."""

import sys


class SetupError(Exception):
    """The set-up cannot go on; the message is the one line that a person reads."""


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"FlowStudio: {text}", flush=True)


def progress(text: str) -> None:
    """Rewrite the last line on a terminal; elsewhere stay quiet, logs have no last line."""
    if sys.stdout.isatty():
        print(f"\r\033[K  {text}", end="", flush=True)


def progress_done() -> None:
    """Leave the line that progress() wrote."""
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)
