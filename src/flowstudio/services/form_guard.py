"""What keeps public forms usable: how often somebody may send one, and what tells a program from a person."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import timedelta
from typing import TYPE_CHECKING

from flowstudio.errors import TooMany

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from flowstudio.kit.ports import Clock

MOST_SENT = 30
"""Times that one address may send one form within `WITHIN`: an office behind one address fits, a program does not."""
WITHIN = timedelta(minutes=10)
MOST_SENDERS = 10_000
"""Senders that are kept in mind, the latest."""
TRAP = "_homepage"
"""A field that people do not see: only programs fill it in."""


class FormGuard:
    """Counts what is sent, in memory: a restart begins anew."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()

    def check_pace(self, form: str, sender: str) -> None:
        """Count a form that is sent; raise TooMany for one too many in a short time."""
        now, key = self._clock.now(), (form, sender)
        sent = self._sent.setdefault(key, deque())
        self._sent.move_to_end(key)
        while len(self._sent) > MOST_SENDERS:
            self._sent.popitem(last=False)
        while sent and sent[0] <= now - WITHIN:
            sent.popleft()
        if len(sent) >= MOST_SENT:
            wait = sent[0] + WITHIN - now
            raise TooMany("This form was sent too often from here.", hint="Try again in some minutes.",
                          after=wait.total_seconds())  # fmt: skip
        sent.append(now)

    def is_trapped(self, answers: Mapping[str, str]) -> bool:
        """Say whether a program has filled in what no person sees."""
        return bool(answers.get(TRAP))
