"""What a test run starts from: the moment, the payload, the records, and what people and systems answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import BadRequest


class Meanwhile(BaseModel):
    """What somebody else does at the end of a wait; delays and approvals count from 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wait: int = Field(ge=1)
    entity: str
    id: str | None = None
    set: JsonObject | None = None
    create: JsonObject | None = None
    delete: bool = False


class Sample(BaseModel):
    """The object of `flowstudio run --sample`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    now: str | None = None
    """In the workspace's zone unless it names one; the present without it."""
    trigger: JsonObject = Field(default_factory=dict)
    """The payload."""
    trigger_id: str | None = None
    """Which trigger starts the run; the first one without it."""
    records: dict[str, list[JsonObject]] = Field(default_factory=dict)
    decisions: dict[str, Any] = Field(default_factory=dict)
    """Answer by node id: `approved`, `rejected`, `expired`, or an object with `decision`, `by`, `comment`."""
    mock_responses: dict[str, JsonValue] = Field(default_factory=dict)
    """Body of the answer by node id."""
    pinned: dict[str, JsonObject] = Field(default_factory=dict)
    """What an action gives, by node id; it is not carried out then."""
    events: dict[str, JsonValue] = Field(default_factory=dict)
    """What a wait node receives, by node id; without it the wait runs to its deadline."""
    meanwhile: list[Meanwhile] = Field(default_factory=list)

    @classmethod
    def read(cls, value: JsonObject | None) -> Sample:
        """Read a sample; raise BadRequest that names the first fault."""
        try:
            return cls.model_validate(value or {})
        except ValidationError as fault:
            first = fault.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise BadRequest(f"The sample is not right at {place}: {first['msg']}.") from None

    def moment(self, zone: ZoneInfo) -> datetime:
        """Return where the run starts, in UTC."""
        if self.now is None:
            return datetime.now(UTC)
        try:
            found = datetime.fromisoformat(self.now)
        except ValueError:
            raise BadRequest(f'"{self.now}" is no moment.', hint="Write it as 2026-03-02T09:00.") from None
        return (found if found.tzinfo is not None else found.replace(tzinfo=zone)).astimezone(UTC)

    def decision(self, node_id: str) -> tuple[Literal["approved", "rejected", "expired"], str, str | None] | None:
        """Return the answer for an approval, who gives it and the comment; None without one."""
        found = self.decisions.get(node_id)
        if found is None:
            return None
        answer: JsonObject = found if isinstance(found, dict) else {"decision": found}
        words: dict[str, Literal["approved", "rejected", "expired"]] = {
            "approved": "approved",
            "approve": "approved",
            "true": "approved",
            "yes": "approved",
            "rejected": "rejected",
            "reject": "rejected",
            "false": "rejected",
            "no": "rejected",
            "expired": "expired",
            "timeout": "expired",
            "none": "expired",
        }
        word = words.get(str(answer.get("decision")).lower())
        if word is None:
            raise BadRequest(f'"{answer.get("decision")}" is no decision.', hint="Say approved, rejected or expired.")
        return word, str(answer.get("by") or ""), answer.get("comment")
