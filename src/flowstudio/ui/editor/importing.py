"""A file that comes to the editor: it replaces the draft, which undo takes back, or becomes a workflow of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import orjson
from nicegui import ui

from flowstudio.domain.problem import has_errors
from flowstudio.errors import FlowStudioError
from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.components.importing import import_file, refused
from flowstudio.ui.editor.patches import MAX_PASTE
from flowstudio.ui.theme import button, dialog_title, toast

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow
    from flowstudio.ui.editor.shared_desk import Desk

Choice = Literal["replace", "new"]


async def bring_in(desk: Desk, name: str, raw: bytes) -> None:
    """Ask what the file is for, unless the draft is empty, and do it."""
    with desk.root:
        chosen = "replace" if _empty(desk.workflow) else await _ask(name)
        if chosen == "new":
            await import_file(desk.studio, desk.actor, name, raw)
        elif chosen == "replace":
            await _replace(desk, name, raw)


def pasted_workflow(patch: JsonObject) -> tuple[str, bytes] | None:
    """Return name and text of a whole workflow that a patch pastes instead of steps, None for any other."""
    operations = patch.get("ops")
    first = operations[0] if isinstance(operations, list) and operations else {}
    text = first.get("text") if isinstance(first, dict) and first.get("op") == "paste" else None
    if not isinstance(text, str) or len(text) > MAX_PASTE:
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict) or "flowstudio" in found or not isinstance(found.get("nodes"), list):
        return None
    name = str(found.get("name") or "What was pasted")[:80]
    return f'"{name}"', text.encode()


def _empty(workflow: Workflow) -> bool:
    return not workflow.nodes and not workflow.triggers


async def _ask(name: str) -> Choice | None:
    with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, f"What should {name} become?")
        ui.label("Replacing this draft can be undone. What is live stays live until you publish.").classes(
            "fs-text fs-text-2"
        )
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button("A new workflow", on_click=lambda: dialog.submit("new"))
            button("Replace this draft", "primary", on_click=lambda: dialog.submit("replace"))
    answer: Choice | None = await answer_of(dialog)
    return answer


async def _replace(desk: Desk, name: str, raw: bytes) -> None:
    documents = desk.studio.documents
    try:
        result = documents.read(documents.parse(raw))
    except FlowStudioError as error:
        refused(name, (), error.told)
        return
    workflow = result.workflow
    if workflow is None:
        refused(name, result.problems)
        return
    await desk.edit(f"Bring in {name}", lambda flow: _in_place_of(flow, workflow))
    desk.surface.fit()
    faulty = has_errors(list(result.problems))
    toast(f"{name} is the draft now." + (" It has problems, see the list." if faulty else ""))


def _in_place_of(old: Workflow, new: Workflow) -> Workflow:
    """Return the new document under the old one's id, version and status."""
    return new.model_copy(update={"id": old.id, "version": old.version, "status": old.status})
