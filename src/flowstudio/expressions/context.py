"""What an evaluation reads: the names, the present moment, the zone, and how much work is left."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING

from flowstudio.errors import TooExpensive
from flowstudio.expressions.limits import MAX_WORK

if TYPE_CHECKING:
    from flowstudio.expressions.scope import Scope


class EvalContext:
    """Names, moment and zone for one or many evaluations.

    `now` is an aware datetime; texts without a zone are read in `zone`. `budget` counts operations of one
    evaluation: `Expression.evaluate`, `Template.render` and `Condition.test` start it anew.
    """

    __slots__ = ("_local", "budget", "now", "scope", "spent", "zone")

    def __init__(self, scope: Scope, now: datetime | None = None, zone: tzinfo = UTC, budget: int = MAX_WORK) -> None:
        self.scope = scope
        self.now = now if now is not None else datetime.now(UTC)
        self.zone = zone
        self.budget = budget
        self.spent = 0
        self._local: datetime | None = None

    @property
    def local_now(self) -> datetime:
        """The present moment on the workspace's clock."""
        if self._local is None:
            self._local = self.now.astimezone(self.zone)
        return self._local

    @property
    def today(self) -> date:
        """The present day in the workspace's zone."""
        return self.local_now.date()

    def go_on(self, now: datetime) -> None:
        """Read the same names at a later moment."""
        self.now = now
        self._local = None

    def charge(self, operations: int) -> None:
        """Count work; raise TooExpensive when the budget of this evaluation is used up."""
        self.spent += operations
        if self.spent > self.budget:
            message = "The expression looks at too many items."
            raise TooExpensive(message, hint="Narrow the list down in the query that finds it.")

    def within(self, scope: Scope) -> EvalContext:
        """Return the same moment, zone and budget over other names."""
        return EvalContext(scope, self.now, self.zone, self.budget)
