"""Lists as steps work on them: fields of items by their path, order, figures."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import ENTITY
from flowstudio.errors import ConfigRejected
from flowstudio.expressions import print_value
from flowstudio.expressions.numeric import as_number, tidy
from flowstudio.kit.context import RunContext
from flowstudio.kit.record_filter import Node, Path, paths_in, read_tree, tree_holds
from flowstudio.kit.record_values import moment

LONGEST_LIST = 100_000
"""Items of one list that a step takes."""
_PATH = re.compile(r"[A-Za-z_]\w*(\.\w+)*")


def path_of(text: str, setting: str) -> Path:
    """Return a field's path (`customer.name`); raise ConfigRejected where it is none."""
    bare = text.strip().removeprefix("{{").removesuffix("}}").strip()
    if not _PATH.fullmatch(bare):
        raise ConfigRejected(f'"{text[:60]}" is not the name of a field.', setting=setting)
    return tuple(bare.split("."))


async def field_of(item: JsonValue, path: Path, ctx: RunContext) -> JsonValue:
    """Return the field of an item; a record's references are followed. None where there is none."""
    value = item
    for place, name in enumerate(path, 1):
        if not isinstance(value, dict):
            return None
        own = value.get(name)
        leads_on = own is None or (place < len(path) and isinstance(own, (str, int, float)))
        if leads_on and ENTITY in value and value.get(f"{name}_id") is not None:
            return await ctx.fill("{{row." + ".".join(path) + "}}", row=item)
        value = value.get(name)
    return value


async def fields_of(items: Iterable[JsonValue], path: Path, ctx: RunContext) -> list[JsonValue]:
    """Return the field of each item."""
    return [await field_of(item, path, ctx) for item in items]


async def parted(items: list[JsonValue], where: JsonObject, ctx: RunContext) -> tuple[list[JsonValue], list[JsonValue]]:
    """Return the items for which the condition over their fields holds, and the others."""
    tree: Node = read_tree(where)
    paths = tuple(dict.fromkeys(paths_in(tree)))
    at = moment(ctx.now(), ctx.zone)
    fitting: list[JsonValue] = []
    rest: list[JsonValue] = []
    for item in items:
        values = {path: await field_of(item, path, ctx) for path in paths}
        at.spent = 0
        (fitting if tree_holds(tree, values.get, at) else rest).append(item)
    return fitting, rest


def label_of(value: JsonValue) -> str:
    """Return a value as groups are named by it."""
    return "" if value is None else print_value(value)


def figures(values: Iterable[JsonValue]) -> JsonObject:
    """Return total, average, lowest and highest of the numbers among values; without any, nothing but a total of 0."""
    numbers = [number for value in values if (number := as_number(value)) is not None]
    total = sum(numbers)
    return {
        "total": tidy(total),
        "average": tidy(total / len(numbers)) if numbers else None,
        "lowest": tidy(min(numbers)) if numbers else None,
        "highest": tidy(max(numbers)) if numbers else None,
    }
