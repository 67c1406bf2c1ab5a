"""Workflows that start one another without end: noticed by what led to a run, and stopped."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowstudio.kit.ports import Clock
    from flowstudio.services.listening import Listening
    from flowstudio.services.ports import RunStore
    from flowstudio.services.switching_off import SwitchingOff

MOST_IN_CHAIN = 5
"""A workflow may stand this often in the chain of runs that led to a run."""
LONGEST_CHAIN = 25
MOST_PER_MINUTE = 600
"""Runs of one workflow that other runs may cause in a minute."""
_REMEMBERED = 20_000
_MINUTE = 60.0
Chain = tuple[str, ...]
"""The workflows whose runs led to a run, the first one first."""


class LoopGuard:
    """Knows what led to which run, and switches off a workflow that goes round in circles."""

    def __init__(
        self, runs: RunStore, off: SwitchingOff, clock: Clock
    ) -> None:  # fmt: skip
        self._runs = runs
        self._off = off
        self._clock = clock
        self._chains: OrderedDict[str, Chain] = OrderedDict()
        self._recent: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    async def chain(self, workspace: str, run_id: str | None) -> Chain:
        """Return the workflows that led to what a run does, its own the last; nothing without a run."""
        if run_id is None:
            return ()
        known = self._chains.get(run_id)
        if known is not None:
            return known
        found = await self._runs.get(workspace, run_id)
        if found is None:
            return ()
        run = found[0]
        parent = run.parent_run or (run.event.get("$parent") or {}).get("run")
        chain = (*(await self.chain(workspace, parent)), run.workflow_id)[-2 * LONGEST_CHAIN :]
        self.remember(run_id, chain)
        return chain

    def remember(self, run_id: str, chain: Chain) -> None:
        """Remember what led to a run."""
        self._chains[run_id] = chain
        if len(self._chains) > _REMEMBERED:
            self._chains.popitem(last=False)

    async def allows(self, listening: Listening, chain: Chain) -> bool:
        """Say whether a run may start after that chain; where not, its workflow is switched off and it is told why."""
        reason = self._reason(listening, chain)
        if reason is None:
            return True
        await self._off.switch_off(listening.workspace, listening.workflow_id, reason)
        return False

    def _reason(self, listening: Listening, chain: Chain) -> str | None:
        if not chain:
            return None
        if chain.count(listening.workflow_id) >= MOST_IN_CHAIN:
            return (
                f"It started itself {MOST_IN_CHAIN} times in a row: {' → '.join((*chain[-4:], listening.workflow_id))}."
                " Add a filter to its trigger, then switch it on again."
            )
        if len(chain) >= LONGEST_CHAIN:
            return f"It is the end of a chain of {LONGEST_CHAIN} runs that started one another."
        recent = self._recent[listening.workspace, listening.workflow_id]
        now = self._clock.now().timestamp()
        while recent and recent[0] < now - _MINUTE:
            recent.popleft()
        recent.append(now)
        if len(recent) > MOST_PER_MINUTE:
            return f"Other runs started it more than {MOST_PER_MINUTE} times in a minute."
        return None
