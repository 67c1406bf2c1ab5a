"""What cannot be kept is refused before it becomes part of the workflow that everybody sees."""

import asyncio

import pytest

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.workflow import Trigger, Workflow
from flowstudio.errors import BadRequest
from flowstudio.services.editing.session import WorkflowSession
from tests.property.test_edit_history import Shelf

MARA = Actor("w", "u", "Mara", Role.BUILDER)


def plain_flow() -> Workflow:
    return Workflow(id="wf", name="Flow", triggers=(Trigger(type="manual"),))


def asks_after(number: int, workflow: Workflow) -> Workflow:
    settings = workflow.settings.model_copy(update={"ask_after": number})
    return workflow.model_copy(update={"settings": settings})


def test_a_number_of_more_than_64_bits_changes_nothing_and_says_why():
    async def go() -> None:
        shelf = Shelf()
        session = WorkflowSession("w", plain_flow(), 1, shelf, [], 0)
        with pytest.raises(BadRequest, match="cannot be kept"):
            await session.edit("Limit", lambda flow: asks_after(10**20, flow), MARA)
        assert session.workflow.settings.ask_after is None
        assert shelf.history == []
        await session.edit("Limit", lambda flow: asks_after(5, flow), MARA)
        assert session.workflow.settings.ask_after == 5

    asyncio.run(go())
