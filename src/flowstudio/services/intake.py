"""Intake: whether callers from outside may start runs now, or are asked to come back, so that nothing is dropped."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from flowstudio.errors import TooMany
from flowstudio.services.turns import EVERY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from flowstudio.kit.ports import Clock
    from flowstudio.services.quotas import Quota
    from flowstudio.services.turns import Place

FEWEST = 200
"""So many writes must be waiting before callers are turned away: a short stall of the disk is no reason."""
RETRY_AFTER = 1.0
RETRY_LATER = 60.0
"""Seconds after which to try again where nobody can say when there is room."""


class Writes(Protocol):
    """How much waits for the database."""

    @property
    def saturated(self) -> bool: ...

    @property
    def depth(self) -> int: ...


class Intake:
    """Counts the runs that wait for their turn, by what is decided about together."""

    def __init__(self, quota_of: Callable[[str], Quota], writes: Writes, clock: Clock) -> None:
        self._quota_of = quota_of
        self._writes = writes
        self._clock = clock
        self._left: Counter[Place] = Counter()
        """How many waited when it was last decided."""
        self._come: Counter[Place] = Counter()
        """How many have come since."""

    def require_room(self, workspace: str, rooms: Mapping[Place, datetime]) -> None:
        """Raise TooMany while the database is behind, or as many runs of a workspace wait as it keeps.

        `rooms`: when a limit leaves room again, where that is known.
        """
        if self._writes.depth >= FEWEST and self._writes.saturated:
            raise TooMany("FlowStudio has more to write than it can keep up with.", after=RETRY_AFTER)
        most, left = self._quota_of(workspace).waiting, _of(workspace, self._left)
        waiting = left + _of(workspace, self._come)
        if most is None or not left or waiting < most:  # while none is left there is room for those who come, too
            return
        wait = f"{waiting:,} runs of this workspace wait for their turn"
        known = [room for place, room in rooms.items() if place[0] == workspace]
        raise TooMany(
            f"{wait if waiting > 1 else '1 run of this workspace waits for its turn'}, which is as many as it keeps.",
            hint="Try again later, or have its owner raise the limits of runs under Settings.",
            after=max(RETRY_AFTER, (min(known) - self._clock.now()).total_seconds()) if known else RETRY_LATER,
        )

    def comes(self, place: Place) -> None:
        """Count a run that has been written and waits."""
        self._come[place] += 1

    def deciding(self, place: Place) -> None:
        """Note that it is decided about all that have come so far."""
        self._come.pop(place, None)

    def decided(self, place: Place, left: int) -> None:
        """Note how many wait on: by workflow or for the whole workspace, as it was decided about them."""
        whole = place[1] == EVERY
        for other in [key for key in self._left if key[0] == place[0] and (key[1] == EVERY) is not whole]:
            del self._left[other]
        self._left[place] = left


def _of(workspace: str, counted: Mapping[Place, int]) -> int:
    return sum(number for place, number in counted.items() if place[0] == workspace)
