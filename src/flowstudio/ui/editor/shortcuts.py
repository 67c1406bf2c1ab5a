"""Every command of the editor, once: the list of keys and the command bar are both drawn from it."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import ui

from flowstudio.ui.theme import button, dialog_title


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the editor can do; without a name it is a gesture that only the list of keys tells of."""

    name: str
    text: str
    keys: str = ""
    fewest: int = 0
    """How many boxes must be chosen for it."""
    writes: bool = True
    """Whether it changes the workflow."""


COMMANDS: tuple[Command, ...] = (
    Command("palette", "Find a step to add", "N"),
    Command("note", "Add a note", "Shift S"),
    Command("open", "Open the step's settings", "Enter", 1, writes=False),
    Command("rename", "Rename", "F2", 1),
    Command("swap", "Change to another kind of step", "R", 1),
    Command("disable", "Switch a step on or off", "D", 1),
    Command("pin", "Pin or unpin what a step gives in test runs", "P", 1),
    Command("delete", "Delete", "Del", 1),
    Command("delete_heal", "Delete and close the gap", "Ctrl Del", 1),
    Command("duplicate", "Duplicate", "Ctrl D", 1),
    Command("copy", "Copy", "Ctrl C", 1, writes=False),
    Command("cut", "Cut", "Ctrl X", 1),
    Command("", "Paste", "Ctrl V"),
    Command("undo", "Undo", "Ctrl Z"),
    Command("redo", "Redo", "Ctrl Shift Z"),
    Command("select_all", "Select all", "Ctrl A", writes=False),
    Command("select_up", "Select all that leads here", "Shift ↑", 1, writes=False),
    Command("select_down", "Select all that follows", "Shift ↓", 1, writes=False),
    Command("group", "Group", "Ctrl G", 1),
    Command("ungroup", "Ungroup", "Ctrl Shift G", 1),
    Command("fold", "Fold or open a group", "Enter", 1),
    Command("align_left", "Align left", "Alt ←", 2),
    Command("align_centre", "Align centres", "", 2),
    Command("align_right", "Align right", "Alt →", 2),
    Command("align_top", "Align top", "Alt ↑", 2),
    Command("align_middle", "Align middles", "", 2),
    Command("align_bottom", "Align bottom", "Alt ↓", 2),
    Command("distribute_x", "Spread evenly from left to right", "Alt Shift H", 3),
    Command("distribute_y", "Spread evenly from top to bottom", "Alt Shift V", 3),
    Command("tidy", "Tidy up everything, or only what is chosen", "Shift Alt T"),
    Command("turn", "Draw from left to right, or from top to bottom"),
    Command("fit", "Show everything", "1", writes=False),
    Command("zoom_reset", "Zoom to 100 %", "0", writes=False),
    Command("zoom_in", "Zoom in", "+", writes=False),
    Command("zoom_out", "Zoom out", "-", writes=False),
    Command("", "Go from step to step", "Arrows", writes=False),
    Command("", "Move the selection", "Ctrl arrows"),
    Command("", "Select an area", "Shift drag", writes=False),
    Command("", "Put a step between two others", "Drag onto an arrow"),
    Command("", "Add a step on the empty canvas", "Ctrl click"),
    Command("validate", "Check for problems", writes=False),
    Command("test", "Test run", "Ctrl Enter", writes=False),
    Command("", "Next step of a test run", "F10", writes=False),
    Command("publish", "Publish"),
    Command("export", "Export to a file", writes=False),
    Command("template", "Save as template"),
    Command("outline", "Open the outline", writes=False),
    Command("tour", "Show me around", writes=False),
    Command("commands", "Command bar", "Ctrl K", writes=False),
    Command("shortcuts", "All keys", "?", writes=False),
)


def offered(chosen: int, *, readonly: bool) -> list[Command]:
    """Return the commands that make sense with so many boxes chosen."""
    return [
        one
        for one in COMMANDS
        if one.name and one.name != "commands" and chosen >= one.fewest and not (readonly and one.writes)
    ]


def show_shortcuts() -> None:
    """Show everything that has a key."""
    with ui.dialog() as dialog, ui.card().classes("fs-dialog fs-dialog--wide"):
        dialog_title(dialog, "Keys")
        with ui.element("dl").classes("fs-keys"):
            for one in COMMANDS:
                if one.keys:
                    with ui.element("dt"):
                        ui.label(one.keys).classes("fs-kbd")
                    with ui.element("dd"):
                        ui.label(one.text)
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Back to the canvas", "primary", on_click=dialog.close)
    dialog.open()
