"""A condition's verdict on sample data, as the builder shows it."""

from collections.abc import Mapping

from flowstudio.domain.json import JsonValue
from flowstudio.expressions import Verdict, print_value

_CALLED = ("name", "title", "number", "subject", "id")
"""Fields by which people know a record."""
LONGEST = 60
"""Characters of a value beside its rule; the whole stands in the panel of what comes in."""


def verdicts_of(verdict: Verdict) -> Mapping[str, JsonValue]:
    """Turn a verdict into `ConditionBuilder.show`'s form; a lone comparison counts as the first of its group."""
    shown: dict[str, JsonValue] = {"": {"result": verdict.result}}
    for place, result in verdict.groups:
        shown[_path(place)] = {"result": result}
    for row in verdict.rows:
        shown[_path(row.place) or "0"] = {"result": row.result, "now": shown_value(row.left)}
    return shown


def _path(place: tuple[int, ...]) -> str:
    return ".".join(str(at) for at in place)


def shown_value(value: JsonValue) -> str:
    """Return a value as it stands beside its rule."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return f"{len(value)} {'item' if len(value) == 1 else 'items'}"
    if isinstance(value, dict):
        value = next((value[name] for name in _CALLED if value.get(name)), "a record")
    text = print_value(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
