"""Names in the panel: what a step calls its result, its item and its variables. Their uses follow a new name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import BadRequest
from flowstudio.services.editing import ops
from flowstudio.services.editing.renaming import rename_assigned, rename_item, rename_result

if TYPE_CHECKING:
    from flowstudio.analysis import Facts
    from flowstudio.domain.json import JsonValue
    from flowstudio.domain.workflow import Node, Trigger, Workflow
    from flowstudio.kit import NodeType, Registry

Edit = Callable[[str, Callable[["Workflow"], "Workflow"], str | None], Awaitable[None]]
FactsOf = Callable[[], "Facts"]


class Naming:
    """Carries out what the panel changes, with everything that follows from a new name."""

    def __init__(self, registry: Registry, edit: Edit, facts: FactsOf) -> None:
        self._registry = registry
        self._edit = edit
        self._facts = facts

    async def change(self, label: str, node_id: str, key: str, value: JsonValue) -> str:
        """Set one setting, as one undoable edit; return why a name in it was refused, empty when it was not."""
        return await self._tried(label, lambda flow: self._with(flow, node_id, key, value), f"set:{node_id}:{key}")

    async def _tried(self, label: str, operation: Callable[[Workflow], Workflow], merge_key: str) -> str:
        refused = ""

        def tried(flow: Workflow) -> Workflow:
            nonlocal refused
            try:
                return operation(flow)
            except BadRequest as bad:
                refused = f"{bad.message} {bad.hint}".strip()
                return flow

        await self._edit(label, tried, merge_key)
        return refused

    def _with(self, workflow: Workflow, node_id: str, key: str, value: JsonValue) -> Workflow:
        node = workflow.node(node_id)
        if node is not None and key == "item_variable" and node.type == "loop" and isinstance(value, str) and value:
            return rename_item(workflow, node_id, value, self._registry, self._facts())
        if node is not None and key == "set" and node.type == "transform" and isinstance(value, dict):
            return rename_assigned(workflow, node_id, value, self._registry, self._facts())
        empty = value is None or value == "" or value in ([], {})
        changed = ops.set_setting(workflow, node_id, key, None if empty else value)
        return _with_ways(workflow, changed, node_id) if key == "cases" else changed

    def result_field(self, part: Node | Trigger, found: type[NodeType]) -> None:
        """Draw the field for the name of a step's result."""
        outputs: tuple[str, ...] = getattr(part, "outputs", ())
        called = outputs[0] if outputs else ""
        main = str(found.main if found.main != "*" else "result")

        async def rename(event: object) -> None:
            nonlocal called
            name = str(getattr(event, "value", "") or "").strip()
            old = called
            refused = await self._tried(
                "Name the result",
                lambda flow: rename_result(flow, part.id, name, self._registry, self._facts(), old),
                f"out:{part.id}",
            )
            field.error = refused or None
            if name and not refused:  # while the field is empty for a moment, the uses still have the name before
                called = name

        with ui.element("div").classes("fs-field"):
            ui.label("Call the result").classes("fs-field-label")
            field = ui.input(value=called, placeholder=main, on_change=rename)
            field.props('outlined dense hide-bottom-space debounce=400 aria-label="Call the result" maxlength=60')
            help_ = "Later steps pick it by this name. Where it is used already, the new name is put in."
            ui.label(help_).classes("fs-field-help")


def _with_ways(before: Workflow, after: Workflow, node_id: str) -> Workflow:
    """Let the arrows of a case follow its new name."""
    old, new = (_cases(one, node_id) for one in (before, after))
    if len(old) == len(new):
        for was, is_ in zip(old, new, strict=True):
            if was != is_:
                after = ops.rename_way(after, node_id, f"case:{was}", f"case:{is_}")
    return after


def _cases(workflow: Workflow, node_id: str) -> list[str]:
    node = workflow.node(node_id)
    cases = node.config.get("cases") if node is not None else None
    return [str(case.get("name", "")) for case in cases or () if isinstance(case, dict)]
