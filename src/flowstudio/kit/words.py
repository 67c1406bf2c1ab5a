"""Settings in words: what a card, a preview or an explanation says about them. No braces, no technical names."""

from __future__ import annotations

import re

from flowstudio.domain.json import JsonValue
from flowstudio.expressions import path_words

_BRACED = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PATH = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d+\])*")
_LIMIT = 80
_CHOICE = re.compile(r"[a-z]+(?:_[a-z]+)+")
"""A value as data holds it, such as `renewal_due`."""


def spaced(name: str) -> str:
    """Say a name as people do: `reminder_count` → `reminder count`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ").strip().lower()


def expression_words(expression: str) -> str:
    """Say an expression in words: a path by its last names, anything else as `a calculated value`."""
    bare = expression.strip()
    if bare.startswith("{{") and bare.endswith("}}"):
        bare = bare[2:-2].strip()
    bare = bare.split("|", 1)[0].strip()
    if _PATH.fullmatch(bare):
        return path_words(bare)
    if re.fullmatch(r"-?\d+(\.\d+)?", bare):
        return bare
    found = [word for word in _PATH.findall(bare) if "." in word]
    return path_words(found[0]) if len(found) == 1 else "a calculated value"


def said(value: JsonValue, limit: int = _LIMIT) -> str:
    """Say a setting in words, at most `limit` characters: texts with their `{{ }}` as words, lists with commas."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return shortened(listed([said(item, limit) for item in value]), limit)
    if isinstance(value, dict):
        return shortened(listed([spaced(str(key)) for key in value]), limit)
    text = _BRACED.sub(lambda found: expression_words(found[1]), str(value))
    if _CHOICE.fullmatch(text):
        text = text.replace("_", " ")
    return shortened(" ".join(text.split()), limit)


def listed(words: list[str], last: str = "and") -> str:
    """Join words as people do: `a, b and c`."""
    words = [word for word in words if word]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def shortened(text: str, limit: int = _LIMIT) -> str:
    """Cut a text at a word, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1].rsplit(" ", 1)[0] or text[: limit - 1]
    return f"{cut.rstrip(' ,;:')}…"


def capital(text: str) -> str:
    """Begin with a capital letter, leaving the rest alone."""
    return text[:1].upper() + text[1:]


def counted(number: int, one: str, many: str | None = None) -> str:
    """Say a number with its unit: `1 email`, `3 emails`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def with_article(word: str) -> str:
    """Return a word with its article: `an event`, `a deal`."""
    return f"{'an' if word[:1].lower() in 'aeio' else 'a'} {word}"


def singular(entity: str) -> str:
    """Say the name of one record of a type: `invoices` → `invoice`, `policies` → `policy`."""
    name = spaced(entity)
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    if name.endswith(("sses", "xes", "ches", "shes")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
