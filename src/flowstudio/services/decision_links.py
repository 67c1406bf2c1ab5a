"""Links by which people who were asked by mail decide without an account: signed, for one person and one step."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from flowstudio.domain.delivery import Delivery

PATH = "/a/"
"""What the address of such a page begins with."""
INVITING = ("asked", "escalated")
"""Notices that ask their recipient for a decision."""
_LONGEST = 2_000
"""Characters of a link's word; ours have a few hundred."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom a link asks, and of what."""

    workspace: str
    run_id: str
    node_id: str
    person: str
    """The address that the mail went to."""
    at: datetime
    """When it was asked: what is asked later has a link of its own."""


class DecisionLinks:
    """Makes links, and reads them again. Whoever holds a link decides as the person it was sent to."""

    def __init__(self, key: str, base_url: str) -> None:
        self._key = hmac.new(key.encode(), b"decision_links", hashlib.sha256).digest()
        self._base_url = base_url

    def address(self, row: Delivery) -> str:
        """Return the address under which the recipient of a notice decides."""
        said = [row.workspace, row.run_id, row.node_id, row.recipient, row.created_at.timestamp()]
        content = orjson.dumps(said)
        return f"{self._base_url}{PATH}{_text(content)}.{_text(self._signed(content))}"

    def read(self, word: str) -> Invitation | None:
        """Return what a link asks, None for one that is not ours."""
        content, _, signature = word[:_LONGEST].partition(".")
        try:
            raw, given = _bytes(content), _bytes(signature)
        except (binascii.Error, ValueError):
            return None
        if not hmac.compare_digest(self._signed(raw), given):
            return None
        workspace, run_id, node_id, person, at = orjson.loads(raw)
        return Invitation(workspace, run_id, node_id, person, datetime.fromtimestamp(at, UTC))

    def _signed(self, content: bytes) -> bytes:
        return hmac.new(self._key, content, hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
