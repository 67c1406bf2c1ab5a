"""Every template, switched on: on real records, by its real trigger, each sample does what it says and no more.

What a run says of itself is compared with the promise, and then what came of it: the rows on disk, the mails at the
mail server, the calls at the providers.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from flowstudio.config import TEMPLATES
from flowstudio.domain.record import visible
from flowstudio.kit.channels.push import topic_of
from flowstudio.kit.channels.sms import number_of
from flowstudio.services.template_library import Template, TemplateLibrary
from flowstudio.services.template_tests import LISTS, PLAIN, compared
from tests.support.company import BASE, Company, Rows, company
from tests.support.real_starts import SECRET, Start

pytestmark = pytest.mark.asyncio(loop_scope="module")

FILES = sorted(TEMPLATES.glob("*/*.json"))
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MOST_WAITS = 200
REMEMBERS = {"schedule", "kpi_threshold", "inactivity", "both_of"}
"""Triggers that start one thing once: each sample gets a workflow of its own."""
OUTWARD = {"email", "calendar", "slack", "sms", "push"}
"""Channels by which a message leaves; the others show it inside."""
PROVIDERS = {"charge_stripe": "stripe", "sync_quickbooks": "quickbooks", "create_zapier_event": "zapier"}
LOGS = {"email_logs", "sms_logs", "push_notifications", "notifications", "audit_logs"}
"""Record types whose rows are noted beside what a step promises."""
_LINK = re.compile(r"(/documents/[\w-]+)\?[^\s\")]*")
Json = dict[str, Any]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """One installation for all templates."""
    with pytest.MonkeyPatch.context() as patch:
        async with company(tmp_path_factory.mktemp("company"), START, patch.setenv) as found:
            yield found


@pytest.mark.parametrize("template_id", [file.stem for file in FILES])
async def test_each_sample_comes_true(template_id: str, library: TemplateLibrary, place: Company) -> None:
    template = library.get(template_id)
    faults: list[str] = []
    made: str | None = None
    for sample in template.samples:
        passage = Passage(place, template, sample)
        if made is None or REMEMBERS & {trigger.type for trigger in template.workflow.triggers}:
            made = await passage.use()
        await passage.go(made)
        faults += [f"{sample['name']} ({passage.start.how}): {fault}" for fault in passage.faults]
    assert not faults, "\n".join(faults)


async def test_what_a_template_plans_for_later_begins_with_the_same_record(
    library: TemplateLibrary, place: Company
) -> None:
    """A lead of grade C goes into the nurture drip a while later: two templates, one after the other."""
    drip = await place.use("lead-nurture-drip", {})
    await place.switch(drip, on=True)
    await place.switch(drip, on=False)
    earlier = set(await place.run_of("lead-nurture-drip"))
    template = library.get("lead-qualification")
    planning = next(one for one in template.samples if "scheduled_workflows" in str(one["expects"].get("created")))
    passage = Passage(place, template, planning)
    await passage.go(await passage.use())
    await place.house.planned.start_due()
    assert set(await place.run_of("lead-nurture-drip")) == earlier
    place.clock.forward(days=60)
    await place.house.planned.start_due()
    await place.rest()
    [begun] = set(await place.run_of("lead-nurture-drip")) - earlier
    run, _ = await place.run(begun)
    assert run.event["lead"]["id"] == planning["sample"]["trigger"]["lead"]["id"]


class Passage:
    """One sample on its way through the real thing."""

    def __init__(self, place: Company, template: Template, one: Json) -> None:
        self.place = place
        self.template = template
        self.sample: Json = one["sample"]
        self.expects: Json = one["expects"]
        workflow = template.workflow
        trigger = workflow.trigger(self.sample.get("trigger_id", "")) or workflow.triggers[0]
        self.start = Start(place, trigger, self.sample)
        self.faults: list[str] = []
        self.others: set[tuple[str, str]] = set()
        """Records that somebody else changed meanwhile."""
        self.joined: set[tuple[str, str]] = set()
        self.asked: dict[str, Json] = {}
        """What people were asked, by the approval's id."""
        """Records that somebody else made meanwhile."""

    async def use(self) -> str:
        """Make the workflow as "Use this template" does; return its id."""
        return await self.place.use(self.template.row.id, self._values())

    async def go(self, workflow_id: str) -> None:
        """Switch the workflow on, let it run, compare."""
        place = self.place
        place.providers.begin(self._answers(), self.sample.get("mock_responses", {}).get("stripe"))
        earlier = set(await place.run_of(workflow_id))
        await self.start.go(workflow_id)
        runs = [one for one in await place.run_of(workflow_id) if one not in earlier]
        if len(runs) != 1:
            told = [(await place.run(one))[0].event for one in runs]
            self.faults.append(f"{len(runs)} runs began: {told}")
        if runs:
            await self._settle(runs[0])
            await self._compare(runs[0])
            if len(await place.run_of(workflow_id)) > len(earlier) + len(runs):
                self.faults.append("it started itself again")
        await place.switch(workflow_id, on=False)

    # -- what a person gives beforehand ------------------------------------------------------------------------------

    def _values(self) -> dict[str, str]:
        """Return what "Use this template" asks for: here addresses of other systems, and the secret of calls."""
        found: dict[str, str] = {}
        for one in self.template.setup:
            if one["kind"] == "address":
                node = self.template.workflow.node(one["key"])
                assert node is not None
                found[one["key"]] = self._here(str(node.config["url"]))
            if one["kind"] == "webhook":
                found[one["key"]] = SECRET
        return found

    def _here(self, url: str) -> str:
        return url.replace("{{settings.base_url}}", self.place.providers.url("/elsewhere"))

    def _answers(self) -> Json:
        """Return what the other systems answer, by method and path; a path that is worked out is told by `expects`."""
        found: Json = {}
        given = self.sample.get("mock_responses", {})
        for one in self.expects.get("external_calls", []):
            for node in self.template.workflow.nodes:
                if node.id in given and _fits(str(node.config.get("url")), one["target"]):
                    path = one["target"].removeprefix(BASE)
                    found[f"{node.config['method']} {path}"] = given[node.id]
        return found

    # -- what happens meanwhile --------------------------------------------------------------------------------------

    async def _settle(self, run_id: str) -> None:
        """Answer, and let time pass, until the run has ended."""
        place = self.place
        for _ in range(MOST_WAITS):
            if not await place.under_way(run_id):
                return
            if await self._decide(run_id):
                continue
            due = await place.next_timer()
            assert due is not None, "the run waits for nothing that comes"
            place.at(max(due, place.clock.moment))
            timer = (await place.timers.due(place.clock.moment))[0]
            await self._meanwhile(run_id, (timer.node_id, timer.iteration))
            await place.look()
        raise AssertionError("It does not come to its end.")

    async def _decide(self, run_id: str) -> bool:
        """Answer what people are asked; say whether anything was answered."""
        asked = [one for one in (await self.place.ask("GET", "/approvals"))["approvals"] if one["run_id"] == run_id]
        for one in asked:
            self.asked[one["id"]] = one
            answer = self.sample.get("decisions", {}).get(one["node_id"], "approved")
            if answer == "expired":
                continue
            iteration = one["iteration"]
            where = () if iteration is None else tuple(iteration if isinstance(iteration, list) else [iteration])
            await self._meanwhile(run_id, (one["node_id"], where))
            decision = {"decision": answer, "comment": ""}
            await self.place.ask("POST", f"/approvals/{one['id']}/decision", json=decision)
            await self.place.rest()
            return True
        return False

    async def _meanwhile(self, run_id: str, ended: tuple[str, tuple[int, ...]]) -> None:
        """Do what others do at the end of this wait: delays and approvals count in the order in which they began."""
        _, steps = await self.place.run(run_id)
        begun = [(step.node_id, step.iteration) for step in steps if step.detail.get("wait") in ("timer", "approval")]
        number = list(dict.fromkeys(begun)).index(ended) + 1
        for change in self.sample.get("meanwhile", ()):
            if change["wait"] != number:
                continue
            path = f"/records/{change['entity']}"
            if "create" in change:
                made = await self.place.ask("POST", path, json=change["create"])
                self.joined.add((change["entity"], made["id"]))
            else:
                real = {test: own for own, test in (await self._ids(run_id)).items()}
                key = real.get(change["id"], change["id"])
                await self.place.ask("PATCH", f"{path}/{key}", json=change["set"])
                self.others.add((change["entity"], key))
            await self.place.rest()

    async def _ids(self, run_id: str) -> dict[str, str]:
        """Return by real id how a test run names what was created."""
        number: Counter[str] = Counter()
        found = {}
        for one in (await self.place.result(run_id))["created"]:
            number[one["entity"]] += 1
            found[one["id"]] = f"{one['entity']}_test_{number[one['entity']]}"
        return found

    # -- what came of it ---------------------------------------------------------------------------------------------

    async def _compare(self, run_id: str) -> None:
        result = await self.place.result(run_id)
        self.names = await self._ids(run_id)
        seen = json.loads(self._as_tested(json.dumps({key: result[key] for key in (*PLAIN, *LISTS)})))
        self.faults += compared(self.expects, _matched(self.expects, seen))
        if result["error"]:
            self.faults.append(f"it failed: {result['error']}")
        self.faults += self._left()
        self.faults += self._called()
        self.faults += self._kept(result, await self.place.rows())

    def _as_tested(self, text: str) -> str:
        """Write a text as a test run would: its ids, links without a signature, other systems at their own address."""
        for own, test in self.names.items():
            text = text.replace(own, test)
        return _LINK.sub(r"\1", text.replace(self.place.providers.url("/elsewhere"), BASE))

    def _kept(self, result: Json, rows: Rows) -> list[str]:
        """Compare the rows on disk: what was promised is there, and nothing else has changed."""
        faults = []
        before = {(name, row["id"]): row for name, given in self.start.rows.items() for row in given}
        after = {(name, key): row for name, found in rows.items() for key, row in found.items()}
        promised = Counter(one["entity"] for one in self.expects.get("created", []))
        new = Counter(name for name, key in after.keys() - before.keys() - self.joined if name not in LOGS)
        if new != promised:
            faults.append(f"on disk there are new {dict(new)}, promised were {dict(promised)}")
        last: dict[tuple[str, str], Json] = {(one["entity"], one["id"]): dict(one) for one in result["created"]}
        for one in result["updated"]:
            last.setdefault((one["entity"], one["id"]), {}).update(one["set"])
        gone = {(one["entity"], one["id"]) for one in result["deleted"]}
        for key, fields in last.items():
            if key in gone or key in self.others:
                continue
            stored = self.place.types[key[0]].fields
            for name, value in fields.items():
                if name in stored and not stored[name].computed and not _same(after.get(key, {}).get(name), value):
                    faults.append(f"on disk {key} has {name} {after.get(key, {}).get(name)!r}, not {value!r}")
        if before.keys() - after.keys() != gone & before.keys():
            faults.append(f"gone from disk: {before.keys() - after.keys()}, promised: {gone}")
        quiet = before.keys() & after.keys() - last.keys() - self.others - {self.start.touched}
        changed = [
            key
            for key in quiet
            if not _holds({**before[key], **self._by_clock(key[0])}, after[key]) and not _holds(before[key], after[key])
        ]
        if changed:
            faults.append(f"changed on disk without a promise: {changed}")
        return faults

    def _by_clock(self, entity: str) -> Json:
        """Return what FlowStudio itself sets when a day comes: an invoice is overdue."""
        return {
            name: value
            for rule in self.place.types[entity].events
            for name, value in (rule.when.get("sets") or {}).items()
        }

    def _left(self) -> list[str]:
        """Compare what arrived: mails at the mail server, texts, pushes and posts at their providers."""
        providers = self.place.providers
        wanted: Counter[tuple[str, str, str]] = Counter()
        for one in self.expects.get("messages", []):
            wanted[one["channel"], str(one["to"]), one["text"]] += 1
        for one in self.asked.values():  # FlowStudio itself writes to those who decide
            for to in one["approvers"]:
                wanted["email", to, self._as_tested(f"Your decision: {one['subject']}")] += 1
        arrived: Counter[tuple[str, str, str]] = Counter()
        for mail in self.place.post.mails:
            papers = [part.get_content_type() for part in mail.iter_attachments()]
            subject = str(mail["Subject"]).strip()  # a long one begins on a line of its own
            channel = "calendar" if "text/calendar" in papers else "email"
            arrived[channel, str(mail["To"]), self._as_tested(subject)] += 1
        for call in providers.to("slack"):
            arrived["slack", call.body["channel"], self._as_tested(call.body["text"])] += 1
        for call in providers.to("twilio"):
            arrived["sms", call.body["To"], self._as_tested(call.body["Body"])] += 1
        for call in providers.to("fcm"):
            message = call.body["message"]
            arrived["push", message["topic"], self._as_tested(message["notification"]["body"])] += 1
        return _differing({_as_arrived(one): number for one, number in wanted.items() if one[0] in OUTWARD}, arrived)

    def _called(self) -> list[str]:
        """Compare the calls that reached other systems and providers."""
        wanted: Counter[Any] = Counter()
        for one in self.expects.get("external_calls", []):
            provider = PROVIDERS.get(one["call"])
            wanted[provider or ("elsewhere", one["target"].removeprefix(BASE))] += 1
        calls = [call for call in self.place.providers.calls if call.to not in ("slack", "twilio", "fcm", "llm")]
        came = Counter(("elsewhere", call.path) if call.to == "elsewhere" else call.to for call in calls)
        return _differing(wanted, came)


