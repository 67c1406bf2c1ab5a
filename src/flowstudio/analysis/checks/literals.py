"""No secrets and no personal data stand in the workflow as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from flowstudio.analysis.checks.look import Look
from flowstudio.domain.json import JsonValue
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node, Trigger
from flowstudio.kit.uses import Where, settings_map

_SECRETS = re.compile(
    r"\b(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{8,}|\bsk-[A-Za-z0-9_-]{16,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\bey[JI][\w-]{10,}\.ey[JI][\w-]{10,}\.[\w-]+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bfs_[A-Za-z0-9]+_[A-Za-z0-9]{16,}"
    r"|(?i:\b(?:bearer|basic)\s+[A-Za-z0-9+/=_.-]{16,})"
    r"|://[^/\s:@{}]+:[^/\s:@{}]+@"
)
_SECRET_KEYS = re.compile(
    r"(?i)(?:^|[_-])(?:password|passwd|secret|token|api[_-]?key|apikey|authorization|private[_-]?key)$"
)
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_PHONE = re.compile(r"(?<![\w.])\+\d[\d ()/-]{7,16}\d(?![\w.])")
_CARD = re.compile(r"(?<![\d.])(?:\d[ -]?){15}\d(?![\d.])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_SECRET = "a secret"  # noqa: S105  what is said of a text, not one
_SHORT = 2_000
"""Characters up to which a text's answer is remembered."""
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def check(look: Look) -> Iterator[Problem]:
    """Find secrets typed into settings, and addresses, numbers and accounts of people."""
    for part, node_type in look.parts():
        credentials = (
            {key for key, one in settings_map(node_type).items() if one.widget == "credential"} if node_type else set()
        )
        for where, text in _texts(part.config, ("config",)):
            if len(where) > 1 and where[1] in credentials:
                continue
            yield from _text(look, part, where, text)


def _texts(value: JsonValue, where: Where) -> Iterator[tuple[Where, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*where, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*where, index))


def _text(look: Look, part: Node | Trigger, where: Where, text: str) -> Iterator[Problem]:
    key = next((step for step in reversed(where) if isinstance(step, str)), "")
    found = _held(key, text) if len(text) <= _SHORT else _held.__wrapped__(key, text)
    if found is None:
        return
    name, label = look.called(part), look.label(part, where)
    if found == _SECRET:
        message = f"{label} of {name} seems to hold a secret. Whoever sees the workflow sees it too."
        hint = "Keep it under Connections and choose it here."
        yield look.problem(part, where, "literal_secret", message, hint=hint, severity="warning")
    else:
        message = f"{label} of {name} holds {found} as plain text."
        hint = "Take it from a record or a workspace setting, so that it can change without the workflow."
        yield look.problem(part, where, "literal_personal_data", message, hint=hint, severity="warning")


@lru_cache(maxsize=4096)
def _held(key: str, text: str) -> str | None:
    """Say what a text holds that should not stand there; asked again and again while people draw."""
    if holds_secret(key, text):
        return _SECRET
    plain = literal_text(text)
    return next(
        (what for pattern, what in _PERSONAL if (hit := pattern.search(plain)) and _is_real(what, hit[0])), None
    )


def literal_text(text: str) -> str:
    """Return what stands outside the expressions of a text."""
    return _EXPRESSION.sub("", text) if "{{" in text else text


def holds_secret(key: str, text: str) -> bool:
    """Say whether a text seems to hold a secret outside its expressions; `key` is the name it stands under."""
    plain = literal_text(text)
    named = _SECRET_KEYS.search(key) and len(plain.strip()) >= 8 and " " not in plain.strip()
    return bool(_SECRETS.search(plain) or named)


def _is_real(what: str, hit: str) -> bool:
    return what != "a card number" or _luhn(re.sub(r"\D", "", hit))


def _luhn(digits: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if index % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


_PERSONAL = (
    (_CARD, "a card number"), (_IBAN, "a bank account"), (_MAIL, "a mail address"), (_PHONE, "a phone number"),
)  # fmt: skip
