"""What runs stand on: the database, what the engine reaches, and what starts runs; nothing is opened here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flowstudio.app.dispatch import dispatched, journal_of, me_of
from flowstudio.app.stores import Stores
from flowstudio.config import Settings, secret_keys
from flowstudio.connectors.documents import paper_of
from flowstudio.connectors.messages import texts_of
from flowstudio.connectors.outgoing import SettingSecrets, http_of, mail_of, mailbox_of, providers_of
from flowstudio.engine.engine import Engine
from flowstudio.engine.world import World
from flowstudio.scheduling.clock import RealClock
from flowstudio.services.admission import Admission
from flowstudio.services.calling import Calling
from flowstudio.services.carrying import Carrier
from flowstudio.services.credentials import CredentialService
from flowstudio.services.decision_links import DecisionLinks
from flowstudio.services.files import KeptFiles
from flowstudio.services.firing import Firing
from flowstudio.services.messages import MessageService
from flowstudio.services.planned import PlannedStarts
from flowstudio.services.quotas import QuotaService
from flowstudio.services.run_guard import RunGuard
from flowstudio.services.sealing import Seal
from flowstudio.services.sensing import Senses, Sensing
from flowstudio.services.settings import SettingService
from flowstudio.services.shipped import MESSAGES, machine_zone, own_actions_of, registry_of, sample_settings
from flowstudio.services.starting import PublishedVersions, Starter
from flowstudio.services.telling import Telling
from flowstudio.services.triggers import TriggerService
from flowstudio.services.watching import RunWatch
from flowstudio.storage.activity import SqlActivity
from flowstudio.storage.credentials import SqlCredentials
from flowstudio.storage.database import Database
from flowstudio.storage.deliveries import SqlDeliveries
from flowstudio.storage.files import SqlFiles
from flowstudio.storage.message_texts import SqlMessageTexts
from flowstudio.storage.outbox import SqlOutbox
from flowstudio.storage.run_messages import SqlRunMessages
from flowstudio.storage.sent import SqlSent
from flowstudio.storage.settings import SqlSettings
from flowstudio.storage.triggers import SqlTriggers
from flowstudio.workers.far_engine import FarEngine
from flowstudio.workers.news import NewsJournal
from flowstudio.workers.room import EngineRoom
from flowstudio.workers.run_events import RunEventsJournal

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.ports import Clock, Mail

WORKSPACE = "main"
"""The one workspace of a fresh installation."""


class Foundation:
    """Everything that runs need, on one data directory."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None, worker: bool = False) -> None:
        """`worker`: runs are carried on here, and all else is done by a server."""
        self.settings = settings
        self.far = dispatched(settings, worker=worker)
        """Whether others carry runs on."""
        self.clock = clock or RealClock()
        self.own_actions = own_actions_of(settings)
        self.registry = registry_of().extended(self.own_actions.types)
        self.database = Database(settings.database_url(), self.clock)
        self._me = me_of(settings, worker=worker)
        self._stores = Stores(self.database, journal_of(self.database, self._me, far=self.far, worker=worker))
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
        self._invitations = DecisionLinks(secret_keys(settings)[0], settings.public_url())
        self._telling = self._notices(mail)
        self._far_engine = FarEngine(self._news, SqlRunMessages(self.database))
        here = partial(Engine, self._world(mail, notify=not worker), self.registry, self._versions)
        self.engine: Engine | FarEngine = self._far_engine if self.far else here()
        self._room = EngineRoom(self.engine, self._news, self._stores.runs, WORKSPACE)
        self._quotas, self.admission, self._starter = self._door(worker=worker)
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

    def _notices(self, mail: Mail) -> Telling:
        """Return what sends notices on their way."""
        stores = self._stores
        carrier = Carrier(
            mail, self._http, stores.notices, stores.records, self.settings.public_url(), self._invitations
        )
        deliveries = SqlDeliveries(self.database)
        return Telling(carrier, stores.notices, deliveries, self.clock, self._messages, stores.people)

    def _door(self, *, worker: bool) -> tuple[QuotaService, Admission, Starter]:
        """Return what a workspace may have, what lets runs in by that, and what makes them."""
        stores = self._stores
        quotas = QuotaService(stores.queue, self._settings_service.settings, self.settings)
        carries = self._far_engine if worker else self.engine
        admission = Admission(
            carries, self._news, stores.queue, stores.workflows, self._versions, stores.runs, self._watch, self.clock,
            quotas.of, self.database.writer,
        )  # fmt: skip
        admission.decides = not worker
        return quotas, admission, Starter(admission, self._versions, stores.runs, self.clock, admission.require_room)

    def _first_settings(self) -> JsonObject:
        """Return the settings that hold until somebody changes them: links lead to this FlowStudio."""
        return {**sample_settings(), "base_url": self.settings.public_url()}

    def _world(self, mail: Mail, *, notify: bool) -> World:
        """Return what the engine reaches; `notify`: notices are sent on their way here."""
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
            notify=self._telling.notify if notify else None,
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

    async def _load(self) -> None:
        """Read into memory what is asked for at every turn."""
        for load in (self._settings_service.load, self._secrets.load, self._messages.load):
            await load(WORKSPACE)
