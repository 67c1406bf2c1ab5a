"""A workflow becomes a template of the workspace: what it is called, what it asks the next person, its sample."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import FlowStudioError, InvalidWorkflow, UnreadableDocument
from flowstudio.services.template_file import LONGEST_NAME, LONGEST_SUMMARY, LONGEST_WORD, About
from flowstudio.services.template_rows import CATEGORIES
from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.components.problems import problem_list
from flowstudio.ui.components.words import count_of, moment, state_words
from flowstudio.ui.theme import button, dialog_title, toast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.workflow import Workflow
    from flowstudio.services.leaving_out import LeftOut
    from flowstudio.services.own_templates import Choices
    from flowstudio.services.studio import Studio
    from flowstudio.services.template_rows import TemplateRow

LEVELS = {"beginner": "Easy", "intermediate": "Medium", "advanced": "Advanced"}
TEST, RUN = "test:", "run:"


class AboutForm:
    """The fields of what is said about a template."""

    def __init__(self, about: About, departments: Sequence[str]) -> None:
        """Draw the fields, filled in."""
        self._given = about
        with ui.element("div").classes("fs-field"):
            ui.label("Name").classes("fs-field-label")
            self._name = ui.input(value=about.name).props(
                f'outlined dense autofocus maxlength={LONGEST_NAME} aria-label="Name of the template"'
            )
        with ui.element("div").classes("fs-field"):
            ui.label("What it is for").classes("fs-field-label")
            self._summary = ui.textarea(value=about.summary).props(
                f'outlined dense autogrow maxlength={LONGEST_SUMMARY} aria-label="What it is for"'
            )
        with ui.element("div").classes("fs-form-row"):
            self._category = self._select("Category", dict(CATEGORIES), about.category)
            with ui.element("div").classes("fs-field"):
                ui.label("Department").classes("fs-field-label")
                self._department = ui.input(value=about.department, autocomplete=list(departments)).props(
                    f'outlined dense maxlength={LONGEST_WORD} aria-label="Department"'
                )
            self._level = self._select("Level", LEVELS, about.difficulty)

    @staticmethod
    def _select(label: str, options: dict[str, str], value: str) -> ui.select:
        with ui.element("div").classes("fs-field"):
            ui.label(label).classes("fs-field-label")
            return ui.select(options, value=value).props(f'outlined dense options-dense aria-label="{label}"')

    @property
    def about(self) -> About:
        """Return what stands in the fields."""
        return replace(
            self._given,
            name=str(self._name.value or "").strip(),
            summary=str(self._summary.value or "").strip(),
            category=str(self._category.value),
            department=str(self._department.value or "").strip(),
            difficulty=str(self._level.value),
        )


async def save_as_template(studio: Studio, actor: Actor, workflow_id: str) -> None:
    """Ask what the template should be, save it, and say where it is."""
    try:
        choices = await studio.own_templates.choices(actor, workflow_id)
    except FlowStudioError as error:
        toast(error.told, wrong=True)
        return
    rows = await studio.templates.list(actor)
    departments = sorted({row.department for row in rows})
    samples = _samples(studio, actor, choices)
    with ui.dialog().props("persistent=false") as dialog, ui.card().classes("fs-dialog fs-dialog--form"):
        dialog_title(dialog, "Save as template")
        ui.label("A copy goes to the gallery. Connections and secrets stay here.").classes("fs-text fs-text-2")
        workflow = choices.workflow
        form = AboutForm(_first_about(workflow, rows), departments)
        asks = _asks(choices)
        sample = _sample(samples)
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button("Save the template", "primary", on_click=lambda: dialog.submit(True))
    if not await answer_of(dialog):
        return
    chosen = str(sample.value or "")
    try:
        made = await studio.own_templates.save(
            actor,
            workflow_id,
            form.about,
            ask=[str(one) for one in asks.value or ()],
            test=chosen.removeprefix(TEST) if chosen.startswith(TEST) else "",
            run_id=chosen.removeprefix(RUN) if chosen.startswith(RUN) else "",
        )
    except (InvalidWorkflow, UnreadableDocument) as error:
        problem_list("This cannot become a template yet", error.problems, error.message)
        return
    except FlowStudioError as error:
        toast(error.told, wrong=True)
        return
    told = f"{made.row.name} is a template now.{left_out_words(made.left_out)}"
    toast(told, action="See it", on_action=lambda: ui.navigate.to(f"/templates/{made.row.id}"))


async def ask_about(row: TemplateRow, departments: Sequence[str]) -> About | None:
    """Ask for other details of a template; None when the person changes their mind."""
    with ui.dialog().props("persistent=false") as dialog, ui.card().classes("fs-dialog fs-dialog--form"):
        dialog_title(dialog, "Edit details")
        about = About(row.name, row.summary, row.category, row.department, row.difficulty, row.tags)
        form = AboutForm(about, departments)
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button("Save", "primary", on_click=lambda: dialog.submit(True))
    return form.about if await answer_of(dialog) else None


def left_out_words(left_out: Sequence[LeftOut]) -> str:
    """Return the sentence that tells what did not come along; empty where nothing was left out."""
    connections = sum(one.connection for one in left_out)
    secrets = len(left_out) - connections
    parts = [count_of(connections, "connection")] if connections else []
    parts += [count_of(secrets, "secret")] if secrets else []
    return f" Left out: {' and '.join(parts)}." if parts else ""


def _first_about(workflow: Workflow, rows: Sequence[TemplateRow]) -> About:
    """Return what the form begins with: a workflow that came from a template goes where that one stands."""
    source = next((row for row in rows if re.fullmatch(rf"{re.escape(row.id)}(-\d+)?", workflow.id)), None)
    about = About(workflow.name, workflow.description or "")
    if source is None:
        return about
    return replace(
        about, category=source.category, department=source.department, difficulty=source.difficulty, tags=source.tags
    )


def _asks(choices: Choices) -> ui.select:
    with ui.element("div").classes("fs-field"):
        ui.label("Ask the next person for").classes("fs-field-label")
        options = {one.key: one.label for one in choices.asks}
        chosen = ui.select(options, multiple=True, with_input=True, value=[])
        chosen.props('outlined dense options-dense use-chips aria-label="Ask the next person for"')
        ui.label("What stands in them now is the suggestion.").classes("fs-field-help")
    return chosen


def _sample(samples: dict[str, str]) -> ui.select:
    with ui.element("div").classes("fs-field"):
        ui.label("Sample to try it with").classes("fs-field-label")
        first = next((key for key in samples if key), "")
        chosen = ui.select(samples, value=first).props(
            'outlined dense options-dense aria-label="Sample to try it with"'
        )
        ui.label("Passwords and tokens in it are masked.").classes("fs-field-help")
    return chosen


def _samples(studio: Studio, actor: Actor, choices: Choices) -> dict[str, str]:
    zone, now = studio.settings.zone(actor.workspace), studio.clock.now()
    found = {"": "None"}
    found |= {f"{TEST}{name}": f"Test case: {name}" for name in choices.tests}
    for run in choices.runs:
        word = state_words(run.status)[0].lower()
        found[f"{RUN}{run.id}"] = f"What came in {moment(run.started_at, zone=zone, now=now)} ({word})"
    return found
