"""What a person can do about a step of a run: say what became of it, or let the run go on from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

import orjson
from nicegui import ui

from flowstudio.domain.states import FINISHED_RUN, StepStatus
from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.json_field import read_object
from flowstudio.ui.theme import button, dialog_title, toast

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.run import Run, Step
    from flowstudio.services.studio import Studio

Again = Callable[[], Awaitable[None]]

_CHOICES = {
    "happened": ("It happened", "primary", "It counts as done."),
    "repeat": ("Do it again", "secondary", "It is done again."),
    "skip": ("Pass over it", "secondary", "It is passed over."),
    "fail": ("Let it fail", "danger", "It has failed."),
}
_HOW = {
    "repeat": "Do it again",
    "input": "Do it again with other settings",
    "skip": "Pass over it",
    "output": "Say what it gave",
}


def step_deeds(studio: Studio, actor: Actor, run: Run, step: Step, again: Again) -> None:
    """Draw the deeds that a step offers now; nothing where it offers none. `again` draws the page anew."""
    if run.test:
        return
    if step.status is StepStatus.IN_DOUBT and run.status not in FINISHED_RUN:
        _doubt(studio, actor, run, step, again)
    elif run.status in FINISHED_RUN:
        with ui.element("div").classes("fs-panel__body"), ui.element("div").classes("fs-toolbar"):
            button("Go on from here", icon="refresh", on_click=partial(_ask, studio, actor, run, step, again))


def _doubt(studio: Studio, actor: Actor, run: Run, step: Step, again: Again) -> None:
    with ui.element("div").classes("fs-panel__body").props('role=group aria-label="What became of this step?"'):
        ui.label("FlowStudio cannot know whether this has left. Look at the other system, then say what happened.")
        with ui.element("div").classes("fs-toolbar"):
            for choice, (words, kind, _) in _CHOICES.items():
                button(words, kind, on_click=partial(_decide, studio, actor, run, step, again, choice))  # type: ignore[arg-type]


async def _decide(studio: Studio, actor: Actor, run: Run, step: Step, again: Again, choice: str) -> None:
    with said():
        await studio.runs.decide_in_doubt(actor, run.id, step.node_id, choice, step.iteration)
        toast(_CHOICES[choice][2])
    await again()


async def _ask(studio: Studio, actor: Actor, run: Run, step: Step, again: Again) -> None:
    """Ask how the run is to go on from a step, then let it."""
    versions = await _versions(studio, actor, run)
    with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, "Go on from here")
        ui.label("This step and what comes after it are done once more. What came before stays as it is.").classes(
            "fs-text fs-text-2"
        )
        ui.label("This step").classes("fs-field-label")
        how = ui.select(_HOW, value="repeat").props('outlined dense options-dense aria-label="This step"')
        data = ui.textarea().props('outlined autogrow spellcheck=false aria-label="Fields and values"')
        data.classes("fs-mono fs-json-field").set_visibility(False)
        wrong = ui.label().classes("fs-field-error").props("role=alert")
        wrong.set_visibility(False)

        def chosen() -> None:
            shown: object = {"input": step.input or {}, "output": step.output}.get(str(how.value))
            data.set_visibility(shown is not None)
            if shown is not None:
                data.set_value(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode())

        how.on_value_change(chosen)
        version = None
        if len(versions) > 1:
            ui.label("Version").classes("fs-field-label")
            version = ui.select(versions, value=run.version).props('outlined dense options-dense aria-label="Version"')

        def submit() -> None:
            fault, given = read_object(str(data.value or "") if data.visible else "")
            wrong.set_text(fault)
            wrong.set_visibility(bool(fault))
            if not fault:
                dialog.submit((str(how.value), given, version.value if version is not None else None))

        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button("Go on", "primary", on_click=submit)
    answer = await answer_of(dialog)
    if answer is not None:
        await _go_on(studio, actor, run, step, *answer)
        await again()


async def _go_on(
    studio: Studio, actor: Actor, run: Run, step: Step, how: str, given: JsonObject, version: int | None
) -> None:
    with said():
        await studio.runs.retry(
            actor, run.id, from_step=step.node_id, iteration=step.iteration, version=version,
            input=given if how == "input" else None, output=given if how == "output" else None,
            how="skip" if how == "skip" else "output" if how == "output" else "repeat",
        )  # fmt: skip
        toast("It goes on from this step.")


async def _versions(studio: Studio, actor: Actor, run: Run) -> dict[int, str]:
    """Return the versions to choose from: the run's own and the newest."""
    found = {run.version: f"Version {run.version}, as before"}
    with said():
        stored = await studio.workflows.get(actor, run.workflow_id)
        if stored.published_version is not None and stored.published_version != run.version:
            found[stored.published_version] = f"Version {stored.published_version}, the newest"
    return found
