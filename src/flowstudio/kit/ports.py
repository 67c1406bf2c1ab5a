"""The ports of the engine: what it needs from outside; adapters live in storage, connectors and scheduling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypedDict

from flowstudio.domain.delivery import Delivery
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import RecordType
from flowstudio.domain.run import Intent, Iteration, Run, Step, Timer, Write
from flowstudio.domain.workflow import Workflow
from flowstudio.kit.files import FileContent


class Clock(Protocol):
    """What time it is, and waking up later."""

    def now(self) -> datetime:
        """Return the present in UTC, aware."""

    async def sleep_until(self, when: datetime) -> None:
        """Return at that moment (a virtual clock: when it gets there)."""


class RecordStore(Protocol):
    """Reading records. Writing happens through `Journal.append`, in the transaction of the step."""

    def type_of(self, entity: str) -> RecordType:
        """Return the record type, by name or alias; raise NotFound with the names that exist nearby."""

    async def get(self, workspace: str, entity: str, record_id: str) -> JsonObject | None:
        """Return the record with `$entity`, `$revision` and its computed fields, or None."""

    async def query(
        self,
        workspace: str,
        entity: str,
        where: JsonObject | None = None,
        sort: str | None = None,
        limit: int | None = None,
    ) -> list[JsonObject]:
        """Return the records that hold for the filter tree (values filled in), in order of creation unless sorted."""


class StepRecords(Protocol):
    """Records as one step sees them: its own writes at once, noted as effects, committed with the step."""

    def type_of(self, entity: str) -> RecordType: ...

    async def get(self, entity: str, record_id: str) -> JsonObject | None: ...

    async def query(
        self, entity: str, where: JsonObject | None = None, sort: str | None = None, limit: int | None = None
    ) -> list[JsonObject]: ...

    async def create(self, entity: str, fields: JsonObject, *, silent: bool = False) -> JsonObject:
        """Create a record with its defaults and an id; `silent` keeps it out of the effects (logs of the product)."""

    async def update(self, entity: str, record_id: str, fields: JsonObject, *, silent: bool = False) -> JsonObject: ...

    async def delete(self, entity: str, record_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class MailMessage:
    """One mail to one recipient, whole."""

    to: str
    subject: str
    text: str
    html: str | None = None
    sender: str | None = None
    sender_name: str | None = None
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: str | None = None
    attachments: tuple[JsonObject, ...] = ()
    """Documents: `{"id", "title", "format" …}`; the connector fetches the content."""
    message_id: str | None = None
    """Stable: made of the step's idempotency key, so that receivers can tell a repeat."""


class Mail(Protocol):
    """Sending mail."""

    async def send(self, message: MailMessage) -> JsonObject:
        """Send; return `{"message_id", "status"}`. Raise Unreachable, Refused, OutcomeUnknown and others."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request, whole. `guarded`: the address was typed by a user, so private networks are refused."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    query: JsonObject = field(default_factory=dict)
    body: bytes | None = None
    timeout: float = 60.0
    guarded: bool = True
    credential: str | None = None
    auth: str = "none"
    """How the credential is shown to the other system: none, basic, bearer, api_key, oauth2."""
    service: str | None = None
    """The connection (`twilio` …) that completes a request whose `url` is only a path: address, signature, errors."""
    repeatable: bool = False
    """Asking twice does no more than asking once (a token, a draft): without an answer it may simply be asked again."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """The answer; `body` is parsed JSON where it is JSON, else text."""

    status: int
    headers: dict[str, str]
    body: JsonValue
    content: bytes = field(default=b"", repr=False, compare=False)
    """The body as it came."""


class Http(Protocol):
    """Talking HTTP."""

    async def request(self, request: HttpRequest) -> HttpResponse:
        """Send; any status is an answer. Raise Unreachable, OutcomeUnknown, Refused (guard, size, redirects)."""


class Secrets(Protocol):
    """Stored secrets, usable and never shown."""

    def get(self, name: str) -> str | None:
        """Return the secret of a credential or environment name (`SENDGRID_API_KEY`), or None."""


class Files(Protocol):
    """The store of files. Values hold references to them; see `flowstudio.kit.files`."""

    async def keep(self, workspace: str, file: FileContent) -> JsonObject:
        """Keep a file and return the reference; raise LimitReached for one that is too large, or with no room left."""

    async def get(self, workspace: str, digest: str) -> bytes | None:
        """Return the bytes behind a digest, or None."""

    async def press(self, document: JsonObject) -> FileContent:
        """Return the file of a document's record."""


class MessageTexts(Protocol):
    """The message texts of the workspace (`invoice_reminder` …)."""

    def get(self, name: str) -> JsonObject | None:
        """Return `{"name", "title", "channel", "subject", "text", "html"?, "variables": [names]}`, or None."""


class Outside(TypedDict):
    """The ports of a test run that let nothing leave, by their names in `flowstudio.engine.test_run.Twins`."""

    mail: Mail
    secrets: Secrets
    http_with: Callable[[Mapping[str, JsonValue]], Callable[[str], Http]]
    """Makes the twin of HTTP for a step, from the sample's answers by node id."""


@dataclass(slots=True)
class Batch:
    """What one durable point writes, all in one transaction."""

    run_id: str
    epoch: int
    new_run: Run | None = None
    """Set when the run itself is written for the first time."""
    steps: list[Step] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    timers_done: list[tuple[str, Iteration]] = field(default_factory=list)
    waits: list[JsonObject] = field(default_factory=list)
    """Approvals and awaited events: `{"token", "kind", "node_id", "iteration", "detail", "expires"}`."""
    waits_done: list[str] = field(default_factory=list)
    patch: JsonObject | None = None
    """Columns of the run to change: status, outcome, reason, waiting_for, error, started_at, completed_at …"""
    events: list[JsonObject] = field(default_factory=list)
    """Events to raise with it: `{"type", "data", "id"}`."""
    notices: list[Delivery] = field(default_factory=list)
    """Whom to tell of these steps; one whose id is there already stays as it is."""
    sent: int = 0
    """Messages and calls that left in these steps, counted where the workflow has a limit by the hour; not written."""

    def empty(self) -> bool:
        """Say whether there is nothing to write."""
        return not (
            self.new_run or self.steps or self.intents or self.writes or self.timers or self.timers_done or self.waits
            or self.waits_done or self.patch or self.events or self.notices
        )  # fmt: skip


@dataclass(slots=True)
class RunHistory:
    """What the journal knows of a run: enough to take it up where it stood."""

    run: Run
    epoch: int
    steps: list[Step]
    intents: list[Intent]
    """Intents without a settled step after them."""
    timers: list[Timer]
    waits: list[JsonObject]


class Journal(Protocol):
    """The durable part of runs. One writer commits many batches at once (group commit)."""

    async def append(self, batch: Batch) -> bool:
        """Write durably; return False when another owner has taken the run over (fenced off by epoch).

        Raise Conflict when a write's revision is not the stored one (the step is then repeated) or when the run's
        event id exists already; StorageFailed when the database did not take it.
        """

    async def claim(self, run_id: str) -> RunHistory | None:
        """Take the run over (epoch + 1) and return its history; None when there is no such run."""

    async def unfinished(self, workspace: str | None = None) -> Sequence[str]:
        """List the ids of runs that were queued or running when the process ended."""


class Workflows(Protocol):
    """Published versions of workflows."""

    async def version(self, workspace: str, workflow_id: str, version: int) -> Workflow:
        """Return that version; raise NotFound."""
