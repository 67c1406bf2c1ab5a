"""Conditions in plain words: what they ask, what they saw, and by how little they missed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from flowstudio.errors import ExpressionError
from flowstudio.expressions.capitals import in_capitals
from flowstudio.expressions.normalise import normalise
from flowstudio.expressions.numeric import number_text
from flowstudio.expressions.operators import find_operator
from flowstudio.expressions.parse import compile_expression
from flowstudio.expressions.syntax import Call, Literal, Ref

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.expressions.conditions import Row

Names = Mapping[str, str] | Callable[[str], str | None] | None
"""What people call a path (`invoice.reminder_count` -> `reminder count`), as a table or a function."""

_COUNTED = {
    "count": "the number of {}",
    "total": "the total of {}",
    "avg": "the average of {}",
    "days_since": "the days since {}",
    "days_until": "the days until {}",
    "years_since": "the years since {}",
    "hour": "the hour of {}",
    "abs": "the size of {}",
    "lower": "{}",
    "round": "{}",
}
_NOT = {
    "is more than": "is not more than",
    "is at least": "is less than",
    "is less than": "is not less than",
    "is at most": "is more than",
    "is": "is not",
    "is not": "is",
    "contains": "does not contain",
    "does not contain": "contains",
    "starts with": "does not start with",
    "ends with": "does not end with",
    "does not start with": "starts with",
    "does not end with": "ends with",
    "exists": "is missing",
    "does not exist": "exists",
    "has changed": "has not changed",
    "has changed to": "has not changed to",
    "has changed from": "has not changed from",
    "matches the pattern": "does not match the pattern",
    "does not match the pattern": "matches the pattern",
    "is one of": "is none of",
    "is none of": "is one of",
    "contains any of": "contains none of",
    "contains all of": "does not contain all of",
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_CODE_WORD = re.compile(r"[a-z]+(?:_[a-z]+)+")
_SINGULAR = ("ss", "us", "is", "status", "news")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?)?")
_MANY_DECIMALS = 2
ALWAYS = "always"
"""What a rule without any comparison says."""


def sentence(condition: JsonValue, names: Names = None) -> str:
    """Say what a condition asks: `the reminder count is less than 3, and the amount is more than 1,000`."""
    tree = normalise(condition)
    return _said(tree, names, outer=True)


def _said(tree: JsonObject, names: Names, *, outer: bool) -> str:
    inside = tree.get("conditions")
    if not isinstance(inside, list):
        return _comparison(tree, names)
    kind = tree.get("type")
    parts = [_said(part, names, outer=False) for part in inside]
    if not parts:
        return "nothing holds" if kind == "or" else ALWAYS
    if kind == "not":
        if len(parts) == 1:
            return _denied(inside[0], parts[0], names)
        return f"neither {' nor '.join(parts)}" if len(parts) == 2 else f"none of this holds: {'; '.join(parts)}"
    if len(parts) == 1:
        return parts[0]
    plain = all("conditions" not in part for part in inside)
    joint = f" {kind} " if plain and len(parts) == 2 else f", {kind} "
    if outer:
        return joint.join(parts)
    return (
        f"either {' or '.join(parts)}"
        if kind == "or"
        else f"both {' and '.join(parts)}"
        if len(parts) == 2
        else joint.join(parts)
    )


def _denied(tree: JsonObject, said: str, names: Names) -> str:
    operator = find_operator(str(tree.get("operator")))
    if "conditions" in tree or operator is None:
        return f"it is not so that {said}"
    if operator.key in ("equals", "is_true") and tree.get("value", True) is True:
        return f"{_subject(str(tree.get('field', '')), names)} is not yes"
    return f"{_subject(str(tree.get('field', '')), names)} {_ending(_negative(operator.label), tree, names)}"


def _negative(label: str) -> str:
    known = _NOT.get(label)
    if known is not None:
        return known
    for verb in ("is", "has"):
        if label.startswith(f"{verb} "):
            return f"{verb} not {label[len(verb) + 1 :]}"
    return f"not {label}"


def _comparison(tree: JsonObject, names: Names) -> str:
    operator = find_operator(str(tree.get("operator")))
    subject = _subject(str(tree.get("field", "")), names)
    if operator is None:
        return f"{subject} {tree.get('operator')} {_value(tree.get('value'), names)}".rstrip()
    if operator.nested:
        inner = sentence(tree.get("value"), names)
        amount = {"at_least_one": "at least one", "all": "each", "none": "none"}[operator.key]
        return f"for {amount} of {subject} {inner}"
    many = _is_many(subject)
    if operator.key in ("is_empty", "is_not_empty") and many:
        return f"there are {'no ' if operator.key == 'is_empty' else ''}{subject.removeprefix('the ')}"
    if operator.key in ("exists", "not_exists"):
        return f"{subject} {'are' if many else 'is'} {'there' if operator.key == 'exists' else 'missing'}"
    ending = _ending(operator.label, tree, names)
    if ending == subject or ending.endswith(f" {subject}"):
        ending = ending.removesuffix(subject) + _owned(str(tree.get("value")), subject)
    return f"{subject} {_plural(ending) if many else ending}"


def _is_many(subject: str) -> bool:
    """Guess whether a subject is spoken of in the plural."""
    first, last = subject.partition(" of ")[0].rpartition(" ")[2], subject.rpartition(" ")[2]
    word = first if " of " in subject or " since " in subject or " until " in subject else last
    if subject.startswith(("the days ", "the number ")):
        return False
    return subject.startswith("the ") and word.endswith("s") and not word.endswith(_SINGULAR)


def _plural(ending: str) -> str:
    verb, blank, rest = ending.partition(" ")
    return f"{ {'is': 'are', 'has': 'have', 'does': 'do'}.get(verb, verb.removesuffix('s')) }{blank}{rest}"


def _owned(value: str, subject: str) -> str:
    """Tell the right side from the left one where both are called the same: `the email` and `the lead email`."""
    root = re.split(r"[.\[]", value.strip("{} "))[0]
    owner, thing = in_capitals(root.replace("_", " ")), subject.removeprefix("the ")
    return f"this {thing}" if owner == thing else f"the {owner} {thing}"


def _ending(label: str, tree: JsonObject, names: Names) -> str:
    operator = find_operator(str(tree.get("operator")))
    if operator is None or operator.arity == 1:
        return label
    right = tree.get("value")
    if operator.key in ("in", "not_in", "contains_any", "contains_all"):
        return _listed(label, operator.key, right, names)
    if operator.key in ("between", "not_between"):
        low, _, high = right.partition(",") if isinstance(right, str) else (None, None, None)
        ends = right if isinstance(right, list) else [low, high]
        if len(ends) == 2:
            return f"{label} {_value(ends[0], names)} and {_value(ends[1], names)}"
    shown = _value(right, names)
    return label.replace("…", shown) if "…" in label else f"{label} {shown}"


def _listed(label: str, key: str, right: JsonValue, names: Names) -> str:
    parts = (
        right if isinstance(right, list) else [part.strip() for part in right.split(",")] if _plain(right) else [right]
    )
    shown = [_value(part, names) for part in parts]
    word = "and" if key == "contains_all" else "or"
    joined = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}" if shown else "nothing"
    verb = {"in": "is", "not_in": "is not", "contains_any": "contains", "contains_all": "contains"}[key]
    return f"{verb if label in ('is one of', 'is none of', 'contains any of', 'contains all of') else label} {joined}"


def _plain(value: JsonValue) -> bool:
    return isinstance(value, str) and "{{" not in value


def _value(value: JsonValue, names: Names) -> str:
    if isinstance(value, dict) and isinstance(value.get("field_of"), str):
        return _subject(value["field_of"], names)
    if isinstance(value, str) and value.strip().startswith("{{") and value.strip().endswith("}}"):
        return _subject(value.strip()[2:-2].strip(), names)
    if isinstance(value, str) and _CODE_WORD.fullmatch(value):
        return value.replace("_", " ")
    return value_text(value)


def value_text(value: JsonValue) -> str:
    """Write a value for people: `1,000`, `48.50`, `20 Nov 2026`, `Yes`, `nothing`; long texts are cut."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        text = number_text(value)
        whole, _, decimals = text.partition(".")
        if "e" in text:
            return text
        return f"{int(whole):,}.{decimals:0<{_MANY_DECIMALS}}" if decimals else f"{int(whole):,}"
    if isinstance(value, str):
        found = _DAY.fullmatch(value)
        if found is not None and 1 <= int(found[2]) <= 12:
            day = f"{int(found[3])} {_MONTHS[int(found[2]) - 1]} {found[1]}"
            return f"{day}, {found[4]}" if found[4] else day
        return value if len(value) <= 60 else f"{value[:59]}…"
    if isinstance(value, list):
        return f"{len(value)} items" if len(value) != 1 else "1 item"
    return next((value_text(value[key]) for key in ("name", "title", "number", "id") if value.get(key)), "a record")


