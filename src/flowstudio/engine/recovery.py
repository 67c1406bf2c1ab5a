"""Taking a run up where it stood: its journal is replayed; what was on its way out is repeated or left to a person."""

from __future__ import annotations

from datetime import datetime

from flowstudio.domain.run import Intent, Run, Step
from flowstudio.domain.states import RunStatus, StepStatus
from flowstudio.engine.attempt import Attempt
from flowstudio.engine.conclude import doubt
from flowstudio.engine.context import StepContext
from flowstudio.engine.frames import Phase, Turn
from flowstudio.engine.live import LiveRun, bare
from flowstudio.engine.payload import recall
from flowstudio.engine.plan import Plan
from flowstudio.engine.records import RecordView
from flowstudio.engine.rewind import counting, used_keys
from flowstudio.engine.state import RunState
from flowstudio.engine.waiting import add_timer
from flowstudio.engine.world import World
from flowstudio.errors import FlowStudioError, OutcomeUnknown
from flowstudio.kit.ports import RunHistory


def fresh(run: Run, plan: Plan, world: World) -> LiveRun:
    """Return a run in memory that has not begun."""
    records = RecordView(world.records, run.workspace, plan.frozen)
    workspaces = world.workspaces
    zone, settings = workspaces.zone(run.workspace), workspaces.settings(run.workspace)
    payload = bare(run.event)
    return LiveRun(run, plan, RunState(plan.outline, payload), records, world, zone, settings, payload)


def recover(history: RunHistory, plan: Plan, world: World) -> LiveRun:
    """Return a run in memory as its journal tells it."""
    run = history.run
    run.steps_total = run.steps_completed = 0
    live = fresh(run, plan, world)
    live.epoch = history.epoch
    live.stored = True
    live.paused = run.status is RunStatus.WAITING and run.waiting_for == "paused"
    recall(live)
    live.state.start(run.trigger_id)
    steps = sorted(history.steps, key=lambda step: step.seq)
    for step in counting(steps, plan.outline):
        live.state.apply(step)
        live.count(step)
    live.used = used_keys(steps, plan.outline)
    live.next_seq = steps[-1].seq + 1 if steps else 1
    live.timers = {(timer.node_id, timer.iteration): None for timer in history.timers}
    live.waits = {(wait["node_id"], tuple(wait["iteration"])): wait["token"] for wait in history.waits}
    for intent in history.intents:
        _resume_sending(live, intent, steps)
    for turn in list(live.state.waiting.values()):
        _wait_on(live, turn)
    return live


def _resume_sending(live: LiveRun, intent: Intent, steps: list[Step]) -> None:
    """Repeat an attempt that may have left, under the same key, or leave it to a person."""
    place = (intent.node_id, intent.iteration)
    turn = live.state.find(*place)
    if turn is None or turn.phase not in (Phase.READY, Phase.WAITING) or _answered(intent, steps):
        return
    if turn.phase is Phase.WAITING:
        live.state.wake(turn)
    slot = live.plan.slots[turn.node]
    turn.attempt = intent.attempt
    turn.sending = intent.input
    turn.approved = True
    known = int(intent.key.rpartition("/")[2]) - live.used.get(turn.place, 0)
    if turn.standing_in is None and slot.fallback is not None and known == turn.known + 1:
        turn.standing_in = {}  # the fallback has a key of its own; why it took over was not written yet
        turn.known = known
    if turn.standing_in is not None and slot.fallback is not None:
        slot = slot.fallback
    own = known == turn.known
    turn.known = known
    context = StepContext(live, turn, slot, live.moment)
    attempt = Attempt(live, turn, slot, context, None, intent.input, live.moment)
    try:
        attempt.settings = turn.sending if turn.sending is not None else slot.filling.fill(context.evaluation)
        attempt.model = slot.filling.validate(attempt.settings, given=turn.sending is not None)
        again = own and slot.type.safe_to_repeat(attempt.model)
    except FlowStudioError:
        again = False
    if not again:
        doubt(live, attempt, OutcomeUnknown("FlowStudio stopped while this step was on its way."))


def _answered(intent: Intent, steps: list[Step]) -> bool:
    """Say whether a later record tells what became of an attempt."""
    return any(
        step.node_id == intent.node_id
        and step.iteration == intent.iteration
        and step.attempt >= intent.attempt
        and step.status not in (StepStatus.PENDING, StepStatus.RUNNING, StepStatus.WAITING)
        for step in steps
    )


def _wait_on(live: LiveRun, turn: Turn) -> None:
    """See that a waiting turn has what wakes it: its timer may have been taken just before the process ended."""
    wait = turn.wait or {}
    if turn.place in live.timers or turn.phase is not Phase.WAITING:
        return
    if "due" in wait:
        live.state.wake(turn)
    elif wait.get("wait") == "timer":
        add_timer(live, turn, "delay", datetime.fromisoformat(wait["until"]))
    elif wait.get("deadline"):
        add_timer(live, turn, "deadline", datetime.fromisoformat(wait["deadline"]))
