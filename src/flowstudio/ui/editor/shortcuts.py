"""Every command of canvas and outline, once: keys, lists of keys, menus and command bars are drawn from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from nicegui import ui

from flowstudio.ui.theme import button, dialog_title

Place = Literal["canvas", "outline"]
"""Where a workflow is worked on."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done; without a name it is a gesture that only the list of keys tells of."""

    name: str
    text: str
    keys: str = ""
    fewest: int = 0
    """How many boxes must be chosen for it."""
    writes: bool = True
    """Whether it changes the workflow."""
    outline: str | None = None
    """Its keys in the outline, where they are others than on the canvas."""
    only: Place | None = None
    """The one place that knows it; None for both."""


COMMANDS: tuple[Command, ...] = (
    Command("palette", "Find a step to add", "N", only="canvas"),
    Command("add_after", "Add a step after it", "N", only="outline"),
    Command("note", "Add a note", "Shift S"),
    Command("open", "Open the step's settings", "Enter", 1, writes=False),
    Command("rename", "Rename", "F2 or Space", 1, outline="F2"),
    Command("swap", "Change to another kind of step", "R", 1),
    Command("lead", "Lead on to another step", "", 1, outline="W"),
    Command("lead_also", "Lead on to one more step", "", 1, outline="Shift W"),
    Command("cut_arrow", "Cut an arrow", "", 1, outline="X"),
    Command("put_between", "Put between two others", "", 1, outline="M"),
    Command("earlier", "Move up in its chain", "Alt ↑", 1, only="outline"),
    Command("later", "Move down in its chain", "Alt ↓", 1, only="outline"),
    Command("disable", "Switch a step on or off", "D", 1),
    Command("pin", "Pin or unpin what a step gives in test runs", "P", 1),
    Command("delete", "Delete", "Del", 1, outline=""),
    Command("delete_heal", "Delete and close the gap", "Ctrl Del", 1, outline="Del or Ctrl Del"),
    Command("duplicate", "Duplicate", "Ctrl D", 1),
    Command("copy", "Copy", "Ctrl C", 1, writes=False),
    Command("cut", "Cut", "Ctrl X", 1),
    Command("", "Paste", "Ctrl V"),
    Command("undo", "Undo", "Ctrl Z"),
    Command("redo", "Redo", "Ctrl Shift Z"),
    Command("select_all", "Select all", "Ctrl A", writes=False),
    Command("select_up", "Select all that leads here", "Shift ↑", 1, writes=False, outline=""),
    Command("select_down", "Select all that follows", "Shift ↓", 1, writes=False, outline=""),
    Command("group", "Group", "Ctrl G", 1),
    Command("ungroup", "Ungroup", "Ctrl Shift G", 1),
    Command("extract", "Make a workflow of the chosen steps", "Alt X", 1),
    Command("fold", "Fold or open a group", "Enter", 1, outline=""),
    Command("align_left", "Align left", "Alt ←", 2, only="canvas"),
    Command("align_centre", "Align centres", "", 2, only="canvas"),
    Command("align_right", "Align right", "Alt →", 2, only="canvas"),
    Command("align_top", "Align top", "Alt ↑", 2, only="canvas"),
    Command("align_middle", "Align middles", "", 2, only="canvas"),
    Command("align_bottom", "Align bottom", "Alt ↓", 2, only="canvas"),
    Command("distribute_x", "Spread evenly from left to right", "Alt Shift H", 3, only="canvas"),
    Command("distribute_y", "Spread evenly from top to bottom", "Alt Shift V", 3, only="canvas"),
    Command("tidy", "Tidy up everything, or only what is chosen", "Shift Alt T", only="canvas"),
    Command("turn", "Draw from left to right, or from top to bottom", only="canvas"),
    Command("fit", "Show everything", "1", writes=False, only="canvas"),
    Command("zoom_reset", "Zoom to 100 %", "0", writes=False, only="canvas"),
    Command("zoom_in", "Zoom in", "+", writes=False, only="canvas"),
    Command("zoom_out", "Zoom out", "-", writes=False, only="canvas"),
    Command("", "Go from step to step", "Arrows", writes=False, only="canvas"),
    Command("", "Go from line to line", "↑ ↓", writes=False, only="outline"),
    Command("", "Open or fold a line", "→ ←", writes=False, only="outline"),
    Command("", "Choose one more", "Space", writes=False, only="outline"),
    Command("", "Choose several in a row", "Shift ↑ ↓", writes=False, only="outline"),
    Command("", "The menu of a line", "Shift F10", writes=False, only="outline"),
    Command("", "Back from the settings to the list", "Esc", writes=False, only="outline"),
    Command("", "Move the selection", "Ctrl arrows", only="canvas"),
    Command("", "Select an area", "Shift drag", writes=False, only="canvas"),
    Command("", "Put a step between two others", "Drag onto an arrow", only="canvas"),
    Command("", "Add a step on the empty canvas", "Ctrl click", only="canvas"),
    Command("", "Add several steps, one behind the other", "Ctrl Enter in the list", only="canvas"),
    Command("", "Cut the arrows that a line crosses", "Alt drag", only="canvas"),
    Command("", "Move the canvas, also from a card", "Space drag, middle button", writes=False, only="canvas"),
    Command("", "Zoom where the pointer is", "Ctrl wheel", writes=False, only="canvas"),
    Command("validate", "Check for problems", writes=False),
    Command("test", "Test run", "Ctrl Enter", writes=False),
    Command("test_to", "Test run up to this step", "Shift Enter", 1, writes=False, outline=""),
    Command("", "Next step of a test run", "F10", writes=False),
    Command("", "Close a test run", "Esc", writes=False),
    Command("", "Go through the time line of a run", ", and .", writes=False),
    Command("", "First and last step of a run", "Home End", writes=False, outline="Home End outside the list"),
    Command("", "Previous and next round of a loop", "Page up Page down", writes=False),
    Command("", "Next failed round of a loop", "Shift Page down", writes=False),
    Command("log", "Open or close the panel below", "L", writes=False, only="canvas"),
    Command("publish", "Publish"),
    Command("export", "Export to a file", writes=False),
    Command("picture", "Download as a picture", writes=False),
    Command("template", "Save as template"),
    Command("outline", "Open the outline", writes=False, only="canvas"),
    Command("canvas", "Open the canvas", writes=False, only="outline"),
    Command("tour", "Show me around", writes=False, only="canvas"),
    Command("commands", "Command bar", "Ctrl K", writes=False),
    Command("shortcuts", "All keys", "?", writes=False),
)


def commands_of(place: Place) -> list[Command]:
    """Return what can be done at a place, with the keys that it has there."""
    return [
        one if one.outline is None or place == "canvas" else replace(one, keys=one.outline)
        for one in COMMANDS
        if one.only in (None, place)
    ]


def offered(place: Place, chosen: int, *, readonly: bool) -> list[Command]:
    """Return the commands that make sense with so many boxes chosen."""
    return [
        one
        for one in commands_of(place)
        if one.name and one.name != "commands" and chosen >= one.fewest and not (readonly and one.writes)
    ]


def show_shortcuts(place: Place) -> None:
    """Show everything that has a key."""
    with ui.dialog() as dialog, ui.card().classes("fs-dialog fs-dialog--wide"):
        dialog_title(dialog, "Keys")
        with ui.element("dl").classes("fs-keys"):
            for one in commands_of(place):
                if one.keys:
                    with ui.element("dt"):
                        ui.label(one.keys).classes("fs-kbd")
                    with ui.element("dd"):
                        ui.label(one.text)
        with ui.element("div").classes("fs-dialog__deeds"):
            button(f"Back to the {place}", "primary", on_click=dialog.close)
    dialog.open()
