"""Settings in words: what a card, a preview or an explanation says about them. No braces, no technical names."""

from __future__ import annotations

import re

from flowstudio.domain.json import JsonValue
from flowstudio.expressions import in_capitals, path_words

_BRACED = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PATH = re.compile(r"[^\W\d][\w$]*(?:\.[^\W\d][\w$]*|\[(?:\d+|\"[^\"]*\"|'[^']*')\])*")
_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Controls, empty spaces, and signs that turn the direction of a text round."""
_LIMIT = 80
_CHOICE = re.compile(r"[a-z]+(?:_[a-z]+)+")
"""A value as data holds it, such as `renewal_due`."""


def spaced(name: str) -> str:
    """Say a name as people do: `reminder_count` → `reminder count`, `hr_email` → `HR email`.

    A name with a space in it was written by a person, and stays as it is.
    """
    if " " in name:
        return name
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ")
    return in_capitals(text.lower())


def human(name: str) -> str:
    """Return a name as a person reads it: `reminder_count` → `Reminder count`, `base_url` → `Base URL`."""
    return capital(in_capitals(name.replace("_", " ")))


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


def listed(words: list[str], last: str = "and", *, most: int | None = None) -> str:
    """Join words as people do: `a, b and c`; beyond `most`, `a, b and 12 more`."""
    words = [word for word in words if word]
    if most is not None and len(words) > most:
        words, last = [*words[:most], f"{len(words) - most:,} more"], "and"
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


def shown(text: str) -> str:
    """Return a text as one line of characters that show: it looks like what it is, and turns nothing around it."""
    return _UNSEEN.sub("", _BREAKS.sub(" ", text))


def ended(text: str) -> str:
    """End a sentence: with a full stop, unless it asks or calls already."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def counted(number: int, one: str, many: str | None = None) -> str:
    """Say a number with its unit: `1 email`, `3 emails`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def as_id(name: str, most: int = 60) -> str:
    """Return a name as an id reads: `Send reminder` → `send-reminder`; empty where no letter or figure is plain."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:most].strip("-")


def with_article(word: str) -> str:
    """Return a word with its article: `an event`, `a deal`; one in capitals as its letters are said: `an RFQ`."""
    vowel = word[:1] in "AEFHILMNORSX" if word[1:2].isupper() else word[:1].lower() in "aeio"
    return f"{'an' if vowel else 'a'} {word}"


def in_line(text: str) -> str:
    """Return a text as it stands inside a sentence: `When paid` → `when paid`; a word in capitals stays: `RFQ sent`."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def singular(entity: str) -> str:
    """Say the name of one record of a type: `invoices` → `invoice`, `policies` → `policy`."""
    name = spaced(entity)
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    if name.endswith(("sses", "xes", "ches", "shes")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
