"""Keeps secrets out of what is written: by the name of a field, and by the values that are known to be secret."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "•••"

_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)?$|secret|token$|api_?key|authorization|cookie|credential|private_key|signature|session_id",
    re.IGNORECASE,
)
_IN_URL = re.compile(r"(?<=://)([^/\s:@]*):([^/\s@]+)@")
_IN_QUERY = re.compile(r"([?&][\w-]*(?:password|token|secret|api_?key|signature)=)[^&\s#]+", re.IGNORECASE)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_SHORTEST = 6  # shorter texts would black out ordinary words
_DEEPEST = 12


class Redactor:
    """Replaces secrets in texts, lists and objects by a mask."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def protect(self, values: Iterable[str]) -> None:
        """Mask these values wherever they stand from now on; very short ones are left out."""
        self._values |= {value for value in values if len(value) >= _SHORTEST}
        longest_first = sorted(self._values, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """Return the text without known secrets, passwords in addresses and authorization values."""
        if self._pattern:
            text = self._pattern.sub(MASK, text)
        if "://" in text:
            text = _IN_QUERY.sub(rf"\1{MASK}", _IN_URL.sub(rf"\1:{MASK}@", text))
        return _BEARER.sub(rf"\1 {MASK}", text)

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return a copy of JSON-like data without secrets; what lies too deep is masked whole."""
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool | int | float):
            return value
        if depth > _DEEPEST:
            return MASK
        if isinstance(value, Mapping):
            return {
                key: MASK if item and _is_secret_name(key) else self.value(item, depth + 1)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item, depth + 1) for item in value]
        return self.text(str(value))


def _is_secret_name(key: Any) -> bool:
    return isinstance(key, str) and bool(_SECRET_NAME.search(key))


redactor = Redactor()
"""The one that logs use; start-up and the credential store tell it what to protect."""