def _as_arrived(one: tuple[str, str, str]) -> tuple[str, str, str]:
    """Return a promised message as its receiver sees it."""
    channel, to, text = one
    if channel == "push":
        return channel, topic_of(to), text
    if channel == "calendar":
        return channel, to, text.rsplit(" @ ", 1)[0]
    return channel, number_of(to) if channel == "sms" else to, text


def _differing(wanted: Any, came: Any) -> list[str]:
    missing, more = Counter(wanted) - Counter(came), Counter(came) - Counter(wanted)
    return [f"did not arrive: {one}" for one in missing] + [f"arrived without a promise: {one}" for one in more]


def _matched(expects: Json, seen: Json) -> Json:
    """Return what was seen in the order of the promise: the branches of a parallel step go side by side."""
    found = dict(seen)
    for key in LISTS:
        rest, ordered = list(seen[key]), []
        for wanted in expects.get(key) or []:
            fit = next((one for one in rest if not compared({key: [wanted]}, {key: [one]})), None)
            if fit is not None:
                rest.remove(fit)
                ordered.append(fit)
        found[key] = ordered + rest
    return found


def _holds(before: Json, after: Json) -> bool:
    return all(_same(after.get(name), value) for name, value in before.items() if name in after)


def _same(one: Any, other: Any) -> bool:
    one, other = visible(one), visible(other)
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True) or bool(one == other)


def _fits(url: str, target: str) -> bool:
    """Say whether an address with places to fill in may have become this one."""
    parts = re.split(r"\{\{.*?\}\}", url.replace("{{settings.base_url}}", BASE))
    return re.fullmatch(".*".join(map(re.escape, parts)), target) is not None
