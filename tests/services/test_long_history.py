"""A long way back: undo reaches hundreds of edits, over restarts and publishing, and never the wrong ones."""

import pytest

from flowstudio.domain.actor import Actor, Role
from flowstudio.services.editing.session import WorkflowSession

ADA = Actor("main", "usr_ada", "Ada", Role.BUILDER)
EDITS = 540
"""More than the editor reads back when a workflow is opened again."""
DOCUMENT = {
    "id": "wf_a", "name": "Edit 0",
    "trigger": {"type": "manual", "config": {}},
    "nodes": [{"id": "e", "name": "Done", "type": "end"}],
    "edges": [{"from": "trigger", "to": "e"}],
}  # fmt: skip


@pytest.fixture
def studio(house):
    return house.studio


async def opened(studio) -> WorkflowSession:
    """The workflow as after a restart: read from the database."""
    studio.sessions.drop("main", "wf_a")
    return await studio.sessions.open("main", "wf_a")


async def name_it(session: WorkflowSession, number: int) -> None:
    await session.edit(f"Edit {number}", lambda flow: flow.model_copy(update={"name": f"Edit {number}"}), ADA)


async def test_hundreds_of_edits_are_taken_back_after_restarts_and_publishing(studio):
    await studio.exchange.import_document(ADA, DOCUMENT)
    session = await opened(studio)
    for number in range(1, EDITS + 1):
        await name_it(session, number)
    await studio.publishing.publish(ADA, "wf_a")
    session = await opened(studio)
    assert session.can_undo == f"Edit {EDITS}"
    for number in range(EDITS, EDITS - 220, -1):
        assert await session.undo(ADA) == f"Edit {number}"
    assert session.workflow.name == f"Edit {EDITS - 220}"
    session = await opened(studio)
    assert await session.redo(ADA) == f"Edit {EDITS - 219}"
    await name_it(session, 1000)
    session = await opened(studio)
    assert (session.can_undo, session.can_redo) == ("Edit 1000", None)
    assert await session.undo(ADA) == "Edit 1000"
    assert session.workflow.name == f"Edit {EDITS - 219}"
    assert await session.undo(ADA) == f"Edit {EDITS - 219}"
    assert session.workflow.name == f"Edit {EDITS - 220}"
