"""How much an expression may ask for: lengths in characters, depths in levels, work in operations."""

from __future__ import annotations

from flowstudio.errors import TooExpensive

MAX_SOURCE = 20_000
"""Characters of one expression's source."""
MAX_TEXT = 200_000
"""Characters of a text that an expression makes, and of a filled-in template."""
MAX_DEPTH = 60
"""Levels of parentheses, calls and lists inside one another."""
MAX_CHUNKS = 10_000
"""Pieces of one template text."""
MAX_WORK = 250_000
"""Operations of one evaluation: roughly one per list item looked at and one per hundred characters made."""
MAX_NUMBER = 10**30
"""Numbers beyond this, in either direction, are refused."""
MAX_DATA_DEPTH = 200
"""Levels of a value that is printed."""
MAX_PATTERN = 1_000
"""Characters of a regular expression."""


def checked_length(length: int) -> int:
    """Return the length of a text about to be made, or raise TooExpensive beyond MAX_TEXT."""
    if length > MAX_TEXT:
        message = f"The text would be longer than {MAX_TEXT:,} characters."
        raise TooExpensive(message)
    return length
