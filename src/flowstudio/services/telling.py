"""Telling people that a step is ready, done or failed, as its Notify settings ask: noted, tried again, replayed."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, cast

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.delivery import Delivery
from flowstudio.errors import ConfigRejected, Conflict, FlowStudioError, NotFound, OutcomeUnknown
from flowstudio.kit.channels.push import push_request
from flowstudio.kit.channels.slack import build_slack
from flowstudio.kit.channels.sms import build_sms
from flowstudio.kit.ports import MailMessage
from flowstudio.kit.recipients import parts_of, people_of
from flowstudio.observe import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from flowstudio.domain.json import JsonObject
    from flowstudio.engine.world import Notice
    from flowstudio.kit.context import RunContext
    from flowstudio.kit.ports import Clock, Http, Mail, RecordStore

log = logger(__name__)
CHANNELS = {"email": "Mail", "in_app": "In FlowStudio", "slack": "Slack", "sms": "Text message", "push": "Push message"}
_SUBJECTS = {"ready": "A step is about to run", "completed": "A step is done", "failed": "A step failed"}
_PAUSES = (60.0, 300.0, 1800.0, 7200.0)
"""Seconds before each further try."""
_FIRST_LOOK = timedelta(minutes=2)
"""When a notice is looked at again whose first try was cut off before it began."""
_AT_ONCE = 50
_KEPT, _TIDY_EVERY = timedelta(days=90), timedelta(hours=6)


class NoticeStore(Protocol):
    """Keeps what people find when they look into FlowStudio."""

    async def add(
        self, workspace: str, title: str, *, body: str = "", link: str | None = None, person_id: str | None = None
    ) -> str: ...


class DeliveryStore(Protocol):
    """Keeps notices on their way."""

    async def add(self, rows: list[Delivery]) -> list[Delivery]: ...

    async def note(self, row: Delivery) -> None: ...

    async def due(self, now: datetime, limit: int) -> list[Delivery]: ...

    async def next_due(self) -> datetime | None: ...

    async def begun(self) -> list[Delivery]: ...

    async def one(self, workspace: str, key: str) -> Delivery | None: ...

    async def listed(
        self, workspace: str, *, run_id: str = "", status: str = "", limit: int = 200
    ) -> list[Delivery]: ...

    async def forget(self, before: datetime) -> int: ...


class Telling:
    """Sends notices on their way; a notice that cannot be delivered never harms the run."""

    def __init__(
        self,
        mail: Mail,
        http: Http,
        notices: NoticeStore,
        deliveries: DeliveryStore,
        records: RecordStore,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._mail = mail
        self._http = http
        self._notices = notices
        self._deliveries = deliveries
        self._records = records
        self._clock = clock
        self._base_url = base_url
        self._tidied: datetime | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self.expect: Callable[[datetime], None] | None = None
        """Told when a delivery is to be tried again."""

    def notify(self, notice: Notice) -> None:
        """Begin to tell; in a test run nobody is told."""
        if notice.test:
            return
        self._begin(self._take(notice))

    async def close(self) -> None:
        """Wait until what was begun is delivered."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def recover(self) -> None:
        """Take up what was being sent when the product stopped: a mail again, of the others nobody knows."""
        for row in await self._deliveries.begun():
            if row.channel in ("email", "in_app"):  # the same message id, or our own database
                await self._deliveries.note(replace(row, status="waiting", next_try_at=self._clock.now()))
            else:
                error = "FlowStudio stopped while it was sent. It may have arrived."
                await self._settle(replace(row, status="unknown", error=error))

    async def look_due(self) -> datetime | None:
        """Try again what is due; return when the next one is. A source of the ticker."""
        now = self._clock.now()
        if self._tidied is None or now - self._tidied > _TIDY_EVERY:
            self._tidied = now
            await self._deliveries.forget(now - _KEPT)
        for row in await self._deliveries.due(now, _AT_ONCE):
            await self._try(row)
        return await self._deliveries.next_due()

    async def listed(self, actor: Actor, *, run_id: str = "", status: str = "") -> Sequence[Delivery]:
        """List the newest deliveries, those of one run or of one status."""
        actor.require(Role.VIEWER)
        return await self._deliveries.listed(actor.workspace, run_id=run_id, status=status)

    async def send_again(self, actor: Actor, key: str) -> Delivery:
        """Send a notice again that failed, or of which nobody knows; return it as it is then."""
        actor.require(Role.OPERATOR)
        row = await self._deliveries.one(actor.workspace, key)
        if row is None:
            raise NotFound("There is no such notice.")
        if row.status not in ("failed", "unknown", "sent"):
            raise Conflict("This notice is still on its way.")
        return await self._try(replace(row, attempts=0, done_at=None))

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _take(self, notice: Notice) -> None:
        now = self._clock.now()
        recipients, fault = await self._recipients(notice)
        rows = [
            Delivery(
                notice.workspace, notice.run_id, notice.node_id, notice.on, notice.channel, recipient,
                notice.message or _SUBJECTS.get(notice.on, "News of a step"), _message_id(notice, recipient), now,
                next_try_at=now + _FIRST_LOOK,
            )
            for recipient in recipients
        ]  # fmt: skip
        kept = await self._deliveries.add(rows)
        if fault:
            await self._settle(replace(kept[0], status="failed", error=fault))
            return
        for row in kept:
            await self._try(row)

    async def _recipients(self, notice: Notice) -> tuple[list[str], str]:
        """Return to whom a notice goes, or what was written and why it leads to nobody."""
        parts = parts_of(notice.to)
        if notice.channel in ("slack", "in_app"):
            return parts or [
                "everyone"
            ], "" if parts or notice.channel == "in_app" else "There is no channel to post to."
        field = "phone" if notice.channel == "sms" else "email"
        asking = cast("RunContext", _Asking(self._records, notice.workspace))
        found: list[str] = []
        for part in parts:
            if ("@" in part and field == "email") or part.startswith("+"):
                found.append(part)
                continue
            people = await people_of(part, asking)
            found += [str(person[field]) for person in people if person.get(field)]
        if not found:
            return [notice.to or "nobody"], f'"{notice.to}" leads to nobody who can be told this way.'
        return list(dict.fromkeys(found)), ""

    async def _try(self, row: Delivery) -> Delivery:
        """Send once, and note what became of it."""
        row = replace(row, status="sending", attempts=row.attempts + 1, next_try_at=None, error="")
        await self._deliveries.note(row)
        try:
            await self._send(row)
        except OutcomeUnknown as error:
            return await self._settle(replace(row, status="unknown", error=error.message))
        except FlowStudioError as error:
            if error.retryable and row.attempts <= len(_PAUSES):
                pause = max(_PAUSES[row.attempts - 1], float(getattr(error, "after", None) or 0))
                due = self._clock.now() + timedelta(seconds=pause)
                row = replace(row, status="waiting", error=error.message, next_try_at=due)
                await self._deliveries.note(row)
                if self.expect is not None:
                    self.expect(due)
                return row
            return await self._settle(replace(row, status="failed", error=f"{error.message} {error.hint}".strip()))
        except Exception as error:
            log.exception("notice.failed", run_id=row.run_id)
            return await self._settle(replace(row, status="failed", error=f"{type(error).__name__}: {error}"[:300]))
        row = replace(row, status="sent", done_at=self._clock.now())
        await self._deliveries.note(row)
        return row

    async def _settle(self, row: Delivery) -> Delivery:
        """Note that a notice did not arrive, and tell so inside the product."""
        row = replace(row, next_try_at=None, done_at=self._clock.now())
        await self._deliveries.note(row)
        log.warning("notice.failed", run_id=row.run_id, channel=row.channel, error=row.error)
        subject = _SUBJECTS.get(row.reason, "News of a step")
        await self._notices.add(
            row.workspace,
            f"{subject}, but {row.recipient} could not be told",
            body=row.error,
            link=f"/runs/{row.run_id}",
        )
        return row

    async def _send(self, row: Delivery) -> None:
        subject, link = _SUBJECTS.get(row.reason, "News of a step"), f"{self._base_url}/runs/{row.run_id}"
        match row.channel:
            case "email":
                text = f"{row.text}\n\n{link}\n"
                await self._mail.send(MailMessage(row.recipient, subject, text, message_id=row.message_id))
            case "slack":
                await self._http.request(build_slack(row.recipient, f"{row.text}\n{link}"))
            case "sms":
                await self._http.request(build_sms(row.recipient, f"{row.text[:1_000]} {link}"))
            case "push":
                data: JsonObject = {"run_id": row.run_id}
                await self._http.request(push_request(row.recipient, row.text, subject, data))
            case "in_app":
                await self._notices.add(row.workspace, subject, body=row.text, link=f"/runs/{row.run_id}")
            case _:
                raise ConfigRejected(f'There is no channel "{row.channel}".', hint=f"There are {', '.join(CHANNELS)}.")


class _Asking:
    """As much of a run's context as looking people up needs."""

    def __init__(self, records: RecordStore, workspace: str) -> None:
        self._records = records
        self._workspace = workspace

    @property
    def records(self) -> _Asking:
        return self

    async def get(self, entity: str, record_id: str) -> JsonObject | None:
        return await self._records.get(self._workspace, entity, record_id)

    async def query(self, entity: str, where: JsonObject | None = None) -> list[JsonObject]:
        return await self._records.query(self._workspace, entity, where)


def _message_id(notice: Notice, recipient: str) -> str:
    """Return the same id for the same notice, so that receivers can tell a repeat."""
    place = f"{notice.run_id}/{notice.node_id}/{notice.iteration}/{notice.on}/{recipient}"
    return f"<{hashlib.sha256(place.encode()).hexdigest()[:40]}@flowstudio>"
