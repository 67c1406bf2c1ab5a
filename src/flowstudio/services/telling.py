"""Telling people of steps, as their Notify settings ask, of runs, approvals and workflows: tried again, replayed."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.delivery import Delivery
from flowstudio.domain.ids import new_id
from flowstudio.errors import Conflict, FlowStudioError, NotFound, OutcomeUnknown, StorageFailed
from flowstudio.observe import logger
from flowstudio.services.carrying import subject_of
from flowstudio.services.wording import TEXTS, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from datetime import datetime

    from flowstudio.kit.ports import Clock, MessageTexts
    from flowstudio.services.carrying import Carrier, NoticeStore
    from flowstudio.services.ports import User

log = logger(__name__)
_PAUSES = (60.0, 300.0, 1800.0, 7200.0)
"""Seconds before each further try."""
_FIRST_LOOK = timedelta(minutes=2)
"""When a notice is looked at again whose first try was cut off before it began."""
NOBODY = "@localhost"
"""The end of an address that nobody has set yet."""
_AT_ONCE = 50
"""Notices that are under way at the same time."""
_KEPT, _TIDY_EVERY = timedelta(days=90), timedelta(hours=6)


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

    async def told(self, workspace: str, node_id: str, reason: str) -> datetime | None:
        """Return when this was last told, or is about to be told, and not left out."""

    async def left_out(self, workspace: str, node_id: str, reason: str, since: datetime) -> int:
        """Count what was left out after a moment."""


_FOLDED: dict[str, timedelta] = {"run_failed": timedelta(hours=1)}
"""Reason → how long nothing more is told of the same workflow: a thousand failed runs are no thousand mails."""
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
        carrier: Carrier,
        notices: NoticeStore,
        deliveries: DeliveryStore,
        clock: Clock,
        texts: MessageTexts,
        people: People,
    ) -> None:
        self._carrier = carrier
        self._notices = notices
        self._deliveries = deliveries
        self._clock = clock
        self._texts = texts
        self._people = people
        self._tidied: datetime | None = None
        self._looking = asyncio.Lock()
        self._folding = asyncio.Lock()
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
            self.look()

    def look(self) -> None:
        """Begin to send what another process has made durable."""
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

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
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
            rows = await self._opened(row) if row.status == "noted" else [row]
            await asyncio.gather(*(self._try(one) for one in rows))
        except StorageFailed as error:
            log.warning("notice.waits", run_id=row.run_id, error=error.message)
        finally:
            self._sending.discard(row.id)
            if self._more:
                self._begin(self._look())

    async def _opened(self, noted: Delivery) -> list[Delivery]:
        """Return a delivery to each of its recipients; none where the same was told a short while ago."""
        pause = _FOLDED.get(noted.reason)
        if pause is None:
            return await self._addressed(noted)
        about = (noted.workspace, noted.node_id, noted.reason)
        async with self._folding:
            last = await self._deliveries.told(*about)
            if last is not None and noted.created_at < last + pause:
                done = replace(noted, status="left_out", next_try_at=None, done_at=self._clock.now())
                await self._deliveries.note(done)
                return []
            more = await self._deliveries.left_out(*about, last) if last is not None else 0
            if more:
                noted = replace(noted, text=f"{noted.text}\n\n{_more(more)}")
            return await self._addressed(noted)

    async def _addressed(self, noted: Delivery) -> list[Delivery]:
        """Look up whom a notice goes to; return a delivery to each, none where it leads to nobody."""
        recipients, fault = await self._carrier.recipients(noted)
        later = self._clock.now() + _FIRST_LOOK
        text = worded(noted, self._texts, self._carrier.link(noted), self._clock) or noted.text
        text = text or subject_of(noted)
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

    async def _try(self, row: Delivery) -> Delivery:
        """Send once, and note what became of it."""
        row = replace(row, status="sending", attempts=row.attempts + 1, next_try_at=None, error="")
        await self._deliveries.note(row)
        try:
            await self._carrier.send(row)
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
            return await self._settle(replace(row, status="failed", error=error.told))
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
        subject = subject_of(row)
        await self._notices.add(
            row.workspace,
            f"{subject}, but {row.recipient} could not be told",
            body=row.error,
            link=f"/runs/{row.run_id}",
        )
        return row


def _more(runs: int) -> str:
    return f"Since the last mail {runs:,} more of its runs {'has' if runs == 1 else 'have'} failed."


def _message_id(notice: str, recipient: str) -> str:
    """Return the same id for the same notice, so that receivers can tell a repeat."""
    return f"<{hashlib.sha256(f'{notice}/{recipient}'.encode()).hexdigest()[:40]}@flowstudio>"
