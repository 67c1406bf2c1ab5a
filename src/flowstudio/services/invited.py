"""Deciding by the link of a mail: for people who were asked and need no account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flowstudio.analysis.what_follows import Following, what_follows
from flowstudio.errors import NotFound
from flowstudio.services.approvals import require_decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.kit import Registry
    from flowstudio.services.decision_links import DecisionLinks, Invitation
    from flowstudio.services.ports import Asked, AuditLog, RunStore, WaitStore
    from flowstudio.services.runs import RunControl
    from flowstudio.services.starting import PublishedVersions

_SLACK = timedelta(seconds=1)
"""The mail is noted in the moment in which it is asked, as two clocks tell it."""


@dataclass(frozen=True, slots=True)
class Invited:
    """What a link shows."""

    workspace: str
    person: str
    questions: Sequence[Asked]
    """What is still open: more than one where a loop asks side by side."""
    following: Sequence[Following]
    """What a yes releases at once."""


class InvitedService:
    """The verbs of people who were asked. Their permission is the link's signature; nothing else is shown to them."""

    def __init__(
        self,
        links: DecisionLinks,
        store: WaitStore,
        runs: RunStore,
        versions: PublishedVersions,
        registry: Registry,
        control: RunControl,
        audit: AuditLog,
    ) -> None:
        self._links = links
        self._store = store
        self._runs = runs
        self._versions = versions
        self._registry = registry
        self._control = control
        self._audit = audit

    async def look(self, word: str) -> Invited:
        """Return what somebody is asked; raise NotFound for a link that FlowStudio did not write."""
        invitation = self._read(word)
        questions = await self._open(invitation)
        found = await self._runs.get(invitation.workspace, invitation.run_id) if questions else None
        following: Sequence[Following] = ()
        if found is not None:
            run = found[0]
            workflow = await self._versions.version(run.workspace, run.workflow_id, run.version)
            following = what_follows(workflow, invitation.node_id, self._registry)
        return Invited(invitation.workspace, invitation.person, questions, following)

    async def decide(self, word: str, token: str, decision: str, comment: str = "") -> None:
        """Answer one question in the name of who was asked.

        Raise NotFound for a foreign link and for what is not open (any more), BadRequest for no decision.
        """
        require_decision(decision, comment)
        invitation = self._read(word)
        asked = next((one for one in await self._open(invitation) if one.token == token), None)
        if asked is None:
            raise NotFound("This is decided already.")
        await self._control.decide(
            asked.run_id, asked.node_id, decision, by=invitation.person, comment=comment, iteration=asked.iteration
        )
        about = {"subject": asked.detail.get("subject"), "by_link": True}
        await self._audit.note(invitation.workspace, invitation.person, f"approval.{decision}", asked.run_id, about)

    def _read(self, word: str) -> Invitation:
        invitation = self._links.read(word)
        if invitation is None:
            raise NotFound("There is nothing to decide here.", hint="Open the link as it stands in the mail.")
        return invitation

    async def _open(self, invitation: Invitation) -> Sequence[Asked]:
        """List what this person was asked and nobody has decided; they may have answered for their part."""
        found = await self._store.asked_of(invitation.workspace, invitation.run_id, invitation.node_id)
        return [one for one in found if _asks(one, invitation)]


def _asks(asked: Asked, invitation: Invitation) -> bool:
    """Say whether a question was put to a person: not to whom it was passed on later, nor asked anew later."""
    since = asked.detail.get("asked_at")
    if isinstance(since, str) and datetime.fromisoformat(since) > invitation.at + _SLACK:
        return False
    people = [str(one).strip().lower() for one in asked.detail.get("approvers") or ()]
    if any(
        isinstance(one, Mapping) and one.get("by") == invitation.person for one in asked.detail.get("answers") or ()
    ):
        return False
    passed_over = [str(one).strip().lower() for one in asked.detail.get("passed_over") or ()]
    if invitation.person.lower() in passed_over and invitation.person.lower() not in people:
        return False  # the mail that says so went to them too
    # A team or a name was looked up when the mail was sent: the signature vouches for who was found.
    return invitation.person.lower() in people or any("@" not in one for one in people)
