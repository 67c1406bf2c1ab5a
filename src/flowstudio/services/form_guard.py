"""What keeps public forms usable: how often somebody may send one, and what tells a program from a person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flowstudio.services.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowstudio.kit.ports import Clock

MOST_SENT = 30
"""Times that one address may send one form within `WITHIN`: an office behind one address fits, a program does not."""
WITHIN = timedelta(minutes=10)
TRAP = "_homepage"
"""A field that people do not see: only programs fill it in."""


class FormGuard:
    """Looks at a form that is sent, before anybody reads it."""

    def __init__(self, clock: Clock) -> None:
        self._sent = Pace(clock, MOST_SENT, WITHIN, "This form was sent too often from here.")

    def check_pace(self, form: str, sender: str) -> None:
        """Count a form that is sent; raise TooMany for one too many in a short time."""
        self._sent.check(form, sender)
        self._sent.count(form, sender)

    def is_trapped(self, answers: Mapping[str, str]) -> bool:
        """Say whether a program has filled in what no person sees."""
        return bool(answers.get(TRAP))
