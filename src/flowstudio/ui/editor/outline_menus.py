"""The keys and the menus of the outline's lines, both taken from the one list of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.ui.editor.shortcuts import commands_of

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject

_LINE = ""
"""Draws a line between entries of a menu."""
_COPIES = ("copy", "cut", "paste", "duplicate")
_DELETES = (_LINE, "delete_heal", "delete")
_TOGETHER = (_LINE, "toggle", "group", "ungroup")
_WIRES = ("add_after", "lead", "lead_also", "cut_arrow")
MENUS: dict[str, tuple[str, ...]] = {
    "trigger": ("open", "rename", _LINE, *_WIRES, _LINE, "paste", *_TOGETHER, _LINE, "delete"),
    "step": (
        "open", "rename", _LINE, *_WIRES, "put_between", "earlier", "later", _LINE, "swap", "disable", "pin", _LINE,
        *_COPIES, *_TOGETHER, "extract", *_DELETES,
    ),
    "way": ("add_after", "lead", "lead_also", "cut_arrow", "paste"),
    "group": (
        "open", "rename", "fold", "ungroup", _LINE, "disable", *_COPIES, _LINE, "toggle", "group", "extract",
        _LINE, "delete",
    ),
    "note": ("open", "rename", _LINE, *_COPIES, _LINE, "toggle", _LINE, "delete"),
    "several": ("toggle", "group", "ungroup", "extract", "disable", "pin", _LINE, *_COPIES, *_DELETES),
}  # fmt: skip
"""By kind of line: the names of its commands."""
_WORDS = {
    ("note", "rename"): "Write in it", ("trigger", "add_after"): "Add the first step",
    ("way", "add_after"): "Add a step here", ("group", "delete"): "Delete with its steps",
    ("several", "toggle"): "Choose no more", ("trigger", "delete"): "Delete", ("note", "delete"): "Delete",
    ("step", "delete"): "Delete and leave the gap", ("several", "delete"): "Delete and leave the gap",
}  # fmt: skip
"""Where a command is called otherwise on a kind of line."""
_HERE = {"toggle": ("Choose it too", "Space"), "paste": ("Paste after it", "Ctrl V")}
"""What the list does by itself."""


def keys(*, readonly: bool) -> dict[str, JsonObject]:
    """Return the commands by their keys, as `static/outline_tree.js` takes them."""
    return {
        held: {"name": one.name, "fewest": one.fewest, "writes": one.writes}
        for one in commands_of("outline")
        if one.name and not (readonly and one.writes)
        for held in one.keys.split(" or ")
        if held and one.name not in ("open", "select_all")
    }


def menus(*, readonly: bool) -> dict[str, list[JsonObject]]:
    """Return the menus by kind of line; who may look only gets what changes nothing."""
    known = {one.name: one for one in commands_of("outline")}
    found: dict[str, list[JsonObject]] = {}
    for kind, names in MENUS.items():
        items: list[JsonObject] = []
        for name in names:
            command = known.get(name)
            if readonly and (name in ("paste", _LINE) or (command is not None and command.writes)):
                continue
            text, held = _HERE.get(name, (command.text, command.keys) if command else ("", ""))
            items.append({"name": name, "text": _WORDS.get((kind, name), text), "keys": held.partition(" or ")[0]})
        if items:
            found[kind] = items
    return found
