"""How a sample's run is started for real: by a change of a record, a call, a message, a schedule's time, a person."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from flowstudio.calendar import next_fire, read_schedule
from flowstudio.domain.record import RecordType
from flowstudio.domain.workflow import Trigger
from flowstudio.services.detectors.metrics import metric_of
from flowstudio.services.detectors.stages import stage_field
from tests.support.company import BERLIN, Company

SECRET = "what-the-caller-sends"
_MOVED_BY = {"cost_per_lead": "spend", "session_fill_pct": "registered", "budget_used_pct": "spent"}
"""The stored field that moves a computed figure."""
_REFERENCE = re.compile(r"(\w+) \(the record behind (\w+)\)")
_FIELD = re.compile(r"(\w+) \(\w+\.(\w+)\)")
_CONTACTS = ("communications", "tasks", "tickets")
Row = dict[str, Any]


class Start:
    """One sample of one template, ready to be started."""

    def __init__(self, company: Company, trigger: Trigger, sample: Row) -> None:
        self.company = company
        self.kind = trigger.type
        self.config = trigger.config
        self.payload: Row = sample["trigger"]
        self.now = company.at(sample["now"])
        types = company.types
        self.rows = {
            name: [dict(row) for row in sample.get("records", {}).get(name, kind.sample_rows)]
            for name, kind in types.items()
        }
        for name, value in self.payload.items():
            if isinstance(value, dict) and "id" in value and (kind := self._type(name)) is not None:
                self._merge(kind, value)
        self.touched: tuple[str, str] = ("", "")
        """The record by whose change the run is started."""
        self.how = "event"
        """By what the run is started, in one word."""

    # -- records -----------------------------------------------------------------------------------------------------

    def _type(self, name: str) -> RecordType | None:
        for declared in self.config.get("inputs") or ():
            if declared["name"] == name and str(declared["type"]).startswith("record:"):
                return self.company.types.find(declared["type"].removeprefix("record:"))
        name = "customer" if name == "client" else name
        for word in (name, f"{name}s", f"{name[:-1]}ies"):
            if word in self.company.types:
                return self.company.types[word]
        return None

    def _merge(self, kind: RecordType, given: Row) -> Row:
        row = next((one for one in self.rows[kind.name] if one["id"] == given["id"]), None)
        if row is None:
            row = {"id": given["id"]}
            self.rows[kind.name].append(row)
        row.update({name: value for name, value in given.items() if name in kind.fields})
        return row

    def _row(self, entity: str) -> Row:
        """Return the payload's record of that type, whole."""
        for name, value in self.payload.items():
            kind = self._type(name)
            if kind is not None and kind.name == entity and isinstance(value, dict):
                return next(one for one in self.rows[entity] if one["id"] == value["id"])
        raise AssertionError(f"The sample's payload holds no record of {entity}.")

    def _stored(self, entity: str, row: Row) -> Row:
        fields = self.company.types[entity].fields
        return {name: value for name, value in row.items() if name in fields and not fields[name].computed}

    async def _create(self, entity: str, row: Row) -> None:
        self.touched = (entity, row["id"])
        self.rows[entity].remove(row)
        await self._ready()
        self.rows[entity].append(row)
        await self.company.ask("POST", f"/records/{entity}", json=self._stored(entity, row))

    async def _change(self, entity: str, row: Row, field: str, before: Any) -> None:
        """Let the record be there with another value, then write the sample's."""
        self.touched = (entity, row["id"])
        after = row.get(field)
        row[field] = before
        await self._ready()
        row[field] = after
        await self.company.ask("PATCH", f"/records/{entity}/{row['id']}", json={field: after})

    async def _ready(
        self, *, at: datetime | None = None, silent: dict[tuple[str, str], datetime] | None = None
    ) -> None:
        """Lay the records out, switch the workflow on, and let its first looks pass."""
        company = self.company
        company.at(at or self.now)
        await company.lay_out(self.rows, silent or {})
        await company.switch(self.workflow_id, on=True)
        await company.look()

    # -- the start ---------------------------------------------------------------------------------------------------

    async def go(self, workflow_id: str) -> None:
        """Start the run."""
        self.workflow_id = workflow_id
        await getattr(self, f"_by_{self.kind}")()
        await self.company.rest()

    async def _by_event(self) -> None:
        event = self.config["event"]
        found = [(kind, rule) for kind in self.company.types.values() for rule in kind.events if rule.event == event]
        if not found or "date" in found[0][1].when:
            return await self._by_api(event, self.payload)
        kind, rule = found[0]
        row, when = self._row(kind.name), rule.when
        self.how = "record"
        self._take_rest(kind, row, rule.payload)
        if when.get("created"):
            return await self._create(kind.name, row)
        field = str(when["field"])
        if "becomes" in when:
            row[field] = row[field] if row.get(field) in when["becomes"] else when["becomes"][0]
            before = next(one for one in kind.fields[field].enum or () if one not in when["becomes"])
        elif when.get("set"):
            row[field] = row.get(field) or self._some_day(kind, field)
            before = None
        elif when.get("increases"):
            choices = list(kind.fields[field].enum or ())
            before = choices[choices.index(row[field]) - 1]
        else:
            before = self.payload[f"old_{field}"]
        await self._change(kind.name, row, field, before)

    def _take_rest(self, kind: RecordType, row: Row, told: Any) -> None:
        """Let the record, and the one it refers to, hold what the payload says beside it."""
        for word in told:
            if (match := _FIELD.fullmatch(word)) is not None and match[1] in self.payload:
                row[match[2]] = self.payload[match[1]]
            if (match := _REFERENCE.fullmatch(word)) is not None and match[1] in self.payload:
                row.setdefault(match[2], self.payload[match[1]]["id"])
        if "new_status" in self.payload:
            row["status"] = self.payload["new_status"]

    def _some_day(self, kind: RecordType, field: str) -> str:
        local = self.now.astimezone(BERLIN)
        return local.date().isoformat() if kind.fields[field].type == "date" else local.strftime("%Y-%m-%dT%H:%M")

    async def _by_api(self, event: str, data: Row) -> None:
        self.how = "event"
        await self._ready()
        await self.company.ask("POST", "/events", json={"type": event, "data": data})

    async def _by_new_message(self) -> None:
        await self._by_api("message.received", self.payload)

    async def _by_ticket_created(self) -> None:
        self.how = "record"
        await self._create("tickets", self._row("tickets"))

    async def _by_stage_change(self) -> None:
        self.how = "record"
        entity = self.config["entity"]
        row, field = self._row(entity), stage_field(self.company.types[entity])
        assert field is not None
        row[field] = self.payload["to_stage"]
        await self._change(entity, row, field, self.payload["from_stage"])

    async def _by_webhook(self) -> None:
        self.how = "call"
        await self._ready()
        told = await self.company.ask("GET", f"/workflows/{self.workflow_id}")
        path = told["hooks"][0]["url"].split("/", 3)[3]
        headers = {"X-FlowStudio-Secret": SECRET}
        answer = await self.company.calls.post(f"/{path}", json=self.payload["body"], headers=headers)
        assert answer.status_code == 202, answer.text

    async def _by_manual(self) -> None:
        self.how = "person"
        await self._ready()
        await self.company.ask("POST", f"/workflows/{self.workflow_id}/execute", json={"input_data": self.payload})

    async def _by_schedule(self) -> None:
        """Switch it on just before the slot, or one interval before, and let the time come."""
        self.how = "time"
        rule = read_schedule(self.config)
        before = self.now - timedelta(minutes=1)
        if self.config.get("mode") == "interval":
            amount, unit = str(self.config["every"]).split()
            before = self.now - timedelta(**{unit if unit.endswith("s") else f"{unit}s": float(amount)})
        assert next_fire(rule, before, BERLIN) == self.now, "the sample starts at a slot of the schedule"
        await self._ready(at=before)
        self.company.at(self.now)
        await self.company.house.firing.fire_due()

    async def _by_kpi_threshold(self) -> None:
        self.how = "figure"
        metric = metric_of(self.config)
        if metric.kind == "field":
            await self._move_figure(metric.entity, metric.field)
            return
        there = self.rows[metric.entity]
        self.rows[metric.entity] = []
        await self._ready(at=self.now - timedelta(minutes=5))
        self.rows[metric.entity] = there
        self.company.at(self.now)
        await self.company.lay_out(self.rows)
        await self.company.house.sensing.lookout.look_due()

    async def _move_figure(self, entity: str, figure: str) -> None:
        """Let a figure be well on the right side of its value, then write what the sample says."""
        row = self._row(entity)
        field = _MOVED_BY.get(figure, figure)
        row.setdefault(field, self.payload["value"])
        await self._change(entity, row, field, 10 if self.config.get("operator") == "below" else 0)

    async def _by_inactivity(self) -> None:
        self.how = "silence"
        await self._ready(silent=self._silence(self.config["entity"]))

    def _silence(self, entity: str) -> dict[tuple[str, str], datetime]:
        """Return when what concerns the record of the sample last changed; everything else changed just now."""
        last = self.now - timedelta(days=self.payload["days_inactive"])
        row = self._row(entity)
        if "last_activity_at" in self.company.types[entity].fields:
            row["last_activity_at"] = last.astimezone(BERLIN).date().isoformat()
        contacts = {(name, one["id"]): last for name in _CONTACTS if name != entity for one in self.rows[name]}
        return {**contacts, (entity, row["id"]): last}

    async def _by_both_of(self) -> None:
        """First the silence, then, within five minutes, the figure."""
        self.how = "silence"
        silence, figure = (part["config"] for part in self.config["parts"])
        row, silent = self._row(silence["entity"]), self._silence(silence["entity"])
        after, row[figure["metric"]] = self.payload["value"], 10
        await self._ready(silent=silent)
        row[figure["metric"]] = after
        self.touched = (silence["entity"], row["id"])
        path = f"/records/{silence['entity']}/{row['id']}"
        await self.company.ask("PATCH", path, json={figure["metric"]: after})
