"""All services of one FlowStudio, as pages, routes and commands receive them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flowstudio.services.kept_trials import KeptTrials

if TYPE_CHECKING:
    from flowstudio.kit import Registry
    from flowstudio.kit.ports import Clock
    from flowstudio.services.alerts import AlertService
    from flowstudio.services.analytics import AnalyticsService
    from flowstudio.services.approvals import ApprovalService
    from flowstudio.services.audit import AuditService
    from flowstudio.services.backtest import Backtesting
    from flowstudio.services.bulk import BulkService
    from flowstudio.services.connecting import Connecting
    from flowstudio.services.credentials import CredentialService
    from flowstudio.services.documents import Documents
    from flowstudio.services.editing.session import Sessions
    from flowstudio.services.emptying import EmptyingService
    from flowstudio.services.events import EventService
    from flowstudio.services.exchange import Exchange
    from flowstudio.services.extracting import ExtractingService
    from flowstudio.services.files import FileService
    from flowstudio.services.folders import FolderService
    from flowstudio.services.forms import FormService
    from flowstudio.services.hooks import HookService
    from flowstudio.services.invited import InvitedService
    from flowstudio.services.members import MemberService
    from flowstudio.services.messages import MessageService
    from flowstudio.services.notices import NoticeService
    from flowstudio.services.own_actions import OwnActions
    from flowstudio.services.own_templates import OwnTemplateService
    from flowstudio.services.papers import PaperService
    from flowstudio.services.past_runs import PastRuns
    from flowstudio.services.presets import PresetService
    from flowstudio.services.publishing import Publishing
    from flowstudio.services.quotas import QuotaService
    from flowstudio.services.record_files import RecordFiles
    from flowstudio.services.record_types import RecordTypeService
    from flowstudio.services.records import RecordService
    from flowstudio.services.retention import RetentionService
    from flowstudio.services.runs import RunService
    from flowstudio.services.schedules import ScheduleService
    from flowstudio.services.settings import SettingService
    from flowstudio.services.shelf import ShelfService
    from flowstudio.services.signin import SignIn
    from flowstudio.services.telling import Telling
    from flowstudio.services.templates import TemplateService
    from flowstudio.services.testing import TestingService
    from flowstudio.services.watching import RunWatch
    from flowstudio.services.workflows import WorkflowService


@dataclass(frozen=True, slots=True)
class Studio:
    """Everything a page or a route may call."""

    workflows: WorkflowService
    publishing: Publishing
    exchange: Exchange
    extracting: ExtractingService
    shelf: ShelfService
    folders: FolderService
    bulk: BulkService
    runs: RunService
    analytics: AnalyticsService
    alerts: AlertService
    past_runs: PastRuns
    backtesting: Backtesting
    records: RecordService
    record_files: RecordFiles
    record_types: RecordTypeService
    approvals: ApprovalService
    invited: InvitedService
    settings: SettingService
    quotas: QuotaService
    sign_in: SignIn
    members: MemberService
    audit: AuditService
    events: EventService
    hooks: HookService
    forms: FormService
    schedules: ScheduleService
    testing: TestingService
    templates: TemplateService
    own_templates: OwnTemplateService
    presets: PresetService
    documents: Documents
    sessions: Sessions
    watch: RunWatch
    registry: Registry
    telling: Telling
    notices: NoticeService
    connecting: Connecting
    own_actions: OwnActions
    messages: MessageService
    credentials: CredentialService
    retention: RetentionService
    emptying: EmptyingService
    papers: PaperService
    files: FileService
    clock: Clock
    base_url: str
    mail_from: str = ""
    """The address that mail leaves from; empty where no mail server is set."""
    kept_trials: KeptTrials = field(default_factory=KeptTrials)
