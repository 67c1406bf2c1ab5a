"""Documents in and out, and their checks, against what the workspace knows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from flowstudio.analysis import check, explain
from flowstudio.domain.json_text import read_json
from flowstudio.errors import BadRequest
from flowstudio.interchange import dump_document, read_document, write_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flowstudio.analysis import Explanation
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.problem import Problem
    from flowstudio.domain.workflow import Workflow
    from flowstudio.interchange import ReadResult
    from flowstudio.kit import Registry
    from flowstudio.services.facts import WorkspaceFacts

MAX_BYTES = 10 * 1024 * 1024
FactsOf = Callable[[str], Awaitable["WorkspaceFacts"]]


class Documents:
    """Reads, writes, checks and explains workflows."""

    def __init__(self, registry: Registry, facts: FactsOf) -> None:
        self.registry = registry
        self._facts = facts

    async def facts(self, workspace: str) -> WorkspaceFacts:
        """Return what the workspace knows now."""
        return await self._facts(workspace)

    @staticmethod
    def parse(raw: bytes) -> JsonObject:
        """Parse JSON; raise BadRequest for what is none, or too large."""
        if len(raw) > MAX_BYTES:
            raise BadRequest("The document is larger than 10 MB.", hint="Split it into several workflows.")
        data = read_json(raw, "This")
        if not isinstance(data, dict):
            raise BadRequest("A workflow document is a JSON object.")
        return data

    def read(self, data: JsonObject) -> ReadResult:
        """Read a document; every fault at once."""
        return read_document(data, self.registry)

    @staticmethod
    def write(workflow: Workflow) -> JsonObject:
        """Return the workflow as a document."""
        return write_document(workflow)

    @staticmethod
    def dump(workflow: Workflow) -> bytes:
        """Return the document as bytes, the same for the same state."""
        return dump_document(workflow)

    async def check(self, workspace: str, workflow: Workflow, found: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return the problems found on reading together with those of all checks, each once."""
        facts = await self._facts(workspace)
        every = [*found, *check(workflow, self.registry, facts)]
        return tuple({(one.path, one.code, one.message): one for one in every}.values())

    def explain(self, workflow: Workflow) -> Explanation:
        """Say in plain English what the workflow does."""
        return explain(workflow, self.registry)
