"""Telling people of steps, as their Notify settings ask, of approvals and workflows: noted, tried again, replayed."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, cast

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.delivery import Delivery
from flowstudio.domain.ids import new_id
from flowstudio.errors import ConfigRejected, Conflict, FlowStudioError, NotFound, OutcomeUnknown, StorageFailed
from flowstudio.kit.channels.push import push_request
from flowstudio.kit.channels.slack import build_slack
from flowstudio.kit.channels.sms import build_sms
from flowstudio.kit.ports import MailMessage
from flowstudio.kit.recipients import parts_of, people_of
from flowstudio.observe import logger
from flowstudio.services.wording import TEXTS, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.context import RunContext
    from flowstudio.kit.ports import Clock, Http, Mail, MessageTexts, RecordStore
    from flowstudio.services.ports import User

log = logger(__name__)
CHANNELS = {"email": "Mail", "in_app": "In FlowStudio", "slack": "Slack", "sms": "Text message", "push": "Push message"}
_SUBJECTS = {"ready": "A step is about to run", "completed": "A step is done", "failed": "A step failed"}
_PAUSES = (60.0, 300.0, 1800.0, 7200.0)
"""Seconds before each further try."""
_FIRST_LOOK = timedelta(minutes=2)
"""When a notice is looked at again whose first try was cut off before it began."""
NOBODY = "@localhost"
"""The end of an address that nobody has set yet."""
_AT_ONCE = 50
"""Notices that are under way at the same time."""
_KEPT, _TIDY_EVERY = timedelta(days=90), timedelta(hours=6)


class NoticeStore(Protocol):
    """Keeps what people find when they look into FlowStudio."""

    async def add(
        self,
        workspace: str,
        title: str,
        *,
        body: str = "",
        link: str | None = None,
        person_id: str | None = None,
        key: str | None = None,
    ) -> str:
        """Keep it once for each `key`, and return its id."""


class DeliveryStore(Protocol):
    """Keeps notices on their way."""

    async def add(self, rows: list[Delivery]) -> None:
        """Keep new ones; one whose id is there already stays as it is."""

    async def address(self, rows: list[Delivery]) -> None:
        """Put one row for each recipient in the place of a noted one, which the first of them was, all or none."""

    async def note(self, row: Delivery) -> None: ...

    async def due(self, now: datetime, limit: int) -> list[Delivery]: ...

    async def next_due(self, after: datetime) -> datetime | None: ...

    async def begun(self) -> list[Delivery]: ...

    async def one(self, workspace: str, key: str) -> Delivery | None: ...

    async def listed(
        self, workspace: str, *, run_id: str = "", status: str = "", limit: int = 200
    ) -> list[Delivery]: ...

    async def forget(self, before: datetime) -> int: ...


_SETTLED = ("failed", "unknown", "sent")


class People(Protocol):
    """Who belongs to a workspace."""

    async def owner(self, workspace: str) -> User: ...


class Telling:
    """Sends notices on their way; a notice that cannot be delivered never harms the run.

    A notice is on disk, with the step it is about, before anything here hears of it.
    """

    def __init__(
        self,
        mail: Mail,
        http: Http,
        notices: NoticeStore,
        deliveries: DeliveryStore,
        records: RecordStore,
        clock: Clock,
        base_url: str,
        texts: MessageTexts,
        people: People,
    ) -> None:
        self._mail = mail
        self._http = http
        self._notices = notices
        self._deliveries = deliveries
        self._records = records
        self._clock = clock
        self._base_url = base_url
        self._texts = texts
        self._people = people
        self._tidied: datetime | None = None
        self._looking = asyncio.Lock()
        self._sending: set[str] = set()
        self._more = False
        """More is due than may be under way at the same time."""
        self._unwritten: dict[str, Delivery] = {}
        """What became of notices while the database could not be written."""
        self._under_way: set[asyncio.Task[None]] = set()
        self.expect: Callable[[datetime], None] | None = None
        """Told when a delivery is to be tried again."""

    def notify(self, notices: Sequence[Delivery]) -> None:
        """Begin to send what has just become durable."""
        if notices:
            self._begin(self._look())

    async def switched_off(self, workspace: str, workflow_id: str, name: str, reason: str) -> None:
        """Tell the owner by mail that a workflow was switched off; inside the product everybody is told already."""
        owner = await self._people.owner(workspace)
        if owner.email.endswith(NOBODY):
            return
        now = self._clock.now()
        row = Delivery(
            workspace, "", workflow_id, "switched_off", "email", owner.email, f"{name}\n{reason}", "", now,
            id=new_id("dlv"), status="noted", next_try_at=now,
        )  # fmt: skip
        await self._deliveries.add([row])
        self.notify([row])

    async def close(self) -> None:
        """Wait until what was begun is delivered."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def recover(self) -> None:
        """Take up what was being sent when the product stopped: a mail again, of the others nobody knows."""
        for row in await self._deliveries.begun():
            if row.id.partition(".")[0] in self._sending:
                continue  # it is under way here
            if row.status == "waiting" or row.channel in ("email", "in_app"):  # not sent; or known by its message id
                await self._deliveries.note(replace(row, status="waiting", next_try_at=self._clock.now()))
            else:
                error = "FlowStudio stopped while it was sent. It may have arrived."
                await self._settle(replace(row, status="unknown", error=error))

    async def look_due(self) -> datetime | None:
        """Begin to send what is due; return when the next one is. A source of the ticker."""
        async with self._looking:
            now = self._clock.now()
            if self._tidied is None or now - self._tidied > _TIDY_EVERY:
                self._tidied = now
                await self._deliveries.forget(now - _KEPT)
            for key, row in list(self._unwritten.items()):
                await self._deliveries.note(row)
                del self._unwritten[key]
            due = await self._deliveries.due(now, 2 * _AT_ONCE)
            new = [row for row in due if row.id not in self._sending]
            room = _AT_ONCE - len(self._sending)
            self._more = len(new) > room
            for row in new[:room]:
                self._sending.add(row.id)
                self._begin(self._deliver(row))
        return await self._deliveries.next_due(now)

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
        if row.status not in _SETTLED:
            raise Conflict("This notice is still on its way.")
        return await self._once_more(row)

    async def replay(self, actor: Actor, run_id: str, node_id: str) -> Sequence[Delivery]:
        """Send the notices of one step of a run again; those still on their way are left alone.

        Return them as they are then; raise NotFound where nobody was told of this step.
        """
        actor.require(Role.OPERATOR)
        found = await self._deliveries.listed(actor.workspace, run_id=run_id)
        rows = [row for row in found if row.node_id == node_id]
        if not rows:
            raise NotFound("Nobody was told of this step.")
        return [await self._once_more(row) if row.status in _SETTLED else row for row in rows]

    async def _once_more(self, row: Delivery) -> Delivery:
        row = replace(row, attempts=0, done_at=None)
        if row.status == "sent":  # once more on purpose: receivers must not take it for a repeat
            row = replace(row, message_id=_message_id(new_id("msg"), row.recipient))
        return await self._try(row)

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _look(self) -> None:
        try:
            await self.look_due()
        except StorageFailed as error:
            log.warning("notice.waits", error=error.message)  # it is on disk: the ticker looks again

    async def _deliver(self, row: Delivery) -> None:
        """Send what is due: to each recipient where it was only noted so far."""
        try:
            rows = await self._addressed(row) if row.status == "noted" else [row]
            await asyncio.gather(*(self._try(one) for one in rows))
        except StorageFailed as error:
            log.warning("notice.waits", run_id=row.run_id, error=error.message)
        finally:
            self._sending.discard(row.id)
            if self._more:
                self._begin(self._look())

    async def _addressed(self, noted: Delivery) -> list[Delivery]:
        """Look up whom a notice goes to; return a delivery to each, none where it leads to nobody."""
        recipients, fault = await self._recipients(noted)
        later = self._clock.now() + _FIRST_LOOK
        text = worded(noted, self._texts, f"{self._base_url}{noted.path}", self._clock) or noted.text
        text = text or _SUBJECTS.get(noted.reason, "News of a step")
        rows = [
            replace(
                noted, id=f"{noted.id}.{number}" if number else noted.id, recipient=recipient, text=text,
                message_id=_message_id(noted.id, recipient), status="waiting", next_try_at=later,
            )
            for number, recipient in enumerate(recipients)
        ]  # fmt: skip
        await self._deliveries.address(rows)
        if fault:
            await self._settle(replace(rows[0], status="failed", error=fault))
            return []
        return rows

    async def _recipients(self, notice: Delivery) -> tuple[list[str], str]:
        """Return to whom a notice goes, or what was written and why it leads to nobody."""
        parts = parts_of(notice.recipient)
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
            return [notice.recipient or "nobody"], f'"{notice.recipient}" leads to nobody who can be told this way.'
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
                await self._note(row)
                if self.expect is not None:
                    self.expect(due)
                return row
            return await self._settle(replace(row, status="failed", error=f"{error.message} {error.hint}".strip()))
        except Exception as error:
            log.exception("notice.failed", run_id=row.run_id)
            return await self._settle(replace(row, status="failed", error=f"{type(error).__name__}: {error}"[:300]))
        row = replace(row, status="sent", done_at=self._clock.now())
        await self._note(row)
        return row

    async def _note(self, row: Delivery) -> None:
        """Write what became of a try; where the database cannot be written now, the next look does."""
        try:
            await self._deliveries.note(row)
        except StorageFailed:
            self._unwritten[row.id] = row

    async def _settle(self, row: Delivery) -> Delivery:
        """Note that a notice did not arrive, and tell so inside the product."""
        row = replace(row, next_try_at=None, done_at=self._clock.now())
        await self._note(row)
        log.warning("notice.failed", run_id=row.run_id, channel=row.channel, error=row.error)
        if row.reason in TEXTS:
            return row  # what it tells stands inside the product in any case
        subject = _SUBJECTS.get(row.reason, "News of a step")
        await self._notices.add(
            row.workspace,
            f"{subject}, but {row.recipient} could not be told",
            body=row.error,
            link=f"/runs/{row.run_id}",
        )
        return row

    async def _send(self, row: Delivery) -> None:
        subject, link, text = _SUBJECTS.get(row.reason, "News of a step"), f"{self._base_url}{row.path}", row.text
        if row.reason in TEXTS:
            subject, _, text = row.text.partition("\n\n")
        match row.channel:
            case "email":
                whole = f"{text}\n" if row.reason in TEXTS else f"{text}\n\n{link}\n"
                await self._mail.send(MailMessage(row.recipient, subject, whole, message_id=row.message_id))
            case "slack":
                await self._http.request(build_slack(row.recipient, f"{row.text}\n{link}"))
            case "sms":
                await self._http.request(build_sms(row.recipient, f"{row.text[:1_000]} {link}"))
            case "push":
                data: JsonObject = {"run_id": row.run_id}
                await self._http.request(push_request(row.recipient, row.text, subject, data))
            case "in_app":
                key = f"ntf_{hashlib.sha256(row.message_id.encode()).hexdigest()[:26]}"
                await self._notices.add(row.workspace, subject, body=text, link=row.path, key=key)
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


def _message_id(notice: str, recipient: str) -> str:
    """Return the same id for the same notice, so that receivers can tell a repeat."""
    return f"<{hashlib.sha256(f'{notice}/{recipient}'.encode()).hexdigest()[:40]}@flowstudio>"
