"""What a node sees of its run: the one door to the world. In a test run everything behind it is a simulated twin."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Iteration
from flowstudio.kit.ports import Files, Http, Mail, MessageTexts, Secrets, StepRecords


class RunContext(Protocol):
    """Handed to `run` and `decide`, for one attempt of one step."""

    run_id: str
    workspace: str
    workflow_id: str
    node_id: str
    iteration: Iteration
    attempt: int
    idempotency_key: str
    """run / node / iteration / n: the same while the outcome of an attempt is unknown."""
    test: bool
    """True in a test run. For wording only: what may leave is decided behind the ports."""
    zone: ZoneInfo
    """The workspace's time zone."""
    settings: JsonObject
    """Workspace settings, as `settings.*` shows them."""
    records: StepRecords
    mail: Mail
    http: Http
    secrets: Secrets
    messages: MessageTexts
    files: Files

    def now(self) -> datetime:
        """Return the present, aware, in the workspace's zone; virtual in a test run."""

    def evaluate(self, expression: str, **names: JsonValue) -> JsonValue:
        """Return the value of an expression (with or without braces); `names` come before the run's variables."""

    def render(self, value: JsonValue, **names: JsonValue) -> JsonValue:
        """Fill in the `{{ }}` texts of a value at any depth."""

    def test_condition(self, tree: JsonObject) -> tuple[bool, list[JsonObject]]:
        """Test a condition: the verdict, and per comparison its path, field, left, operator, right and result."""

    async def fill(self, value: JsonValue, **names: JsonValue) -> JsonValue:
        """As `render`, fetching the records that are needed on the way."""

    def message(self, channel: str, to: str, text: str, **content: JsonValue) -> None:
        """Note that a message left (or would have): it becomes an effect of the step."""

    def call(self, name: str, target: str, **content: JsonValue) -> None:
        """Note a request to another system: it becomes an effect of the step."""
