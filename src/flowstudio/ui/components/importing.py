"""A workflow file comes in: as a new workflow, or with everything that is wrong with it said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import Conflict, FlowStudioError, InvalidWorkflow, UnreadableDocument
from flowstudio.services.bulk import documents_of
from flowstudio.ui.components.ask import confirm
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.problems import problem_list
from flowstudio.ui.components.shelf_deeds import tell
from flowstudio.ui.components.words import count_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.problem import Problem
    from flowstudio.services.studio import Studio


CameIn = Callable[[], Awaitable[None]]


async def import_file(studio: Studio, actor: Actor, name: str, raw: bytes, *, came_in: CameIn | None = None) -> None:
    """Take a workflow file in and open it, or say everything that is wrong with it.

    A file with several workflows brings all of them; those whose id is taken come in as copies when a person says so;
    `came_in` shows them.
    """
    if documents_of(raw) is not None:
        await _import_several(studio, actor, name, raw, came_in)
        return
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
        refused(name, (), error.told)
        return
    ui.navigate.to(f"/workflows/{found.id}")


async def _import_several(studio: Studio, actor: Actor, name: str, raw: bytes, came_in: CameIn | None) -> None:
    number = len(documents_of(raw) or ())
    taken = await studio.bulk.taken(actor, raw)
    if taken:
        text = f"{count_of(taken, 'workflow')} of {number:,} in {name} {'is' if taken == 1 else 'are'} here already."
        if not await confirm("Some of these workflows are here already.", f"{text} They can come in as copies.",
                             "Import as copies"):  # fmt: skip
            return
    with said():
        done = await studio.bulk.import_file(actor, raw, on_conflict="copy")
        if came_in is None:
            ui.navigate.to("/workflows")
        else:
            await came_in()
        tell(done, f"{count_of(len(done.done), 'workflow')} came in, switched off.")


def refused(name: str, problems: Sequence[Problem], text: str = "") -> None:
    """Say why a file did not come in."""
    problem_list(f"{name} cannot be imported", problems, text)