def path_words(path: str) -> str:
    """Say a path without a given name: `invoice.customer.email` is `customer email`."""
    parts = [part for part in re.split(r"[.\[\]'\"]+", path) if part and not part.isdigit()]
    if len(parts) > 1 and parts[-1] == "id":
        parts = parts[:-1]
    shown = parts[1:] if len(parts) > 1 else parts
    text = " ".join(part.replace("_", " ").strip() for part in shown)
    return in_capitals(text.removesuffix(" id"))


def _subject(field: str, names: Names) -> str:
    known = names(field) if callable(names) else names.get(field) if names else None
    if known:
        return f"the {known}"
    try:
        tree = compile_expression(field).tree
    except ExpressionError:
        return field
    if isinstance(tree, Ref):
        return tree.root if tree.root in ("now", "today") else f"the {path_words(field)}"
    if isinstance(tree, Call) and tree.name == "add_days":
        return _shifted(field, tree, names)
    if isinstance(tree, Call) and tree.name in _COUNTED and isinstance(tree.arguments[0], Ref):
        reference = tree.arguments[0]
        return _COUNTED[tree.name].format(_subject(field[reference.start : reference.end], names).removeprefix("the "))
    return value_text(tree.value) if isinstance(tree, Literal) else field


def _shifted(field: str, tree: Call, names: Names) -> str:
    base, days = tree.arguments
    if not isinstance(base, Ref) or not isinstance(days, Literal) or not isinstance(days.value, int):
        return field
    from_where = _subject(field[base.start : base.end], names)
    count = f"{abs(days.value)} day{'' if abs(days.value) == 1 else 's'}"
    if from_where == "today":
        return f"{count} {'from now' if days.value >= 0 else 'ago'}"
    return f"{count} {'after' if days.value >= 0 else 'before'} {from_where}"


def row_text(row: Row) -> str:
    """Say what a comparison saw, by its values: `1 is less than 3`, or the near miss `850 is not more than 1,000`."""
    operator = find_operator(row.operator)
    if operator is None:
        return ""
    left = value_text(row.left)
    if operator.nested:
        word = "holds" if row.result else "does not hold"
        return f"the rule for {operator.label.removesuffix(' …')} {word}"
    if row.left is None and not row.result and not operator.missing:
        return f"there is no {path_words(row.field)}"
    label = operator.label if row.result else _negative(operator.label)
    if operator.on_change and isinstance(row.left, dict):
        left = f"{value_text(row.left.get('old'))} to {value_text(row.left.get('new'))}"
    return f"{left} {_ending(label, {'operator': row.operator, 'value': row.right}, None)}"


def near_miss(row: Row) -> str:
    """Say why a comparison failed (`850 is not more than 1,000`); empty for one that holds."""
    return "" if row.result else row_text(row)
