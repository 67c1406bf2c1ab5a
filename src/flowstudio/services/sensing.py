"""Everything by which FlowStudio notices that a trigger's moment has come, put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.services.detectors.dates import DateDetector
from flowstudio.services.detectors.figures import FigureDetector
from flowstudio.services.detectors.lookout import Lookout
from flowstudio.services.detectors.messages import MailDetector
from flowstudio.services.detectors.polling import PollDetector
from flowstudio.services.detectors.silences import SilenceDetector
from flowstudio.services.detectors.stages import StageDetector
from flowstudio.services.detectors.troubles import Troubles
from flowstudio.services.events import EventService
from flowstudio.services.forms import FormService
from flowstudio.services.handing_on import HandingOn
from flowstudio.services.hook_extras import HookExtras
from flowstudio.services.igniting import Igniting
from flowstudio.services.listening import Filters
from flowstudio.services.loop_guard import LoopGuard
from flowstudio.services.pairs import Pairs
from flowstudio.services.reaching import Reaching
from flowstudio.services.rechecking import Rechecking
from flowstudio.services.shipped import registry_of
from flowstudio.services.switching_off import SwitchingOff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from zoneinfo import ZoneInfo

    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock, Files, Http, RecordStore, Secrets
    from flowstudio.services.detectors.dates import Keeps
    from flowstudio.services.detectors.messages import Mailbox
    from flowstudio.services.detectors.silences import Activity
    from flowstudio.services.happening import Outbox, WatchStore
    from flowstudio.services.ports import AuditLog, RunStore, WorkflowStore
    from flowstudio.services.reaching import Delivers, Waits
    from flowstudio.services.starting import Starter
    from flowstudio.services.switching_off import Notices
    from flowstudio.services.triggers import TriggerService


@dataclass(frozen=True, slots=True)
class Senses:
    """What sensing needs from outside."""

    outbox: Outbox
    watches: WatchStore
    records: RecordStore
    keeper: Keeps
    activity: Activity
    http: Http
    mailbox: Mailbox
    secrets: Secrets
    files: Files
    workflows: WorkflowStore
    runs: RunStore
    audit: AuditLog
    notices: Notices
    waits: Waits
    engine: Delivers
    clock: Clock
    zone_of: Callable[[str], ZoneInfo]
    settings_of: Callable[[str], JsonObject]


class Sensing:
    """Events are handed on by `handing_on`, states are looked at by `lookout`, programs raise `events`."""

    def __init__(self, senses: Senses, triggers: TriggerService, starter: Starter, workspaces: Iterable[str]) -> None:
        clock, zone_of, watches, records = senses.clock, senses.zone_of, senses.watches, senses.records
        self.off = SwitchingOff(senses.workflows, triggers, senses.audit, senses.notices)
        guard = LoopGuard(senses.runs, self.off, clock)
        pairs = Pairs(watches, triggers)
        igniting = Igniting(starter, pairs, guard)
        filters = Filters(records, clock, zone_of, senses.settings_of)
        figures = FigureDetector(records, watches, clock, zone_of)
        silences = SilenceDetector(records, senses.activity, watches, clock, zone_of)
        pairs.states = {"kpi_threshold": figures, "inactivity": silences}
        self.rechecking = Rechecking(filters, records, pairs.states, registry_of())
        reaching = Reaching(
            triggers, filters, igniting, records, senses.waits, senses.engine, clock, zone_of, senses.settings_of
        )
        reaching.on_change = {"stage_change": StageDetector(records, igniting), "kpi_threshold": figures}
        reaching.name_of = name_of = _names(senses.workflows)
        self.handing_on = HandingOn(senses.outbox, reaching, clock)
        troubles = Troubles(watches, senses.notices, name_of, clock)
        self.dates = DateDetector(records, senses.keeper, watches, clock, zone_of)
        self.lookout = Lookout(
            triggers,
            {
                "kpi_threshold": figures,
                "inactivity": silences,
                "poll": PollDetector(senses.http, watches, clock, senses.settings_of, troubles),
                "new_message": MailDetector(senses.mailbox, senses.secrets, senses.files, watches, clock, troubles),
            },
            self.dates.look,
            workspaces,
            clock,
        )
        self.events = EventService(self.handing_on, clock, starter.require_room)
        self.hook_extras = HookExtras(
            triggers, senses.workflows, senses.runs, senses.waits, senses.engine, self.handing_on, watches,
            senses.secrets, clock,
        )  # fmt: skip
        self.forms = FormService(triggers, starter, senses.files)

    async def stop(self) -> None:
        """Look no more and hand nothing more on; what is left is taken up at the next start."""
        await self.lookout.stop()
        await self.handing_on.stop()


def _names(workflows: WorkflowStore) -> Callable[[str, str], Awaitable[str]]:
    async def name_of(workspace: str, workflow_id: str) -> str:
        stored = await workflows.get(workspace, workflow_id)
        return stored.name if stored is not None else workflow_id

    return name_of
