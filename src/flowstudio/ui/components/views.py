"""The ways to look at one workflow: canvas, outline, versions, runs."""

from __future__ import annotations

from typing import Literal

from nicegui import ui

View = Literal["Canvas", "Outline", "Versions", "Runs"]


def views(workflow_id: str, here: View) -> None:
    """Draw the segmented control with `here` marked."""
    places: tuple[tuple[View, str], ...] = (
        ("Canvas", f"/workflows/{workflow_id}"),
        ("Outline", f"/workflows/{workflow_id}/outline"),
        ("Versions", f"/workflows/{workflow_id}/versions"),
        ("Runs", f"/runs?workflow={workflow_id}"),
    )
    with ui.element("nav").classes("fs-seg").props('aria-label="Views"'):
        for text, target in places:
            with ui.element("a").props(f'href="{target}"' + (' aria-current="page"' if text == here else "")):
                ui.label(text)
