"""Pinned results: what a step gives in test runs without being carried out, and what later steps see of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import orjson
from nicegui import ui

from flowstudio.analysis.stale import stale_steps
from flowstudio.domain.record import visible
from flowstudio.ui.components.data_view import DataView
from flowstudio.ui.components.json_field import json_field
from flowstudio.ui.components.stale_note import stale_note
from flowstudio.ui.components.steps import fact_list
from flowstudio.ui.editor.samples import pinned_of, with_pinned
from flowstudio.ui.theme import button, toast

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Node, Workflow
    from flowstudio.ui.editor.shared_desk import Desk

CAME_OUT = "What came out in the last test run"


class Pinning:
    """One desk's pins; the results themselves stand in the document's example."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.seen: dict[str, JsonObject] = {}
        """What steps gave in the last test run."""
        self._seen_in: Workflow | None = None
        """The draft that it went through."""

    def take(self, outputs: Mapping[str, JsonObject], went_through: Workflow) -> None:
        """Take over what steps gave in a test run."""
        self.seen |= outputs
        self._seen_in = went_through

    def stale(self, node_id: str) -> str | None:
        """Say why what a step gave in the last test run may be something else now."""
        return stale_steps(self._seen_in, self.desk.workflow).get(node_id) if self._seen_in is not None else None

    @property
    def pinned(self) -> dict[str, JsonObject]:
        """The pinned results by node id."""
        return pinned_of(self.desk.workflow)

    @property
    def results(self) -> dict[str, JsonObject]:
        """What steps gave, by node id: pinned, else in the last test run."""
        return self.seen | self.pinned

    def can(self, node_id: str) -> bool:
        """Say whether a step has a result to pin: actions have."""
        node = self.desk.workflow.node(node_id)
        found = self.desk.studio.registry.find(node.key) if node else None
        return found is not None and found.kind == "action"

    async def flip(self, nodes: Sequence[str]) -> None:
        """Pin what these steps gave last, or would give by their examples; unpin where all are pinned."""
        able = [one for one in nodes if self.can(one)]
        if not able:
            toast("Only a step that does something has a result to pin.")
            return
        pinned = self.pinned
        if all(one in pinned for one in able):
            await self.keep({key: value for key, value in pinned.items() if key not in able}, "Unpin the result")
        else:
            fresh = {one: pinned.get(one) or self._likely(one) for one in able}
            await self.keep({**pinned, **fresh}, "Pin the result")
        await self.desk.show_detail()

    async def keep(self, pinned: dict[str, JsonObject], label: str) -> None:
        """Keep these results as one undoable edit."""
        await self.desk.edit(label, lambda flow: with_pinned(flow, pinned))

    def _likely(self, node_id: str) -> JsonObject:
        """Return what a step gave in the last test run, else the examples of its outputs."""
        if node_id in self.seen:
            return self.seen[node_id]
        node = self.desk.workflow.node(node_id)
        found = self.desk.studio.registry.find(node.key) if node else None
        output = getattr(found, "Output", None)
        fields = output.model_fields if output is not None else {}
        return {name: field.examples[0] for name, field in fields.items() if field.examples}

    def draw(self, node: Node) -> Callable[[], object] | None:
        """Draw what a step gave last and its pinned result below its settings; returns what brings it up to date."""
        still = self._draw_seen(node)
        if not self.can(node.id):
            return still

        @ui.refreshable
        def result() -> None:
            self._draw(node.id)

        with ui.element("div").classes("fs-field"):
            result()
        known = self.pinned.get(node.id)

        def refresh() -> None:
            nonlocal known
            if still is not None:
                still()
            if self.pinned.get(node.id) != known:
                known = self.pinned.get(node.id)
                result.refresh()

        return refresh

    def _draw_seen(self, node: Node) -> Callable[[], object] | None:
        """Draw what a step gave in the last test run; returns what says whether that still holds."""
        output = visible(self.seen.get(node.id))
        if not output:
            return None

        @ui.refreshable
        def note() -> None:
            stale_note(self.stale(node.id), self._run_again)

        known = self.stale(node.id)

        def refresh() -> None:
            nonlocal known
            if self.stale(node.id) != known:
                known = self.stale(node.id)
                note.refresh()

        with ui.element("details").classes("fsf-tray fs-came-out"):
            with ui.element("summary").classes("fsf-tray-title"):
                ui.label(CAME_OUT)
            note()
            DataView(CAME_OUT, lambda: fact_list(output), output)
        return refresh

    async def _run_again(self) -> None:
        await self.desk.deeds.start_trial(through=True)

    def _draw(self, node_id: str) -> None:
        pinned = self.pinned.get(node_id)
        if pinned is None:
            if self.desk.workflow.node(node_id) is not None and not self.desk.readonly:
                button("Pin its result", "quiet", icon="pin", on_click=lambda: self.flip([node_id]))
            return

        json_field(
            "Pinned: gives this in test runs",
            orjson.dumps(pinned, option=orjson.OPT_INDENT_2, default=str).decode(),
            entry=self.desk.detail.entry(node_id, "pinned", form="object"),
        )
        ui.label("A test run does not carry this step out. Real runs do.").classes("fs-field-help")
        button("Unpin", "quiet", icon="pin", on_click=lambda: self.flip([node_id]))
