"""Regular expressions on a linear-time engine: no pattern takes more than a moment."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import re2

from flowstudio.errors import TooExpensive, WrongType
from flowstudio.expressions.limits import MAX_PATTERN


class Pattern(Protocol):
    """A compiled regular expression."""

    def search(self, text: str) -> object | None:
        """Return a match anywhere in the text, else None."""


@lru_cache(maxsize=512)
def pattern(text: str, ignore_case: bool) -> Pattern:
    """Compile a pattern; raise WrongType for one that cannot be read, TooExpensive for one too long."""
    if len(text) > MAX_PATTERN:
        message = f"The pattern is longer than {MAX_PATTERN:,} characters."
        raise TooExpensive(message)
    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    options.max_mem = 1 << 22
    try:
        compiled: Pattern = re2.compile(text, options)
    except (re2.error, UnicodeError):
        message = f'The pattern "{text[:60]}" cannot be read.'
        raise WrongType(message) from None
    return compiled


def found_in(text: str, expression: str, ignore_case: bool) -> bool:
    """Say whether a pattern fits anywhere in a text; raise as `pattern` does."""
    compiled = pattern(expression, ignore_case)
    try:
        return compiled.search(text) is not None
    except UnicodeEncodeError:  # half a sign, as broken data holds it, fits no pattern but "."
        return compiled.search(text.encode("utf-8", "replace").decode()) is not None
