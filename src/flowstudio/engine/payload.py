"""The trigger's payload at the start of a run: its records are merged over the stored ones, frozen paths are read."""

from __future__ import annotations

from typing import Any

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import ENTITY, REVISION
from flowstudio.domain.states import RunStatus
from flowstudio.engine.board import Ended
from flowstudio.engine.live import LiveRun, bare
from flowstudio.engine.plan import Plan
from flowstudio.engine.records import Key
from flowstudio.engine.variables import Names
from flowstudio.engine.world import RecheckAt
from flowstudio.errors import FlowStudioError, NotFound
from flowstudio.expressions import EvalContext, RecordNeeded
from flowstudio.kit.ports import RecordStore
from flowstudio.kit.record_rules import as_record, stored_row
from flowstudio.kit.words import spaced

KEPT = "$kept"
"""Key of an event under which the records are kept that paths below `trigger.` lead to."""


class Gone(Exception):
    """What started a run is no longer there, or no longer so: there is nothing to do any more."""

    def ended(self) -> Ended:
        """Return how the run ends."""
        return Ended(RunStatus.SKIPPED, "skipped", str(self))


async def take_payload(live: LiveRun) -> None:
    """Make the payload's records whole; a record it names by id alone is read. Raise Gone where one was deleted."""
    merged: JsonObject = {}
    for name, value in live.run.event.items():
        entity = entity_of(live.plan, live.records.store, live.run.trigger_id, name, value)
        if entity is not None:
            record = await _merged(live, entity, value)
            if record is not None:
                merged[name] = record
    if merged:
        live.run.event = {**live.run.event, **merged}
        live.payload = bare(live.run.event)
    if live.plan.frozen_paths and (kept := await _kept(live)):
        live.run.event = {**live.run.event, KEPT: kept}


async def recheck(live: LiveRun, at: RecheckAt) -> None:
    """Look again at the condition of the trigger, where that is wished; raise Gone where it no longer holds."""
    trigger = live.plan.workflow.trigger(live.run.trigger_id)
    if live.world.recheck is None or trigger is None or live.run.test:
        return
    reason = await live.world.recheck(live.run, trigger, at)
    if reason is not None:
        raise Gone(reason)


def recall(live: LiveRun) -> None:
    """Take what the start of the run left in its event."""
    for row in live.run.event.get(KEPT) or ():
        live.records.kept[row[ENTITY], str(row["id"])] = row


def entity_of(plan: Plan, store: RecordStore, trigger_id: str, name: str, value: JsonValue) -> str | None:
    """Return the record type of a payload's value, None when it is no record."""
    if name.startswith("$"):
        return None
    declared = plan.payloads.get(trigger_id, {}).get(name)
    if isinstance(declared, str) and declared.startswith("record:"):
        return declared.removeprefix("record:") if isinstance(value, (dict, str)) else None
    if not isinstance(value, dict) or "id" not in value:
        return None
    if ENTITY in value:
        return str(value[ENTITY])
    return None if declared is not None and declared != "open" else _named(plan, store, name)


def _named(plan: Plan, store: RecordStore, name: str) -> str | None:
    """Return the record type that a payload key names in the singular or plural (`invoice`)."""
    found = plan.entities.get(name, "")
    if found == "":
        found = None
        for word in (name, f"{name}s", f"{name[:-1]}ies" if name.endswith("y") else name):
            try:
                found = store.type_of(word).name
                break
            except NotFound:
                continue
        plan.entities[name] = found
    return found


async def _merged(live: LiveRun, entity: str, value: JsonValue) -> JsonObject | None:
    record_type = live.records.type_of(entity)
    given: JsonObject = value if isinstance(value, dict) else {"id": value}
    key: Key = (record_type.name, str(given.get("id")))
    stored = await live.records.store.get(live.run.workspace, *key)
    if stored is None and not isinstance(value, dict):
        raise NotFound(f"There is no record {value} in {spaced(record_type.name)}.")
    if stored is None and ENTITY in given and _must_be_there(live):
        raise Gone(f"It did not start, because what it was about had been deleted: {key[1]}.")
    row = {**(stored or {}), **{name: item for name, item in given.items() if not name.startswith("$")}}
    own = {name: item for name, item in row.items() if name in record_type.fields}
    record = as_record(record_type, stored_row(record_type, own), 0, live.moment, live.zone)
    record |= {name: item for name, item in row.items() if name not in record_type.fields and not name.startswith("$")}
    del record[REVISION]
    if stored is not None:
        record[REVISION] = stored.get(REVISION)
    live.records.rows[key] = record
    return record


def _must_be_there(live: LiveRun) -> bool:
    """Say whether a run makes sense only while the record is there that an event of ours was about."""
    trigger = live.plan.workflow.trigger(live.run.trigger_id)
    if trigger is None or live.run.test or trigger.type == "manual":
        return False
    return not str(trigger.config.get("event") or "").endswith(".deleted")


async def _kept(live: LiveRun) -> list[JsonObject]:
    """Read what references below `trigger.` lead to: it stays as it is now."""
    for expression in live.plan.frozen_paths:
        context = EvalContext(Names(live, live.state.root), live.moment, live.zone)
        while await _look(live, expression, context):
            pass
    return [row for row in live.records.kept.values() if row is not None]


async def _look(live: LiveRun, expression: Any, context: EvalContext) -> bool:
    """Evaluate a path; say whether it must be evaluated again, with a record more."""
    try:
        expression.evaluate(context)
    except RecordNeeded as needed:
        await live.records.fetch(needed)
        return True
    except FlowStudioError:
        return False
    return False
