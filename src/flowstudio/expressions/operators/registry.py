"""The table of operators: each is one decorated function with its label, its types and three worked examples."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.domain.json import JsonValue
from flowstudio.errors import BadSyntax

if TYPE_CHECKING:
    from flowstudio.expressions.context import EvalContext

Example = tuple[JsonValue, JsonValue, bool]
Test = Callable[..., bool]
"""(left, right, ctx, ignore_case) -> bool; missing sides are sorted out before, unless `missing` is set."""

_LONG = 1_000
"""Characters of a text from which on looking at it is charged for."""
OPERATORS: dict[str, Operator] = {}
"""The operators by key, in the order of the catalogue."""
_BY_ALIAS: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Operator:
    """One comparison: `arity` 1 takes no right side; groups have none and take the results inside them."""

    key: str
    label: str
    types: tuple[str, ...]
    arity: int | None
    meaning: str
    examples: tuple[Example, ...]
    aliases: tuple[str, ...]
    test: Test
    missing: bool
    """Whether it looks at missing values itself; all others are false on them."""
    nested: bool
    """Whether its right side is a condition over the items of the left one."""

    @property
    def is_group(self) -> bool:
        """Whether it joins conditions."""
        return self.types == ("group",)

    @property
    def on_change(self) -> bool:
        """Whether it needs the old value of a change."""
        return self.key.startswith("changed")

    def holds(self, left: JsonValue, right: JsonValue, ctx: EvalContext, ignore_case: bool = True) -> bool:
        """Say whether the comparison holds; a missing side makes it false except where the operator asks for it."""
        if not self.missing and (left is None or (right is None and self.arity == 2)):
            return False
        if type(left) is str and len(left) > _LONG:
            ctx.charge(len(left) // _LONG)
        return self.test(left, right, ctx, ignore_case)


def operator(
    key: str,
    *,
    label: str,
    meaning: str,
    types: tuple[str, ...],
    arity: int | None,
    examples: tuple[Example, ...],
    aliases: tuple[str, ...] = (),
    missing: bool = False,
    nested: bool = False,
) -> Callable[[Test], Test]:
    """Register an operator: all that forms, docs and checks need to know of it stands here."""

    def register(test: Test) -> Test:
        entry = Operator(key, label, types, arity, meaning, examples, aliases, test, missing, nested)
        OPERATORS[key] = entry
        for word in (key, *aliases):
            _BY_ALIAS.setdefault(word, key)
        return test

    return register


def find_operator(word: str) -> Operator | None:
    """Return the operator of that key or alias, without regard to case and blanks; None when there is none."""
    key = _BY_ALIAS.get(word)
    if key is None:
        plain = word.strip().lower().replace(" ", "_")
        key = _BY_ALIAS.get(plain)
    return OPERATORS[key] if key is not None else None


def needed_operator(word: object) -> Operator:
    """Return the operator of that key or alias; raise BadSyntax with the nearest one."""
    found = find_operator(word) if isinstance(word, str) else None
    if found is None or found.is_group:
        close = difflib.get_close_matches(
            str(word), [key for key, entry in OPERATORS.items() if not entry.is_group], n=1
        )
        message = f'There is no operator called "{word}".'
        raise BadSyntax(message, hint=f"Did you mean {close[0]}?" if close else "")
    return found
