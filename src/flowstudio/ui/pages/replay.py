"""One past run on the draft: what would go another way, in sentences and step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import FlowStudioError, NotFound
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.missing import missing
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.words import count_of, moment, state_words
from flowstudio.ui.theme import button, chip, icon
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from flowstudio.analysis.run_difference import StepDifference
    from flowstudio.domain.actor import Actor
    from flowstudio.services.past_runs import Replay
    from flowstudio.services.studio import Studio
    from flowstudio.ui.theme.builders import State

MOST_ROWS = 300
_WORDS: dict[str, tuple[str, State]] = {
    "same": ("Same", "idle"), "settings": ("Other settings", "data"), "changed": ("Other content", "data"),
    "way": ("Another way", "warn"), "status": ("Other outcome", "warn"), "gone": ("Not reached", "bad"),
    "new": ("New", "ok"),
}  # fmt: skip


def _draw(studio: Studio, actor: Actor, found: Replay, name: str) -> None:
    run, zone = found.run, studio.settings.zone(actor.workspace)
    with ui.element("header").classes("fs-page__head"):
        with ui.element("a").props(f'href="/runs/{run.id}"').classes("fs-bar__crumb"):
            ui.label("The run")
        icon("chevron-right", 16)
        ui.label(f"{name}, replayed on the draft").classes("fs-page__title").props("role=heading aria-level=1")
        ui.element("div").classes("fs-bar__gap")
        button("Open the workflow", on_click=lambda: ui.navigate.to(f"/workflows/{run.workflow_id}"))
    with ui.element("section").classes("fs-card fs-past__card").props('aria-label="What would be different"'):
        ui.label(
            f"The run of {moment(run.started_at, zone, studio.clock.now())} went through version {run.version}. With "
            "the same data, on the draft as it is now and without sending anything:"
        ).classes("fs-text-2")
        _sentences(found)
        for note in found.again.notes:
            ui.label(note).classes("fs-caption")
    if found.difference.steps:
        _table(found.difference.steps)


def _sentences(found: Replay) -> None:
    difference = found.difference
    if difference.same:
        ui.label("It would go just as it went.").classes("fs-voice fs-voice--large")
        return
    way = "another way" if difference.other_way else "the same way, with other content"
    ui.label(f"It would go {way}.").classes("fs-voice fs-voice--large")
    with ui.element("ul").classes("fs-changes").props('aria-label="Differences"'):
        for sentence in difference.sentences:
            with ui.element("li"):
                ui.label(sentence).classes("fs-voice")
    word, colour, mark = state_words(found.again.run.status)
    chip(f"Ends as: {word.lower()}", colour, icon=mark)  # type: ignore[arg-type]


def _table(steps: tuple[StepDifference, ...]) -> None:
    with ui.element("section").classes("fs-differences").props('aria-label="Step by step"'):
        with ui.element("table").classes("fs-table"):
            with ui.element("thead"), ui.element("tr"):
                for word in ("Step", "As it went", "On the draft", ""):
                    with ui.element("th").props("scope=col"):
                        ui.label(word or "Difference").classes("" if word else "fs-hidden")
            with ui.element("tbody"):
                for one in steps[:MOST_ROWS]:
                    _row(one)
        if len(steps) > MOST_ROWS:
            ui.label(f"and {count_of(len(steps) - MOST_ROWS, 'more step')}").classes("fs-caption")


def _row(one: StepDifference) -> None:
    word, colour = _WORDS[one.what]
    row = ui.element("tr").classes("is-same" if one.what == "same" else "")
    row.props["data-difference"] = one.what
    with row:
        with ui.element("td"):
            ui.label(one.name.strip('"')).classes("fs-strong")
            if one.iteration:
                ui.label("Round " + ", ".join(str(number + 1) for number in one.iteration)).classes("fs-caption")
        for text, column in ((one.before, "As it went"), (one.after, "On the draft")):
            with ui.element("td"):
                ui.label(column).classes("fs-differences__column fs-caption")
                ui.label(text[:1].upper() + text[1:] if text else "Not reached").classes("" if text else "fs-text-3")
        with ui.element("td"):
            chip(word, colour)


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/runs/{run_id}/replay", response_timeout=PATIENCE)
    async def page(run_id: str) -> None:
        actor = current_actor()
        try:
            run, _ = await studio.runs.get(actor, run_id)
        except NotFound:
            missing(actor, "run", "player-play", "/runs")
            return
        back = [("Back to the run", "arrow-left", lambda: ui.navigate.to(f"/runs/{run_id}"))]
        with shell(actor, "/runs", "Replay"):
            try:
                found = await studio.past_runs.replay(actor, run_id)
                stored = await studio.workflows.get(actor, run.workflow_id)
            except FlowStudioError as error:
                empty(f"This run cannot be replayed: {error.message}", back, error.hint)
                return
            _draw(studio, actor, found, stored.name)
