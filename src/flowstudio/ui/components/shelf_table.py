"""The table of workflows as one element: a page of a hundred rows costs the server what one label costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from flowstudio.domain.json import JsonObject
from flowstudio.ui.components.canvas import STATIC

Deed = tuple[str, str]
"""Key and words of an entry in a row's menu."""


class ShelfTable(ui.element, component=STATIC / "shelf.js"):
    """Rows that are chosen, dragged, switched and opened; what is chosen lives in the browser."""

    def __init__(
        self,
        *,
        deeds: Sequence[Deed],
        readonly: bool,
        on_choose: Callable[[list[str]], object],
        on_toggle: Callable[[str, bool], object],
        on_deed: Callable[[str, str], object],
        on_sort: Callable[[str], object],
        on_drop: Callable[[list[str], str], object],
        on_key: Callable[[str], object],
        on_drop_folder: Callable[[str, str], object],
        on_folder_key: Callable[[str, str], object],
    ) -> None:
        """Draw an empty table; `show` brings columns and rows. `on_drop` gets workflows and the folder's id.

        The list of folders beside it is dragged and worked by keyboard here too: `on_drop_folder` gets a folder and the
        one that it goes into, `on_folder_key` a deed and a folder.
        """
        super().__init__()
        self._props.update(
            label="Workflows", columns=(), rows=(), readonly=readonly,
            deeds=tuple({"key": key, "text": text} for key, text in deeds),
        )  # fmt: skip
        self.on("choose", lambda event: on_choose(_texts(event.args)))
        self.on("toggle", lambda event: on_toggle(_text(event, "id"), event.args.get("on") is True))
        self.on("deed", lambda event: on_deed(_text(event, "deed"), _text(event, "id")))
        self.on("sort", lambda event: on_sort(str(event.args)))
        self.on("drop", lambda event: on_drop(_texts(event.args.get("ids")), _text(event, "folder")))
        self.on("dropFolder", lambda event: on_drop_folder(_text(event, "id"), _text(event, "above")))
        self.on("folderKey", lambda event: on_folder_key(_text(event, "deed"), _text(event, "id")))
        self.on("key", lambda event: on_key(str(event.args)))

    def show(self, columns: Sequence[JsonObject], rows: Sequence[JsonObject]) -> None:
        """Show these; nothing is sent when they are what is shown already."""
        # Tuples: a list among the props would be watched for changes, item by item.
        found: dict[str, Any] = {"columns": tuple(columns), "rows": tuple(rows)}
        if any(self._props[name] != value for name, value in found.items()):
            self._props.update(found)

    def choose_none(self) -> None:
        """Let nothing be chosen."""
        self.run_method("chooseNone")


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _text(event: GenericEventArguments, name: str) -> str:
    found = event.args.get(name) if isinstance(event.args, dict) else None
    return found if isinstance(found, str) else ""
