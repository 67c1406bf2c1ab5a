"""What a person does with one step of a test run: run to it or from it, stop there, change what it gave."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import orjson
from nicegui import ui

from flowstudio.domain.states import StepStatus
from flowstudio.ui.components.json_field import json_field
from flowstudio.ui.theme import button, tile

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Step
    from flowstudio.ui.editor.trial import Trial


def node_head(trial: Trial, node_id: str, text: str) -> None:
    """Draw a step that has not had its turn; `text` says so."""
    node = trial.desk.workflow.node(node_id)
    if node is None:
        return
    found = trial.desk.studio.registry.find(node.key)
    with ui.element("header").classes("fs-panel__head"):
        tile(found.kind if found else "plain", found.icon if found else "point", large=True)
        with ui.element("div").classes("fs-detail__names"):
            ui.label(trial.desk.studio.registry.name_of(node)).classes("fs-panel__title")
            ui.label(text if trial.finished else "Not reached yet").classes("fs-caption")


def node_deeds(trial: Trial, node_id: str, step: Step | None) -> None:
    """Draw what can be done at a step."""
    if trial.desk.workflow.node(node_id) is None:
        return
    stops = node_id in trial.desk.break_points
    with ui.element("div").classes("fs-panel__body fs-trial__deeds"):
        with ui.element("div").classes("fs-deeds"):
            button("Run to here", icon="arrow-bar-to-down", on_click=partial(trial.run_to, node_id))
            button("Run from here", icon="player-play", on_click=partial(trial.run_from, node_id))
            button(
                "Do not stop here" if stops else "Stop here", icon="hand-stop",
                on_click=partial(trial.break_at, node_id),
            )  # fmt: skip
        if step is not None and step.status is StepStatus.COMPLETED and trial.desk.pinning.can(node_id):
            _other_result(trial, step)


def _other_result(trial: Trial, step: Step) -> None:
    async def take(data: JsonObject) -> None:
        await trial.give(step, data)

    with ui.element("details"):
        with ui.element("summary").classes("fs-caption"):
            ui.label("Change the result and go on")
        text = orjson.dumps(step.output or {}, option=orjson.OPT_INDENT_2, default=str).decode()
        json_field("Goes out instead", text, take)
        ui.label("The run is gone through again up to here and goes on with this.").classes("fs-field-help")
