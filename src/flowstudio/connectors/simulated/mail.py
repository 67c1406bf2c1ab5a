"""Mail that stays here."""

from __future__ import annotations

from datetime import UTC, datetime

from flowstudio.connectors.mail_form import build_mime
from flowstudio.domain.json import JsonObject
from flowstudio.kit.ports import MailMessage

_SENDER = "flowstudio@test.invalid"
_DATE = datetime(2026, 1, 1, tzinfo=UTC)


class SimulatedMail:
    """Builds each mail as the real connector does, so that what would be refused is refused, and keeps it."""

    def __init__(self) -> None:
        self.sent: list[MailMessage] = []

    async def send(self, message: MailMessage) -> JsonObject:
        """Keep the mail."""
        build_mime(message, _SENDER, _DATE)
        self.sent.append(message)
        return {"message_id": message.message_id, "status": "sent"}
