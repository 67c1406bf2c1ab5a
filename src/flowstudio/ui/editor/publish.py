"""The publish dialog: what changes from the live version, a name for it, and what becomes of runs under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.analysis import difference
from flowstudio.errors import NotFound
from flowstudio.services.ports import Page
from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.components.words import count_of
from flowstudio.ui.editor.comparing import moved
from flowstudio.ui.theme import State, button, dialog_title, icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.analysis.difference import Change
    from flowstudio.services.publishing import WaitingRuns
    from flowstudio.services.test_cases import CaseResult
    from flowstudio.ui.editor.shared_desk import Desk

UNDER_WAY = ("waiting", "queued", "running")
MOST = 8
"""Sentences that the dialog shows; the versions page has them all."""
MOST_SHOWN = 6
"""Test cases, and differences of each, that the dialog shows."""
MARKS: dict[str, tuple[str, State]] = {
    "added": ("plus", "ok"),
    "changed": ("pencil", "warn"),
    "removed": ("minus", "bad"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants to publish."""

    name: str = ""
    waiting_runs: WaitingRuns = "stay"


async def runs_in(desk: Desk, *status: str) -> int:
    """Return how many runs of the workflow have one of these states."""
    _, total = await desk.studio.runs.list(desk.actor, Page(1, 1), workflow_id=desk.workflow.id, status=status)
    return total


async def ask_publish(desk: Desk) -> Wish | None:
    """Show what publishing would do and ask what is open; None when the person changes their mind."""
    live = desk.stored.published_version
    under_way = await runs_in(desk, *UNDER_WAY)
    changes, elsewhere = await _changes(desk)
    with desk.root, ui.dialog() as dialog, ui.card().classes("fs-dialog fs-publish"):
        dialog_title(dialog, f"Publish version {(live or 0) + 1}")
        _tell(changes, elsewhere, live)
        with ui.element("div").classes("fs-field"):
            ui.label("Name of the version").classes("fs-field-label")
            name = ui.input(placeholder="May stay empty").props(
                'outlined dense autofocus maxlength=120 aria-label="Name of the version"'
            )
        choice = _ask_runs(under_way, (live or 0) + 1) if under_way else None

        def submit() -> None:
            dialog.submit(Wish(str(name.value or "").strip(), choice.value if choice is not None else "stay"))

        name.on("keydown.enter", submit)
        with ui.element("div").classes("fs-dialog__deeds"):
            place = f"/workflows/{desk.workflow.id}/past"
            button("Try on past data first", "quiet", icon="history", on_click=lambda: ui.navigate.to(place))
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button(f"Publish version {(live or 0) + 1}", "primary", on_click=submit)
    wish: Wish | None = await answer_of(dialog)
    return wish


async def _changes(desk: Desk) -> tuple[Sequence[Change], int]:
    try:
        live = await desk.studio.workflows.published(desk.actor, desk.workflow.id)
    except NotFound:
        return (), 0
    return difference(live, desk.workflow, desk.studio.registry).changes, moved(live, desk.workflow)


def _tell(changes: Sequence[Change], elsewhere: int, live: int | None) -> None:
    if live is None:
        ui.label("It is the first version. From then on it can be switched on.").classes("fs-voice")
        return
    if not changes:
        ui.label(f"It does the same as version {live}.").classes("fs-voice")
    else:
        ui.label(f"What changes from version {live}").classes("fs-field-label")
        change_list(changes[:MOST])
        if len(changes) > MOST:
            ui.label(f"And {count_of(len(changes) - MOST, 'more change')}.").classes("fs-caption")
    moved_line(elsewhere)


def change_list(changes: Sequence[Change]) -> ui.element:
    """Draw changes as a list of sentences, each with its mark."""
    with ui.element("ul").classes("fs-changes").props('aria-label="What changes"') as element:
        for change in changes:
            symbol, colour = MARKS[change.what]
            with ui.element("li").classes("fs-change"):
                icon(symbol, 16).classes(f"fs-{colour}")
                ui.label(change.sentence).classes("fs-voice")
    return element


def moved_line(number: int) -> None:
    """Say how many boxes merely stand elsewhere."""
    if number:
        stands = "1 box stands" if number == 1 else f"{number} boxes stand"
        ui.label(f"{stands} elsewhere on the canvas. Runs do not notice.").classes("fs-caption")


def _ask_runs(number: int, version: int) -> ui.radio:
    with ui.element("fieldset").classes("fs-field fs-publish__runs"):
        many = number != 1
        with ui.element("legend").classes("fs-field-label"):
            ui.label(f"{count_of(number, 'run')} of earlier versions {'are' if many else 'is'} not finished")
        they, begin = ("They", "they") if many else ("It", "it")
        options = {
            "stay": f"{they} finish{'' if many else 'es'} by the version {begin} began with",
            "move": f"{they} go{'' if many else 'es'} on in version {version}",
            "cancel": f"{they} {'are' if many else 'is'} cancelled",
        }
        return ui.radio(options, value="stay").props("dense")


async def ask_about_cases(failed: Sequence[CaseResult], total: int) -> str | None:
    """Show which test cases no longer come out as promised; return `publish`, `renew`, or None to stay."""
    with ui.dialog() as dialog, ui.card().classes("fs-dialog fs-dialog--wide fs-publish"):
        dialog_title(dialog, f"{len(failed)} of {count_of(total, 'test case')} no longer as promised")
        ui.label("What you changed makes these runs come out differently. Is that what you want?").classes("fs-text")
        for one in failed[:MOST_SHOWN]:
            ui.label(one.name).classes("fs-strong")
            for line in one.differences[:MOST_SHOWN]:
                ui.label(line).classes("fs-mono fs-caption")
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button("Publish as it is", on_click=lambda: dialog.submit("publish"))
            button("Promise the new results and publish", "primary", on_click=lambda: dialog.submit("renew"))
    answer = await answer_of(dialog)
    return str(answer) if answer else None
