"""What an address has to offer: the items of a JSON answer or of a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from flowstudio.errors import BadRequest

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue

MOST_ITEMS = 1_000
_ID_NAMES = ("id", "guid", "link", "url", "key")


def items_of(body: JsonValue, path: str | None) -> list[JsonObject]:
    """Return the items of an answer, in its order; raise BadRequest where there is no list.

    `path` names the list inside a JSON answer (`data.orders`); without it the answer is the list, or its only list.
    """
    found: JsonValue = body
    if isinstance(body, str):
        found = _feed(body)
    elif path:
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
    elif isinstance(body, dict):
        lists = [value for value in body.values() if isinstance(value, list)]
        found = lists[0] if len(lists) == 1 else None
    if not isinstance(found, list):
        raise BadRequest(
            f'There is no list at "{path}" in the answer.' if path else "The answer holds no list of items."
        )
    return [item if isinstance(item, dict) else {"id": item, "value": item} for item in found[:MOST_ITEMS]]


def id_of(item: JsonObject, field: str) -> str | None:
    """Return what tells an item from others: the field that is named, else `id`, `guid`, `link`."""
    for name in (field, *_ID_NAMES):
        value: JsonValue = item
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value not in (None, ""):
            return str(value)[:500]
    return None


def _feed(text: str) -> list[JsonObject]:
    """Read RSS or Atom. A document type is refused: feeds need none, and it can hold a bomb."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadRequest("The feed has a document type, which is not read.")
    try:
        root = ET.fromstring(text.strip())  # noqa: S314  without a document type there is nothing to expand
    except ET.ParseError as error:
        raise BadRequest(f"The answer is neither JSON nor a feed: {error}.") from error
    return [_item(one) for one in root.iter() if _name(one) in ("item", "entry")]


def _item(element: ET.Element) -> JsonObject:
    item: JsonObject = {}
    for child in element:
        name = _name(child)
        value = (child.text or "").strip() or child.get("href") or ""
        item.setdefault(name, value)
    return item


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
