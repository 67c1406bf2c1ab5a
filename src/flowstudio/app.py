"""The composition root: the one module that names concrete classes, wires them together, and starts things."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from flowstudio.config import Settings, secret_keys
from flowstudio.connectors.documents import paper_of
from flowstudio.connectors.messages import texts_of
from flowstudio.connectors.outgoing import (
    SettingSecrets,
    http_of,
    mail_of,
    mail_sender,
    mailbox_of,
    providers_of,
    services_of,
)
from flowstudio.connectors.simulated.outside import simulated_outside
from flowstudio.engine.engine import Engine
from flowstudio.engine.world import World
from flowstudio.observe import logger
from flowstudio.observe.metrics import watch_loop
from flowstudio.scheduling.clock import RealClock
from flowstudio.scheduling.ticker import Ticker
from flowstudio.scheduling.waking import Waking
from flowstudio.services.admission import Admission
from flowstudio.services.approvals import ApprovalService
from flowstudio.services.audit import AuditService
from flowstudio.services.backtest import Backtesting
from flowstudio.services.bulk import BulkService
from flowstudio.services.calling import Calling
from flowstudio.services.carrying import Carrier
from flowstudio.services.connecting import Connecting
from flowstudio.services.credentials import CredentialService
from flowstudio.services.documents import Documents
from flowstudio.services.editing.session import Sessions
from flowstudio.services.exchange import Exchange
from flowstudio.services.facts import WorkspaceFacts
from flowstudio.services.files import FileService, KeptFiles
from flowstudio.services.firing import Firing
from flowstudio.services.hook_secrets import HookSecrets
from flowstudio.services.hooks import HookService
from flowstudio.services.members import MemberService
from flowstudio.services.messages import MessageService
from flowstudio.services.notices import NoticeService
from flowstudio.services.own_templates import OwnTemplateService
from flowstudio.services.papers import PaperService
from flowstudio.services.past_events import PastEvents
from flowstudio.services.past_runs import PastRuns
from flowstudio.services.planned import PlannedStarts
from flowstudio.services.presets import PresetService
from flowstudio.services.publishing import Publishing
from flowstudio.services.quotas import QuotaService
from flowstudio.services.record_files import RecordFiles
from flowstudio.services.record_types import RecordTypeService
from flowstudio.services.records import RecordService
from flowstudio.services.retention import RetentionService
from flowstudio.services.run_guard import RunGuard
from flowstudio.services.runs import RunService
from flowstudio.services.schedules import ScheduleService
from flowstudio.services.sealing import Seal
from flowstudio.services.sensing import Senses, Sensing
from flowstudio.services.settings import SettingService
from flowstudio.services.shelf import ShelfService
from flowstudio.services.shelf_texts import ShelfTexts
from flowstudio.services.shipped import (
    MESSAGES,
    machine_zone,
    own_actions_of,
    registry_of,
    sample_settings,
    shipped_template_ids,
)
from flowstudio.services.signin import SignIn, actor_of
from flowstudio.services.starting import PublishedVersions, Starter
from flowstudio.services.studio import Studio
from flowstudio.services.taking_up import TakingUp
from flowstudio.services.telling import Telling
from flowstudio.services.template_library import shipped_library
from flowstudio.services.templates import TemplateService
from flowstudio.services.testing import TestingService
from flowstudio.services.triggers import TriggerService
from flowstudio.services.watching import RunWatch
from flowstudio.services.workflows import WorkflowService
from flowstudio.storage.activity import SqlActivity
from flowstudio.storage.admission import SqlAdmission
from flowstudio.storage.all_rows import SqlAllRows
from flowstudio.storage.audit import SqlAudit
from flowstudio.storage.credentials import SqlCredentials
from flowstudio.storage.database import Database
from flowstudio.storage.deliveries import SqlDeliveries
from flowstudio.storage.files import SqlFiles
from flowstudio.storage.journal import SqlJournal
from flowstudio.storage.message_texts import SqlMessageTexts
from flowstudio.storage.notifications import SqlNotifications
from flowstudio.storage.outbox import SqlOutbox
from flowstudio.storage.past_events import SqlPastEvents
from flowstudio.storage.people import SqlPeople
from flowstudio.storage.presets import SqlPresets
from flowstudio.storage.record_rows import SqlRecordRows
from flowstudio.storage.retention import SqlRetention
from flowstudio.storage.runs import SqlRuns
from flowstudio.storage.schedules import SqlSchedules
from flowstudio.storage.seeding import seed
from flowstudio.storage.sent import SqlSent
from flowstudio.storage.settings import SqlSettings
from flowstudio.storage.shelf import SqlShelf
from flowstudio.storage.templates import SqlTemplates
from flowstudio.storage.timers import SqlTimers
from flowstudio.storage.triggers import SqlTriggers
from flowstudio.storage.waits import SqlWaits
from flowstudio.storage.watches import SqlWatches
from flowstudio.storage.workflow_links import WorkflowLinks
from flowstudio.storage.workflows import SqlWorkflows
from flowstudio.workers.news import NewsJournal
from flowstudio.workers.room import EngineRoom
from flowstudio.workers.run_events import RunEventsJournal

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock, Mail

log = logger(__name__)

WORKSPACE = "main"
"""The one workspace of a fresh installation."""


class Stores:
    """What is kept, one repository per noun, on one database."""

    def __init__(self, database: Database) -> None:
        self.workflows = SqlWorkflows(database)
        self.runs = SqlRuns(database)
        self.queue = SqlAdmission(database)
        self.notices = SqlNotifications(database)
        self.records = SqlRecordRows(database)
        self.schedules = SqlSchedules(database)
        self.timers = SqlTimers(database)
        self.watches = SqlWatches(database)
        self.audit = SqlAudit(database)
        self.journal = SqlJournal(database)


class House:
    """One FlowStudio on one data directory: everything made, nothing started before `open`."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or RealClock()
        self.own_actions = own_actions_of(settings)
        self.registry = registry_of().extended(self.own_actions.types)
        self.database = Database(settings.database_url(), self.clock)
        self._stores = Stores(self.database)
        self._links = WorkflowLinks(self.database)
        self._files = KeptFiles(SqlFiles(self.database), paper_of, settings.files_mb * 1_000_000)
        self._watch = RunWatch()
        self._settings_service = SettingService(SqlSettings(self.database), machine_zone(), self._first_settings())
        self._zone_of = self._settings_service.zone
        self._messages = MessageService(SqlMessageTexts(self.database), *texts_of(MESSAGES))
        self._secrets = CredentialService(
            SqlCredentials(self.database), Seal(secret_keys(settings)), SettingSecrets(settings), self._stores.audit,
            providers_of(settings),
        )  # fmt: skip
        self._http = http_of(settings, self._secrets, partial(self._secrets.renew, WORKSPACE))
        self._versions = PublishedVersions(self._stores.workflows)
        listened = self.database.memory.listened
        journal = RunEventsJournal(self._stores.journal, lambda place: listened.get(place, frozenset()))
        self._news = NewsJournal(journal, self._watch)
        self._calling = Calling(self._stores.workflows)
        mail = mail_of(settings, self._secrets, self._http)
        self._telling = Telling(
            Carrier(mail, self._http, self._stores.notices, self._stores.records, settings.public_url()),
            self._stores.notices, SqlDeliveries(self.database), self.clock, self._messages, SqlPeople(self.database),
        )  # fmt: skip
        self.engine = Engine(self._world(mail), self.registry, self._versions)
        self._room = EngineRoom(self.engine, self._news, self._stores.runs, WORKSPACE)
        self._quotas, self.admission, self._starter = self._door()
        self._calling.starter = self._starter
        self.triggers = TriggerService(
            SqlTriggers(self.database), self._stores.schedules, self.clock, self._zone_of, self.database.memory.types,
            listened.__setitem__,
        )  # fmt: skip
        self.sensing = Sensing(self._senses(), self.triggers, self._starter, [WORKSPACE])
        self.sensing.off.told.append(self._telling.switched_off)
        self.run_guard = RunGuard(
            self._stores.workflows, self._versions, self._stores.runs, self._stores.audit, self.sensing.off,
            self._watch, self.clock, SqlSent(self.database),
        )  # fmt: skip
        self.firing = Firing(self._stores.schedules, self._starter, self._stores.watches, self.clock, self._zone_of)
        self.planned = PlannedStarts(
            self._stores.records, self._stores.records, self._stores.workflows, self._starter,
            self._stores.notices, self.clock, self._zone_of, [WORKSPACE],
        )  # fmt: skip
        self.studio = self._services()
        self._ticker: Ticker | None = None
        self._watching: asyncio.Task[None] | None = None

    def _door(self) -> tuple[QuotaService, Admission, Starter]:
        """Return what a workspace may have, what lets runs in by that, and what makes them."""
        stores = self._stores
        quotas = QuotaService(stores.queue, self._settings_service.settings, self.settings)
        admission = Admission(
            self.engine, self._news, stores.queue, stores.workflows, self._versions, stores.runs, self._watch,
            self.clock, quotas.of, self.database.writer,
        )  # fmt: skip
        return quotas, admission, Starter(admission, self._versions, stores.runs, self.clock, admission.require_room)

    def _first_settings(self) -> JsonObject:
        """Return the settings that hold until somebody changes them: links lead to this FlowStudio."""
        return {**sample_settings(), "base_url": self.settings.public_url()}

    def _world(self, mail: Mail) -> World:
        """Return what the engine reaches."""
        return World(
            clock=self.clock,
            journal=self._news,
            records=self._stores.records,
            mail=mail,
            http=self._http,
            secrets=self._secrets,
            messages=self._messages,
            files=self._files,
            workspaces=self._settings_service,
            read_run=partial(self._stores.runs.get, WORKSPACE),
            recheck=lambda *asked: self.sensing.rechecking.no_longer(*asked),  # noqa: PLW0108  sensing comes later
            start_child=self._calling.start,
            notify=self._telling.notify,
        )

    def _senses(self) -> Senses:
        """Return what triggers look at."""
        stores = self._stores
        return Senses(
            outbox=SqlOutbox(self.database),
            watches=stores.watches,
            records=stores.records,
            keeper=stores.records,
            activity=SqlActivity(self.database),
            http=self._http,
            mailbox=mailbox_of(self.settings),
            secrets=self._secrets,
            files=self._files,
            workflows=stores.workflows,
            runs=stores.runs,
            audit=stores.audit,
            notices=stores.notices,
            waits=stores.journal,
            engine=self.engine,
            clock=self.clock,
            zone_of=self._zone_of,
            settings_of=self._settings_service.settings,
        )

    def _services(self) -> Studio:
        """Return the use cases over all of it."""
        stores, audit = self._stores, self._stores.audit
        sessions = Sessions(stores.workflows)
        documents = Documents(self.registry, self._facts)
        runs = RunService(stores.runs, stores.workflows, self._starter, self._room, audit)
        shelf = SqlShelf(self.database)
        texts = ShelfTexts(shelf, self.registry)
        workflows = WorkflowService(stores.workflows, sessions, documents, self.triggers, runs, audit, shelf, texts)
        testing = self._testing()
        publishing = Publishing(stores.workflows, workflows, sessions, documents, self.triggers, runs, testing, audit)
        exchange = Exchange(stores.workflows, workflows, publishing, sessions, documents, runs, audit)
        own_templates = OwnTemplateService(SqlTemplates(self.database), workflows, runs, documents, audit, self.clock)
        zone_of, clock, people = self._zone_of, self.clock, SqlPeople(self.database)
        sign_in, past_events = SignIn(people, clock), PastEvents(SqlPastEvents(self.database), self.registry)
        return Studio(
            workflows=workflows, publishing=publishing, exchange=exchange, runs=runs,
            shelf=ShelfService(shelf, texts, audit), bulk=BulkService(shelf, workflows, publishing, exchange, audit),
            past_runs=PastRuns(self.registry, runs, workflows, testing), notices=NoticeService(stores.notices),
            backtesting=Backtesting(workflows, testing, past_events, clock),
            records=RecordService(stores.records), record_files=RecordFiles(stores.records, clock, zone_of, audit),
            record_types=RecordTypeService(stores.records, clock, zone_of, audit),
            files=FileService(self._files, runs, stores.records),
            approvals=ApprovalService(SqlWaits(self.database), self._room, audit),
            settings=self._settings_service, quotas=self._quotas, sign_in=sign_in, audit=AuditService(audit),
            members=MemberService(people, sign_in, audit, self.settings.public_url()),
            hooks=HookService(
                self.triggers, self._starter, self._versions, self._room, self._secrets, self.sensing.hook_extras
            ),
            schedules=ScheduleService(
                stores.schedules, stores.workflows, self.firing, stores.watches, audit, clock, zone_of
            ),
            events=self.sensing.events, forms=self.sensing.forms, testing=testing, own_templates=own_templates,
            templates=TemplateService(
                shipped_library(), own_templates, exchange, testing, documents, HookSecrets(self._secrets)
            ),
            presets=PresetService(SqlPresets(self.database), workflows, self.registry, audit, clock),
            documents=documents, sessions=sessions, watch=self._watch, registry=self.registry,
            connecting=Connecting(
                self._secrets, self._http.exchange_code, self._http.probe, clock, self.settings.public_url
            ),
            telling=self._telling, own_actions=self.own_actions, messages=self._messages, credentials=self._secrets,
            retention=RetentionService(
                SqlRetention(self.database), stores.workflows, self._versions, self._settings_service.settings, audit,
                clock,
            ),
            papers=PaperService(stores.records, self._secrets, paper_of, clock, [WORKSPACE]),
            clock=clock, base_url=self.settings.public_url(), mail_from=mail_sender(self.settings),
        )  # fmt: skip

    def _testing(self) -> TestingService:
        return TestingService(
            self.registry, self._messages, self._settings_service, SqlAllRows(self.database),
            lambda: simulated_outside(services_of(self.settings)),
        )  # fmt: skip

    async def open(self, *, server: bool = True) -> None:
        """Open the database; as a server also take up what was under way and listen to the clock."""
        await self.database.open(server=server)
        await seed(self.database, WORKSPACE, self.clock, self._zone_of(WORKSPACE))
        await self._load()
        if not server:
            return
        await self.run_guard.start([WORKSPACE])
        await self._telling.recover()
        await self.engine.recover()
        waking = Waking(self.engine, self._stores.timers, self.clock)
        handing_on, lookout = self.sensing.handing_on, self.sensing.lookout
        sources = [
            self.firing.fire_due, self.planned.start_due, waking.wake_due, lookout.look_due, handing_on.look_due,
            self.admission.look_due, self._telling.look_due,
        ]  # fmt: skip
        ticker = Ticker(self.clock, sources, self.studio.retention.tidy)
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
        self._watching = asyncio.create_task(watch_loop())
        self._ticker = ticker

    async def _load(self) -> None:
        """Read into memory what is asked for at every turn."""
        for load in (self._settings_service.load, self._secrets.load, self._messages.load):
            await load(WORKSPACE)
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
            starts=await self._links.starts(workspace),
        )
