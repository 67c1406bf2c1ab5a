"""What is kept, one repository per noun, on one database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.storage.admission import SqlAdmission
from flowstudio.storage.audit import SqlAudit
from flowstudio.storage.journal import SqlJournal
from flowstudio.storage.notifications import SqlNotifications
from flowstudio.storage.people import SqlPeople
from flowstudio.storage.record_rows import SqlRecordRows
from flowstudio.storage.runs import SqlRuns
from flowstudio.storage.schedules import SqlSchedules
from flowstudio.storage.timers import SqlTimers
from flowstudio.storage.watches import SqlWatches
from flowstudio.storage.workflow_links import WorkflowLinks
from flowstudio.storage.workflows import SqlWorkflows

if TYPE_CHECKING:
    from flowstudio.storage.database import Database


class Stores:
    """The repositories that more than one service asks."""

    def __init__(self, database: Database, journal: SqlJournal | None = None) -> None:
        self.workflows = SqlWorkflows(database)
        self.links = WorkflowLinks(database)
        self.runs = SqlRuns(database)
        self.queue = SqlAdmission(database)
        self.notices = SqlNotifications(database)
        self.records = SqlRecordRows(database)
        self.schedules = SqlSchedules(database)
        self.timers = SqlTimers(database)
        self.watches = SqlWatches(database)
        self.audit = SqlAudit(database)
        self.people = SqlPeople(database)
        self.journal = journal or SqlJournal(database)
