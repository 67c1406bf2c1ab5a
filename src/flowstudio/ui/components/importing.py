"""A workflow file comes in: as a new workflow, or with everything that is wrong with it said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import Conflict, FlowStudioError, InvalidWorkflow, UnreadableDocument
from flowstudio.ui.components.ask import confirm
from flowstudio.ui.components.problems import problem_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.problem import Problem
    from flowstudio.services.studio import Studio


async def import_file(studio: Studio, actor: Actor, name: str, raw: bytes) -> None:
    """Take a workflow file in and open it, or say everything that is wrong with it."""
    try:
        try:
            found = await studio.exchange.import_document(actor, raw)
        except Conflict:
            if not await confirm(
                "There is a workflow with this id already.",
                f"{name} can come in as a copy beside it.",
                "Import as a copy",
            ):
                return
            found = await studio.exchange.import_document(actor, raw, on_conflict="copy")
    except (UnreadableDocument, InvalidWorkflow) as error:
        refused(name, error.problems or (), error.message)
        return
    except FlowStudioError as error:
        refused(name, (), f"{error.message} {error.hint}".strip())
        return
    ui.navigate.to(f"/workflows/{found.id}")


def refused(name: str, problems: Sequence[Problem], text: str = "") -> None:
    """Say why a file did not come in."""
    problem_list(f"{name} cannot be imported", problems, text)
