"""One FlowStudio on one data directory: every service made, opened and closed in order."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from flowstudio.app.dispatch import Dispatch, require_no_workers
from flowstudio.app.foundation import WORKSPACE, Foundation
from flowstudio.config import Settings
from flowstudio.connectors.documents import paper_of
from flowstudio.connectors.outgoing import mail_sender, services_of
from flowstudio.connectors.simulated.outside import simulated_outside
from flowstudio.observe.cpu import Cpu
from flowstudio.observe.metrics import watch_load
from flowstudio.scheduling.clock import RealClock
from flowstudio.scheduling.ticker import Ticker
from flowstudio.scheduling.waking import Waking
from flowstudio.services.alerts import AlertService
from flowstudio.services.analytics import AnalyticsService
from flowstudio.services.approvals import ApprovalService
from flowstudio.services.audit import AuditService
from flowstudio.services.backtest import Backtesting
from flowstudio.services.bulk import BulkService
from flowstudio.services.connecting import Connecting
from flowstudio.services.documents import Documents
from flowstudio.services.editing.session import Sessions
from flowstudio.services.emptying import EmptyingService
from flowstudio.services.exchange import Exchange
from flowstudio.services.extracting import ExtractingService
from flowstudio.services.facts import WorkspaceFacts
from flowstudio.services.files import FileService
from flowstudio.services.folders import FolderService
from flowstudio.services.hook_secrets import HookSecrets
from flowstudio.services.hooks import HookService
from flowstudio.services.invited import InvitedService
from flowstudio.services.members import MemberService
from flowstudio.services.notices import NoticeService
from flowstudio.services.own_templates import OwnTemplateService
from flowstudio.services.papers import PaperService
from flowstudio.services.past_events import PastEvents
from flowstudio.services.past_runs import PastRuns
from flowstudio.services.presets import PresetService
from flowstudio.services.publishing import Publishing
from flowstudio.services.record_files import RecordFiles
from flowstudio.services.record_types import RecordTypeService
from flowstudio.services.records import RecordService
from flowstudio.services.retention import RetentionService
from flowstudio.services.runs import RunService
from flowstudio.services.schedules import ScheduleService
from flowstudio.services.shelf import ShelfService
from flowstudio.services.shelf_texts import ShelfTexts
from flowstudio.services.shipped import shipped_template_ids
from flowstudio.services.signin import SignIn, actor_of
from flowstudio.services.studio import Studio
from flowstudio.services.taking_up import TakingUp
from flowstudio.services.template_library import shipped_library
from flowstudio.services.templates import TemplateService
from flowstudio.services.testing import TestingService
from flowstudio.services.workflows import WorkflowService
from flowstudio.storage.alerts import SqlAlerts
from flowstudio.storage.all_rows import SqlAllRows
from flowstudio.storage.analytics import SqlAnalytics
from flowstudio.storage.emptying import SqlBin
from flowstudio.storage.folders import SqlFolders
from flowstudio.storage.past_events import SqlPastEvents
from flowstudio.storage.presets import SqlPresets
from flowstudio.storage.retention import SqlRetention
from flowstudio.storage.seeding import seed
from flowstudio.storage.shelf import SqlShelf
from flowstudio.storage.templates import SqlTemplates
from flowstudio.storage.waits import SqlWaits
from flowstudio.workers.far_news import FarNews

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.kit.ports import Clock


class House(Foundation):
    """One FlowStudio on one data directory: everything made, nothing started before `open`."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        super().__init__(settings, clock=clock)
        self.studio = self._services()
        self._ticker: Ticker | None = None
        self._watching: asyncio.Task[None] | None = None
        self._dispatch: Dispatch | None = None
        if self.far:
            news = FarNews(self._news, self._watch, self._stores.runs, self._far_engine, WORKSPACE)
            self._dispatch = Dispatch(self.database, self._me, news, self._far_engine)

    def _services(self) -> Studio:
        """Return the use cases over all of it."""
        stores, audit = self._stores, self._stores.audit
        sessions = Sessions(stores.workflows)
        documents = Documents(self.registry, self._facts)
        runs = RunService(stores.runs, stores.workflows, self._starter, self._room, audit)
        shelf, folders, waits = SqlShelf(self.database), SqlFolders(self.database), SqlWaits(self.database)
        texts = ShelfTexts(shelf, self.registry)
        workflows = WorkflowService(stores.workflows, sessions, documents, self.triggers, runs, audit, shelf, texts)
        testing = self._testing()
        publishing = Publishing(stores.workflows, workflows, sessions, documents, self.triggers, runs, testing, audit)
        exchange = Exchange(stores.workflows, workflows, publishing, sessions, documents, runs, audit)
        own_templates = OwnTemplateService(SqlTemplates(self.database), workflows, runs, documents, audit, self.clock)
        zone_of, clock, people = self._zone_of, self.clock, stores.people
        sign_in, past_events = SignIn(people, clock), PastEvents(SqlPastEvents(self.database), self.registry)
        retention, emptying = self._keeping(shelf)
        analytics, alerts = self._figures()
        return Studio(
            workflows=workflows, publishing=publishing, exchange=exchange, runs=runs,
            shelf=ShelfService(shelf, folders, texts, audit), folders=FolderService(folders, shelf, audit),
            bulk=BulkService(shelf, workflows, publishing, exchange, audit),
            extracting=ExtractingService(
                stores.workflows, sessions, documents, publishing, testing, shelf, audit, clock
            ),
            past_runs=PastRuns(self.registry, runs, workflows, testing), notices=NoticeService(stores.notices),
            backtesting=Backtesting(workflows, testing, past_events, clock),
            records=RecordService(stores.records), record_files=RecordFiles(stores.records, clock, zone_of, audit),
            record_types=RecordTypeService(stores.records, clock, zone_of, audit),
            files=FileService(self._files, runs, stores.records),
            approvals=ApprovalService(waits, self._room, audit),
            invited=InvitedService(
                self._invitations, waits, stores.runs, self._versions, self.registry, self._room, audit
            ),
            settings=self._settings_service, quotas=self._quotas, sign_in=sign_in, audit=AuditService(audit),
            members=MemberService(people, sign_in, audit, self.settings.public_url()),
            hooks=self._hooks(), connecting=self._connecting(),
            schedules=ScheduleService(
                stores.schedules, stores.workflows, self.firing, stores.watches, audit, clock, zone_of
            ),
            events=self.sensing.events, forms=self.sensing.forms, testing=testing, own_templates=own_templates,
            templates=TemplateService(
                shipped_library(), own_templates, exchange, testing, documents, HookSecrets(self._secrets)
            ),
            presets=PresetService(SqlPresets(self.database), workflows, self.registry, audit, clock),
            documents=documents, sessions=sessions, watch=self._watch, registry=self.registry,
            telling=self._telling, own_actions=self.own_actions, messages=self._messages, credentials=self._secrets,
            retention=retention, emptying=emptying, analytics=analytics, alerts=alerts,
            papers=PaperService(stores.records, self._secrets, paper_of, clock, [WORKSPACE]),
            clock=clock, base_url=self.settings.public_url(), mail_from=mail_sender(self.settings),
        )  # fmt: skip

    def _keeping(self, shelf: SqlShelf) -> tuple[RetentionService, EmptyingService]:
        """Return what takes old runs away, and what empties the bin."""
        stores, audit, clock = self._stores, self._stores.audit, self.clock
        kept, settings_of = SqlRetention(self.database), self._settings_service.settings
        retention = RetentionService(kept, stores.workflows, self._versions, settings_of, audit, clock)
        return retention, EmptyingService(SqlBin(self.database), shelf, retention, audit, clock, settings_of)

    def _figures(self) -> tuple[AnalyticsService, AlertService]:
        """Return what adds runs up, and what watches the sums."""
        stores, figures, clock = self._stores, SqlAnalytics(self.database), self.clock
        analytics = AnalyticsService(figures, stores.workflows, self._versions, self.registry, clock, self._zone_of)
        alerts = AlertService(
            SqlAlerts(self.database), figures, Cpu().busy, stores.audit, clock, [WORKSPACE], self._telling.notify
        )
        return analytics, alerts

    def _hooks(self) -> HookService:
        extras = self.sensing.hook_extras
        return HookService(self.triggers, self._starter, self._versions, self._room, self._secrets, extras)

    def _connecting(self) -> Connecting:
        http, public_url = self._http, self.settings.public_url
        return Connecting(self._secrets, http.exchange_code, http.probe, self.clock, public_url)

    def _testing(self) -> TestingService:
        return TestingService(
            self.registry, self._messages, self._settings_service, SqlAllRows(self.database),
            lambda: simulated_outside(services_of(self.settings)), self._stores.workflows,
        )  # fmt: skip

    async def open(self, *, server: bool = True) -> None:
        """Open the database; as a server also take up what was under way and listen to the clock."""
        await self.database.open(server=server)
        if self._dispatch is not None:
            await self._dispatch.prepare()
        elif server:
            await require_no_workers(self.database)
        await seed(self.database, WORKSPACE, self.clock, self._zone_of(WORKSPACE))
        await self._load()
        if not server:
            return
        await self.run_guard.start([WORKSPACE])
        await self._telling.recover()
        if self._dispatch is not None:
            await self._dispatch.open()
        await self.engine.recover()
        waking = Waking(self.engine, self._stores.timers, self.clock)
        handing_on, lookout = self.sensing.handing_on, self.sensing.lookout
        sources = [
            self.firing.fire_due, self.planned.start_due, waking.wake_due, lookout.look_due, handing_on.look_due,
            self.admission.look_due, self._telling.look_due, self.studio.alerts.look_due,
        ]  # fmt: skip
        ticker = Ticker(self.clock, sources, self.studio.emptying.tidy)
        lookout.expect.append(ticker.expect)
        self.admission.expect = self._telling.expect = ticker.expect
        loop = asyncio.get_running_loop()
        self.database.memory.told.append(partial(loop.call_soon_threadsafe, handing_on.look))
        handing_on.start()
        self.triggers.changed.append(ticker.look_now)
        self._settings_service.changed.append(ticker.look_now)
        self._news.timers_changed.append(ticker.look_now)
        if isinstance(self.clock, RealClock):
            ticker.start()
        again = (self.database.refresh, self._load, self._telling.recover, self.engine.recover)
        self._taking_up = TakingUp(again, ticker.look_now)
        self.database.regained.append(partial(loop.call_soon_threadsafe, self._taking_up.begin))
        if self._dispatch is not None:
            self._dispatch.news.events.append(handing_on.look)
            self._dispatch.news.notices.append(self._telling.look)
            self._dispatch.news.queued.append(self.admission.has_come)
        self._watching = asyncio.create_task(watch_load(lambda: self.database.writer.depth))
        self._ticker = ticker

    async def _load(self) -> None:
        """Read into memory what is asked for at every turn."""
        await super()._load()
        await self.triggers.load()

    async def close(self) -> None:
        """Let go of everything; what is under way is taken up at the next start."""
        if self._ticker is not None:
            self._taking_up.stop()
            await self._ticker.stop()
            self.database.memory.told.clear()
            await self.sensing.stop()
        if self._watching is not None:
            self._watching.cancel()
        await self.admission.close()
        if self._dispatch is not None:
            await self._dispatch.close()
        await self.engine.close()
        await self.run_guard.stop()
        await self._telling.close()
        await self._http.close()
        await self.database.close()

    async def owner(self, via: str) -> Actor:
        """Return the owner of the workspace, acting by a command."""
        return actor_of(await self.studio.sign_in.owner(WORKSPACE), via)

    async def sign_in_link(self, base_url: str) -> str:
        """Return a fresh sign-in link of the owner."""
        secret = await self.studio.sign_in.make_link(await self.studio.sign_in.owner(WORKSPACE))
        return f"{base_url}/sign-in/{secret}"

    async def _facts(self, workspace: str) -> WorkspaceFacts:
        types = self.database.memory.types(workspace)
        return WorkspaceFacts(
            types={name: types[name] for name in types},
            settings=self._settings_service.settings(workspace),
            messages=self._messages.texts(),
            workflow_names=await self._stores.workflows.names(workspace),
            credentials=frozenset(self._secrets.names()),
            template_ids=shipped_template_ids(),
            starts=await self._stores.links.starts(workspace),
        )
