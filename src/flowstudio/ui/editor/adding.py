"""Adding steps: from the palette, at a "+", over an empty canvas; and taking them away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.services.editing import ops
from flowstudio.ui.editor.choosing import ask_step
from flowstudio.ui.editor.guided import Guide
from flowstudio.ui.editor.palette import steps_behind
from flowstudio.ui.theme import button, tile, toast

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.problem import Problem
    from flowstudio.ui.editor.shared_desk import Desk

FIRST = (
    ("At a time", "trigger.schedule"),
    ("When a record changes", "trigger.event"),
    ("When another system calls", "trigger.webhook"),
    ("When I press a button", "trigger.manual"),
)


class Adding:
    """One desk's ways to add and remove steps; each ends in one gesture on the document."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @ui.refreshable_method
    def first_trigger(self) -> None:
        """Draw, over an empty canvas, the question it begins with."""
        if self.desk.workflow.triggers or self.desk.workflow.nodes:
            return
        with ui.element("div").classes("fs-editor__first fs-empty"):
            ui.label("When should it start?").classes("fs-empty__question")
            with ui.element("div").classes("fs-empty__answers"):
                for text, key in FIRST:
                    self._answer(text, key)
            with ui.element("div").classes("fs-empty__answers"):
                button("Step by step", "quiet", icon="list-check", on_click=self.step_by_step)
                button("From a template", "quiet", icon="layout-grid", on_click=lambda: ui.navigate.to("/templates"))

    def _answer(self, text: str, key: str) -> None:
        """Draw an answer with the tile of its step."""
        found = self.desk.studio.registry.find(key)
        with ui.element("button").classes("fs-answer").props("type=button") as element:
            if found is not None:
                tile(found.kind, found.icon)
            ui.label(text)
        element.on("click", lambda: self.step(key))

    async def step_by_step(self) -> None:
        """Ask when, whether only if, and what then, and draw it."""
        operation = await Guide(self.desk.studio.registry).ask()
        if operation is not None and await self.desk.patch([operation]) is not None:
            self.desk.surface.fit()
            await self.desk.go_to(self.desk.workflow.triggers[0].id)  # what it needs is filled in first

    async def step(self, key: str) -> None:
        """Add a step from the palette, after the selected one where that has a free way, else on its own."""
        operation: JsonObject = {"op": "add", "key": key}
        if not key.startswith(ops.TRIGGER_PREFIX):
            selected = self.desk.selected
            source = selected[0] if len(selected) == 1 else self._loose_end()
            way = self._free_way(source) if source else None
            if source and way is not None:
                operation["after"] = {"from": source, "way": way}
        empty = not self.desk.workflow.triggers and not self.desk.workflow.nodes
        await self.desk.patch([operation])
        if empty:
            self.desk.surface.fit()  # the first one stands where its coordinates begin, at the edge of the view

    async def chosen(self, key: str, wish: JsonObject) -> JsonObject | None:
        """Add what was chosen from the quick list at the place it was opened for; return where the next one goes."""
        operation: JsonObject = {"op": "add", "key": key, "x": wish.get("x"), "y": wish.get("y")}
        if wish.get("into"):
            operation["into"] = wish["into"]
        elif wish.get("after"):
            operation["after"] = wish["after"]
            if wish.get("screen") and not wish.get("dropped"):
                operation["x"] = operation["y"] = None
        made = await self.desk.patch([operation])
        return self._next_place(made[0], wish) if made else None

    def _next_place(self, node_id: str, wish: JsonObject) -> JsonObject | None:
        """Return the wish for a step behind this one: on its first free way, else on the arrow it was put into."""
        behind = {"screen": wish.get("screen"), "into": None, "after": None}
        way = self._free_way(node_id)
        if way is not None:
            return {**behind, "after": {"from": node_id, "way": way}}
        led = next((edge.id for edge in self.desk.workflow.edges if edge.source == node_id), None)
        return {**behind, "into": led} if led and wish.get("into") else None

    async def swap(self, node_id: str) -> None:
        """Ask for another kind of step and put it in this one's place; its arrows stay."""
        node = self.desk.workflow.node(node_id)
        if node is None:
            toast("Choose one step first; what starts a workflow is added and deleted instead.")
            return
        steps = [one for one in steps_behind(self.desk.studio.registry) if one.registry_key() != node.key]
        key = await ask_step("What should this step be instead?", steps)
        if key:
            await self.desk.patch([{"op": "swap", "node": node_id, "key": key}])
            await self.desk.show_detail()

    async def remove(self, node_id: str) -> None:
        """Take a step away."""
        await self.desk.patch([{"op": "remove", "nodes": [node_id], "edges": []}])

    async def fix(self, problem: Problem) -> None:
        """Carry out a problem's quick fix."""
        await self.desk.patch(list((problem.fix or {}).get("ops", [])))

    def _loose_end(self) -> str | None:
        """Return the one step that leads nowhere yet, where there is just one."""
        workflow = self.desk.workflow
        ids = [one.id for one in workflow.triggers] + [one.id for one in workflow.nodes]
        loose = [one for one in ids if self._free_way(one) is not None]
        return loose[0] if len(loose) == 1 else None

    def _free_way(self, node_id: str) -> str | None:
        workflow = self.desk.workflow
        taken = {edge.way for edge in workflow.edges if edge.source == node_id}
        ways = ops.ways_of(workflow, node_id, self.desk.studio.registry)
        return next((way.name for way in ways if way.name not in taken and way.name != "error"), None)
