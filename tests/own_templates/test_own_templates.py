"""Own templates: what goes in and what never does, who may, what is refused, and that files come back the same."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from flowstudio.app import House
from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import (
    BadRequest,
    Conflict,
    InvalidWorkflow,
    NotAllowed,
    NotFound,
    UnreadableDocument,
)
from flowstudio.services.own_templates import OwnTemplateService
from flowstudio.services.template_file import MOST_BYTES, About, own_id
from flowstudio.services.template_rows import TemplateFilter
from tests.support.bank import BEARER, SECRET, WORKFLOW

ABOUT = About("Bank rates", "Rates by mail each time.", "finance", "Treasury", "intermediate", ("rates",))


@pytest.fixture
def own(house: House) -> OwnTemplateService:
    return house.studio.own_templates


def viewer(actor: Actor, role: Role = Role.VIEWER) -> Actor:
    return replace(actor, role=role)


async def test_a_workflow_becomes_a_template_that_lists_show(
    house: House, owner: Actor, own: OwnTemplateService
) -> None:
    made = await own.save(owner, "wf_calls", ABOUT, ask=["tell.subject", "call.url"], test="Morning")
    assert made.row.id == "our-bank-rates"
    rows = await house.studio.templates.list(owner, TemplateFilter(source="ours"))
    assert [(one.name, one.category, one.department, one.difficulty) for one in rows] == [
        ("Bank rates", "finance", "Treasury", "intermediate")
    ]
    assert rows[0].own
    assert rows[0].changed
    assert len(await house.studio.templates.list(owner)) == 117
    assert [one.id for one in await house.studio.templates.list(owner, TemplateFilter(search="rates treasury"))] == [
        "our-bank-rates"
    ]
    assert (
        await house.studio.templates.list(owner, TemplateFilter(source="shipped", search="bank rates treasury")) == []
    )


async def test_no_connection_and_no_secret_goes_in(house: House, owner: Actor, own: OwnTemplateService) -> None:
    made = await own.save(owner, "wf_calls", ABOUT, test="Morning")
    raw = (await house.studio.templates.export(owner, made.row.id)).decode()
    for secret in (SECRET, BEARER, "hunter2hunter2", "Door key", '"Bank"', "abcdefghijklmnop"):
        assert secret not in raw, secret
    document = json.loads(raw)
    config = document["nodes"][0]["config"]
    assert config == {"url": "https://bank.example/rates", "method": "GET", "headers": {"X-Region": "eu"}}
    assert document["tests"][0]["sample"]["trigger"]["body"]["day"] == "Monday"
    assert {one.label for one in made.left_out} == {
        "Secret of When a system calls",
        "Connection of Ask the bank",
        "Headers of Ask the bank",
    }
    setup = [(one["kind"], one["key"]) for one in document["template"]["setup"]]
    assert setup == [
        ("credential", "smtp"),
        ("webhook", "bank"),
        ("connection", "call"),
        ("setting", "finance_email"),
    ]


async def test_only_the_chosen_sample_comes_along_and_it_runs(
    house: House, owner: Actor, own: OwnTemplateService
) -> None:
    made = await own.save(owner, "wf_calls", ABOUT, test="Morning")
    template = await house.studio.templates.get(owner, made.row.id)
    assert [one["name"] for one in template.samples] == ["Morning"]
    run = (await house.studio.templates.try_out(owner, made.row.id)).result()
    assert run["status"] == "completed"
    assert [one["channel"] for one in run["messages"]] == ["email"]


async def test_what_came_in_by_a_past_run_can_be_the_sample(
    house: House, owner: Actor, own: OwnTemplateService
) -> None:
    flow = {
        "id": "wf_hand",
        "name": "By hand",
        "status": "active",
        "trigger": {"type": "manual", "config": {"inputs": [{"name": "n", "type": "number"}]}},
        "nodes": [{"id": "sum", "name": "Sum", "type": "transform", "config": {"set": {"twice": "{{n * 2}}"}}}],
        "edges": [{"from": "trigger", "to": "sum"}],
    }
    await house.studio.exchange.import_document(owner, flow, created=True)
    run_id = await house.studio.runs.execute(owner, "wf_hand", {"n": 21, "token": "abcdefgh-12345"})
    await house.studio.runs.wait(owner, run_id, 20)
    assert [one.id for one in (await own.choices(owner, "wf_hand")).runs] == [run_id]
    made = await own.save(owner, "wf_hand", replace(ABOUT, name="Twice"), run_id=run_id)
    run = (await house.studio.templates.try_out(owner, made.row.id)).result()
    assert run["status"] == "completed"
    assert run["steps"][-1]["output"]["value"] == {"twice": 42}
    assert b"abcdefgh-12345" not in await house.studio.templates.export(owner, made.row.id)
    with pytest.raises(NotFound):
        await own.save(owner, "wf_calls", ABOUT, run_id=run_id)


async def test_using_it_fills_in_what_it_asks_for(house: House, owner: Actor, own: OwnTemplateService) -> None:
    made = await own.save(owner, "wf_calls", ABOUT, ask=["tell.subject", "call.url", "call.method"])
    values = {"name": "Rates here", "tell.subject": "Rates of the day", "call.method": "POST"}
    created = await house.studio.templates.create(owner, made.row.id, values)
    draft = await house.studio.workflows.draft(owner, created.id)
    assert draft.name == "Rates here"
    assert draft.node("tell").config["subject"] == "Rates of the day"
    assert draft.node("call").config["method"] == "POST"
    assert draft.node("call").config["url"] == "https://bank.example/rates"
    assert draft.template is None
    for wrong in ({"call.method": "SHOUT"}, {"tell.body": "x"}, {"colour": "red"}):
        with pytest.raises(BadRequest):
            await house.studio.templates.create(owner, made.row.id, wrong)


async def test_each_workflow_from_it_gets_a_webhook_secret_of_its_own(
    house: House, owner: Actor, own: OwnTemplateService
) -> None:
    made = await own.save(owner, "wf_calls", ABOUT)
    first = await house.studio.templates.create(owner, made.row.id)
    second = await house.studio.templates.create(owner, made.row.id, {"bank": "a-secret-of-twenty-letters"})
    assert len(first.secrets["bank"]) >= 16
    assert not second.secrets
    names = [
        (await house.studio.workflows.draft(owner, one.id)).triggers[0].config["secret"] for one in (first, second)
    ]
    assert [house.studio.credentials.get(one) for one in names] == [first.secrets["bank"], "a-secret-of-twenty-letters"]


async def test_what_is_asked_for_may_be_missing_other_errors_may_not(
    owner: Actor, own: OwnTemplateService, house: House
) -> None:
    flow = json.loads(json.dumps(WORKFLOW)) | {"id": "wf_open"}
    del flow["nodes"][1]["config"]["to"]
    await house.studio.exchange.import_document(owner, flow)
    with pytest.raises(InvalidWorkflow) as refused:
        await own.save(owner, "wf_open", ABOUT)
    assert refused.value.problems[0].node_id == "tell"
    assert (await own.save(owner, "wf_open", ABOUT, ask=["tell.to"])).row.id == "our-bank-rates"
    with pytest.raises(BadRequest):
        await own.save(owner, "wf_calls", ABOUT, ask=["tell.nothing"])


@pytest.mark.parametrize(
    ("about", "path"),
    [
        (replace(ABOUT, name=" "), "$.name"),
        (replace(ABOUT, name="x" * 201), "$.name"),
        (replace(ABOUT, summary="x" * 2_001), "$.description"),
        (replace(ABOUT, category="cooking"), "$.template.category"),
        (replace(ABOUT, department="x" * 61), "$.template.department"),
        (replace(ABOUT, difficulty="hard"), "$.template.difficulty"),
        (replace(ABOUT, tags=("x",) * 21), "$.template.tags"),
    ],
)
async def test_what_is_said_about_it_has_limits(owner: Actor, own: OwnTemplateService, about: About, path: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        await own.save(owner, "wf_calls", about)
    assert [one.path for one in refused.value.problems] == [path]


async def test_details_change_and_the_workflow_in_it_stays(house: House, owner: Actor, own: OwnTemplateService) -> None:
    made = await own.save(owner, "wf_calls", ABOUT, ask=["tell.subject"], test="Evening")
    before = (await own.get(owner, made.row.id)).workflow
    row = await own.change(owner, made.row.id, replace(ABOUT, name="Rates by mail", category="support"))
    assert (row.id, row.name, row.category) == ("our-bank-rates", "Rates by mail", "support")
    after = await own.get(owner, made.row.id)
    assert after.workflow.nodes == before.nodes
    assert after.samples == list(before.tests)
    assert [one["kind"] for one in after.setup][-1] == "value"
    with pytest.raises(UnreadableDocument):
        await own.change(owner, made.row.id, replace(ABOUT, category="cooking"))


async def test_a_deleted_template_can_be_brought_back(house: House, owner: Actor, own: OwnTemplateService) -> None:
    made = await own.save(owner, "wf_calls", ABOUT)
    raw = await house.studio.templates.export(owner, made.row.id)
    gone = await own.delete(owner, made.row.id)
    with pytest.raises(NotFound):
        await house.studio.templates.get(owner, made.row.id)
    await own.bring_back(owner, gone)
    assert await house.studio.templates.export(owner, made.row.id) == raw
    with pytest.raises(NotFound):
        await own.delete(owner, "invoice-reminder")


async def test_a_file_comes_back_byte_for_byte(house: House, owner: Actor, own: OwnTemplateService) -> None:
    made = await own.save(owner, "wf_calls", ABOUT, ask=["tell.subject"], test="Morning")
    raw = await house.studio.templates.export(owner, made.row.id)
    with pytest.raises(Conflict):
        await own.import_file(owner, raw)
    copy = await own.import_file(owner, raw, on_conflict="copy")
    assert copy.row.id == "our-bank-rates-2"
    await own.delete(owner, made.row.id)
    again = await own.import_file(owner, raw)
    assert again.row.id == made.row.id
    assert await house.studio.templates.export(owner, again.row.id) == raw
    replaced = await own.import_file(owner, raw.replace(b"Bank rates", b"Other rates"), on_conflict="replace")
    assert (replaced.row.id, replaced.row.name) == ("our-bank-rates", "Other rates")


async def test_a_shipped_template_can_be_taken_along_as_an_own_one(
    house: House, owner: Actor, own: OwnTemplateService
) -> None:
    raw = await house.studio.templates.export(owner, "invoice-reminder")
    made = await own.import_file(owner, raw)
    assert made.row.id == "our-invoice-reminder"
    assert not [one for one in made.problems if one.severity == "error"]
    run = (await house.studio.templates.try_out(owner, made.row.id)).result()
    assert run["status"] == "completed"


async def test_a_bad_file_tells_every_fault_with_its_place(owner: Actor, own: OwnTemplateService) -> None:
    bad = json.loads(json.dumps(WORKFLOW))
    bad["template"] = {
        "category": "cooking",
        "difficulty": "hard",
        "tags": ["fine", 7],
        "setup": [
            {"kind": "wish", "key": "", "label": "x"},
            {"kind": "value", "key": "tell.colour", "label": "Colour"},
            3,
        ],
    }
    bad["tests"] = [{"name": 1, "sample": {}}]
    with pytest.raises(UnreadableDocument) as refused:
        await own.import_file(owner, json.dumps(bad).encode())
    assert [one.path for one in refused.value.problems] == [
        "$.tests[0]",
        "$.template.category",
        "$.template.difficulty",
        "$.template.tags[1]",
        "$.template.setup[0].kind",
        "$.template.setup[0].key",
        "$.template.setup[1].key",
        "$.template.setup[2]",
    ]
    with pytest.raises(UnreadableDocument) as refused:
        await own.import_file(owner, json.dumps({**WORKFLOW, "nodes": 3, "edges": "x"}).encode())
    assert {one.path for one in refused.value.problems} >= {"$.nodes", "$.edges"}
    with pytest.raises(UnreadableDocument) as refused:
        await own.import_file(owner, json.dumps(WORKFLOW).encode())
    assert [one.code for one in refused.value.problems] == ["no_template"]
    with pytest.raises(BadRequest):
        await own.import_file(owner, b"not json")
    with pytest.raises(BadRequest, match="2 MB"):
        await own.import_file(owner, b" " * (MOST_BYTES + 1))


async def test_a_sample_that_is_too_large_is_refused(house: House, owner: Actor, own: OwnTemplateService) -> None:
    flow = {**WORKFLOW, "id": "wf_big", "tests": [{"name": "Big", "sample": {"trigger": {"body": "x" * MOST_BYTES}}}]}
    await house.studio.exchange.import_document(owner, flow)
    with pytest.raises(BadRequest, match="2 MB"):
        await own.save(owner, "wf_big", ABOUT, test="Big")


async def test_viewers_look_and_builders_save(house: House, owner: Actor, own: OwnTemplateService) -> None:
    builder, onlooker = viewer(owner, Role.BUILDER), viewer(owner)
    made = await own.save(builder, "wf_calls", ABOUT)
    raw = await house.studio.templates.export(onlooker, made.row.id)
    assert [one.id for one in await own.rows(onlooker)] == [made.row.id]
    kept = await own.kept(onlooker, made.row.id)
    deeds: tuple[Callable[[Actor], Awaitable[object]], ...] = (
        lambda actor: own.choices(actor, "wf_calls"),
        lambda actor: own.save(actor, "wf_calls", ABOUT),
        lambda actor: own.change(actor, made.row.id, ABOUT),
        lambda actor: own.delete(actor, made.row.id),
        lambda actor: own.bring_back(actor, kept),
        lambda actor: own.import_file(actor, raw),
        lambda actor: house.studio.templates.try_out(actor, made.row.id),
        lambda actor: house.studio.templates.create(actor, made.row.id),
    )
    for role in (Role.VIEWER, Role.OPERATOR):
        for deed in deeds:
            with pytest.raises(NotAllowed):
                await deed(viewer(owner, role))
    elsewhere = replace(owner, workspace="other")
    assert await own.rows(elsewhere) == []
    with pytest.raises(NotFound):
        await own.get(elsewhere, made.row.id)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Late Payers!", "our-late-payers"),
        ("…", "our-template"),
        ("our-x", "our-x"),
        ("Ä" + "b" * 90, "our-" + "b" * 60),
    ],
)
def test_ids_come_from_names_and_never_from_the_shipped_ones(name: str, expected: str) -> None:
    assert own_id(name) == expected
