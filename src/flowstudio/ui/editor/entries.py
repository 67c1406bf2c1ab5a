"""What is typed in the panel, as the browser's journal brings it: taken once, asked about where it disagrees."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from nicegui import background_tasks, ui

from flowstudio.errors import FlowStudioError
from flowstudio.expressions import sentence
from flowstudio.kit.words import human
from flowstudio.ui.editor.entry import CONFIG, SETTINGS, WORKFLOW_NAME, Entry, key_of, mark_of, standing
from flowstudio.ui.theme import button, dialog_title, toast

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry
    from flowstudio.services.editing.session import WorkflowSession
    from flowstudio.ui.editor.detail import Detail

MOST_SHOWN = 600
"""Characters of a value that the question shows."""
_FIELDS = {
    "name": "Name", "note": "Note", "result": "Call the result", "on_error": "If this step fails",
    "tries": "Tries in all", "timeout": "Give up after",
    "reuse_for": "Use an answer again for", "notify": "Tell people", "description": "What it is for",
    "example": "What comes in, for example", "pinned": "Pinned result", "text": "Text",
}  # fmt: skip


class Sink(Protocol):
    """What keeps the journal in the browser: the canvas, or the keeper of a page without one."""

    def apply(self, diff: dict[str, Any]) -> object:
        """Answer a patch, or tell what stands at the places of the fields."""


@dataclass(frozen=True, slots=True)
class Open:
    """An entry that waits for a decision."""

    op_id: str
    entry: Entry
    there: JsonValue
    who: str | None
    refused: str = ""


class Entries:
    """One visitor's entries."""

    def __init__(
        self,
        session: WorkflowSession,
        registry: Registry,
        actor: Actor,
        tab: str,
        detail: Detail,
        redraw: Callable[[], Awaitable[None]],
    ) -> None:
        """`redraw` draws the panel anew from the document."""
        self._session = session
        self._registry = registry
        self._actor = actor
        self._tab = tab
        self._detail = detail
        self._redraw = redraw
        self._sink: Sink | None = None
        self._place: ui.element | None = None
        self._dialog: ui.dialog | None = None
        self._open: dict[tuple[object, ...], Open] = {}
        self._told: dict[str, str] = {}

    def draw(self, sink: Sink) -> None:
        """Draw the question, closed, in the present slot; answers go to `sink`."""
        self._sink = sink
        with ui.dialog().props("persistent") as self._dialog, ui.card().classes("fs-dialog"):
            dialog_title(self._dialog, "Changed in two places")
            self.question()

    def tell(self, *, all_of_them: bool = False) -> None:
        """Tell the browser what stands where the panel's fields belong, as far as it does not know."""
        if all_of_them:
            self._told.clear()
        fresh = self.news()
        if fresh:
            self._answer(marks=fresh)

    def news(self) -> dict[str, str]:
        """Return the marks that the browser does not know yet, and count them as told."""
        marks = {
            key_of(at): mark_of(standing(self._session.workflow, at)) for at in {*self._detail.places, WORKFLOW_NAME}
        }
        fresh = {key: mark for key, mark in marks.items() if self._told.get(key) != mark}
        self._told.update(fresh)
        return fresh

    async def take(self, patch: dict[str, Any]) -> None:
        """Put in what was typed; ask where somebody else changed the same meanwhile, or its part is gone."""
        op_id, again = str(patch.get("op_id")), bool(patch.get("again"))
        try:
            entry = Entry.read(patch["ops"][0])
            await self._put(entry, op_id)
        except FlowStudioError as error:
            self._refused(patch, op_id, error.told)
            return
        if self._open:
            self.question.refresh()  # what was just put in may be a name that stands in it
        if again:
            await self._redraw()
            self.tell(all_of_them=True)

    async def _put(self, entry: Entry, op_id: str, *, ask: bool = True) -> None:
        before, found = self._session.revision, None

        def put(flow: Workflow) -> Workflow:
            nonlocal found
            there = standing(flow, entry.at)
            mine = self._session.entered.get(entry.key)
            after = self._detail.entering.put(flow, entry)
            settled = entry.was in (None, mark_of(there)) or mine == (entry.by, mark_of(there))
            if ask and not settled and standing(after, entry.at) != there:
                who = self._session.last_to_change(entry.part)
                found = Open(op_id, entry, there, who if who != self._actor.name else None)
                return flow
            self._session.entered[entry.key] = (entry.by, mark_of(standing(after, entry.at)))
            return after

        await self._session.edit(entry.label, put, self._actor, tab=self._tab, op_id=op_id, merge_key=entry.key)
        if found is not None:
            self._hold(found)
            return
        self._detail.taken(entry)
        self._open.pop(_place_of(entry), None)
        if self._session.revision == before:
            self._answer(ack=op_id, marks=self.news())

    def _refused(self, patch: dict[str, Any], op_id: str, why: str) -> None:
        try:
            entry = Entry.read(patch["ops"][0])
        except FlowStudioError:
            self._answer(reject=op_id)
            return
        gone = bool(entry.part) and standing(self._session.workflow, entry.at) is None and not self._has(entry.part)
        if gone or patch.get("again"):
            self._hold(Open(op_id, entry, None, None, why))
            return
        self._answer(reject=op_id)
        if not self._detail.refuse(entry, why) and entry.at[1] not in (SETTINGS, "example", "pinned"):
            toast(why, wrong=True)  # the others say it themselves, under the field

    def _has(self, part: str) -> bool:
        flow = self._session.workflow
        return flow.node(part) is not None or flow.trigger(part) is not None

    def _hold(self, found: Open) -> None:
        self._open[_place_of(found.entry)] = found
        self._answer(held=found.op_id)
        self.question.refresh()
        if self._dialog is not None:
            self._dialog.open()

    def _answer(self, **answer: object) -> None:
        if self._sink is not None:
            self._sink.apply({"rev": self._session.revision, **answer})

    # the question

    @ui.refreshable_method
    def question(self) -> None:
        """Draw what was typed beside what is there."""
        ui.label("Nothing is lost: say for each what should stand there.").classes("fs-text fs-text-2")
        for found in self._open.values():
            with ui.element("div").classes("fs-card fs-clash").props("data-clash"):
                self._one(found)

    def _one(self, found: Open) -> None:
        ui.label(self._named(found.entry)).classes("fs-strong")
        if found.refused:
            ui.label(found.refused).classes("fs-field-error")
        with ui.element("div").classes("fs-form-grid"):
            self._side("You typed", found.entry.value)
            if not found.refused:
                self._side(f"{found.who} changed it to" if found.who else "It is now", found.there)
        with ui.element("div").classes("fs-deeds"):
            if found.refused:
                button("Let it go", on_click=partial(self._decide, found, False))
                return
            button("Keep what is there", on_click=partial(self._decide, found, False))
            button("Put mine in", "primary", on_click=partial(self._decide, found, True))

    @staticmethod
    def _side(title: str, value: JsonValue) -> None:
        with ui.element("div"):
            ui.label(title).classes("fs-field-label")
            ui.label(_in_words(value)[:MOST_SHOWN]).classes("fs-well fs-clash__value")

    def _named(self, entry: Entry) -> str:
        if entry.at == WORKFLOW_NAME:
            return "Name of the workflow"
        what = human(entry.at[2]) if entry.at[1] in (CONFIG, SETTINGS) else _FIELDS.get(entry.at[1], human(entry.at[1]))
        part = self._session.workflow.node(entry.part) or self._session.workflow.trigger(entry.part)
        return f'{what} of "{self._registry.name_of(part)}"' if part is not None else what

    def _decide(self, found: Open, mine: bool) -> None:
        background_tasks.create(self._decided(found, mine))

    async def _decided(self, found: Open, mine: bool) -> None:
        self._open.pop(_place_of(found.entry), None)
        if mine:
            try:
                await self._put(found.entry, found.op_id, ask=False)
            except FlowStudioError as error:
                self._hold(Open(found.op_id, found.entry, None, None, error.told))
                return
        else:
            self._told.pop(found.entry.key, None)
            self._answer(ack=found.op_id)
            self._answer(marks=self.news())
        self.question.refresh()
        if not self._open and self._dialog is not None:
            self._dialog.close()
        await self._redraw()


def _in_words(value: JsonValue) -> str:
    if value in (None, "", [], {}):
        return "Nothing"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if not isinstance(value, dict | list):
        return str(value)
    if isinstance(value, dict) and {"all", "any", "not"} & value.keys():
        with suppress(FlowStudioError):
            return sentence(value)
    return orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()


def _place_of(entry: Entry) -> tuple[object, ...]:
    return entry.at, entry.inside


def is_entry(patch: JsonObject) -> bool:
    """Say whether a patch holds what was typed in a field."""
    operations = patch.get("ops")
    first = operations[0] if isinstance(operations, list) and operations else None
    return isinstance(first, dict) and first.get("op") == "enter"
