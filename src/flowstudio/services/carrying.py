"""Carrying a notice: to whom it goes, and by which channel it gets there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol, cast

import orjson

from flowstudio.errors import ConfigRejected
from flowstudio.kit.answers import checked
from flowstudio.kit.channels.push import push_request
from flowstudio.kit.channels.slack import build_slack
from flowstudio.kit.channels.sms import build_sms
from flowstudio.kit.ports import HttpRequest, MailMessage
from flowstudio.kit.recipients import parts_of, people_of
from flowstudio.services.decision_links import INVITING
from flowstudio.services.wording import TEXTS

if TYPE_CHECKING:
    from flowstudio.domain.delivery import Delivery
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit.context import RunContext
    from flowstudio.kit.ports import Http, Mail, RecordStore
    from flowstudio.services.decision_links import DecisionLinks

CHANNELS = {"email": "Mail", "in_app": "In FlowStudio", "slack": "Slack", "sms": "Text message", "push": "Push message"}
_SUBJECTS = {"ready": "A step is about to run", "completed": "A step is done", "failed": "A step failed"}


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


class Carrier:
    """Knows people and channels; keeps nothing."""

    def __init__(
        self,
        mail: Mail,
        http: Http,
        notices: NoticeStore,
        records: RecordStore,
        base_url: str,
        invitations: DecisionLinks,
    ) -> None:
        self._invitations = invitations
        self._mail = mail
        self._http = http
        self._notices = notices
        self._records = records
        self._base_url = base_url

    def link(self, row: Delivery) -> str:
        """Return the address of the page that a notice is about."""
        return f"{self._base_url}{row.path}"

    async def recipients(self, notice: Delivery) -> tuple[list[str], str]:
        """Return to whom a notice goes, or what was written and why it leads to nobody."""
        parts = parts_of(notice.recipient)
        if notice.channel == "webhook":
            return [notice.recipient], ""  # an address: a comma in it divides nothing
        if notice.channel in ("slack", "in_app"):
            nowhere = "" if parts or notice.channel == "in_app" else "There is no channel to post to."
            return parts or ["everyone"], nowhere
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

    async def send(self, row: Delivery) -> None:
        """Send to its recipient; raise what the other system says, ConfigRejected for a channel that there is not."""
        subject, link, text = subject_of(row), self.link(row), row.text
        if row.reason in TEXTS:
            subject, _, text = row.text.partition("\n\n")
        match row.channel:
            case "email":
                whole = f"{text}\n" if row.reason in TEXTS else f"{text}\n\n{link}\n"
                if row.reason in INVITING:  # not before it leaves: whoever reads kept notices does not decide with it
                    whole = whole.replace(link, self._invitations.address(row))
                await self._mail.send(MailMessage(row.recipient, subject, whole, message_id=row.message_id))
            case "slack":
                await self._http.request(build_slack(row.recipient, f"{row.text}\n{link}"))
            case "sms":
                await self._http.request(build_sms(row.recipient, f"{row.text[:1_000]} {link}"))
            case "push":
                data: JsonObject = {"run_id": row.run_id}
                await self._http.request(push_request(row.recipient, row.text, subject, data))
            case "webhook":
                await self._post(row, subject, text, link)
            case "in_app":
                key = f"ntf_{hashlib.sha256(row.message_id.encode()).hexdigest()[:26]}"
                await self._notices.add(row.workspace, subject, body=text, link=row.path, key=key)
            case _:
                raise ConfigRejected(f'There is no channel "{row.channel}".', hint=f"There are {', '.join(CHANNELS)}.")

    async def _post(self, row: Delivery, subject: str, text: str, link: str) -> None:
        about: JsonObject = {
            "event": row.reason.replace("_", "."), "about": row.node_id, "title": subject, "text": text.strip(),
            "link": link, "at": row.created_at.isoformat(),
        }  # fmt: skip
        headers = {"Content-Type": "application/json", "Idempotency-Key": row.message_id.strip("<>")}
        checked(
            await self._http.request(HttpRequest("POST", row.recipient, headers, body=orjson.dumps(about))),
            "The receiver",
        )


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


def subject_of(row: Delivery) -> str:
    """Return in a few words what a notice of a step is about."""
    return _SUBJECTS.get(row.reason, "News of a step")
