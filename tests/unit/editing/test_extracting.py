"""What becomes of steps that are taken out, and which of them cannot leave."""

from __future__ import annotations

from typing import Any

import pytest

from flowstudio.analysis import MemoryFacts
from flowstudio.domain.workflow import Workflow
from flowstudio.errors import BadRequest
from flowstudio.kit.record_types import shipped_record_types
from flowstudio.services.editing.extracting import Extraction, extracted
from tests.support.documents import act, drawn
from tests.support.engine import registry, workflow_of

FACTS = MemoryFacts(shipped_record_types(), {}, {}, workflow_ids=frozenset({"wf_part"}))
ASKS = {"type": "manual", "config": {"inputs": [
    {"name": "invoice", "type": "record:invoices", "required": True}, {"name": "fee", "type": "number"},
]}}  # fmt: skip


def mail(node_id: str, text: str, **fields: Any) -> dict[str, Any]:
    return act(node_id, "send_email", {"to": "a@example.org", "subject": node_id, "body": text}, **fields)


def task(node_id: str, title: str, out: str | None = None, **fields: Any) -> dict[str, Any]:
    return act(node_id, "create_task", {"title": title, "assignee": "ann@example.org"}, out, **fields)


def loop(node_id: str, collection: str, **fields: Any) -> dict[str, Any]:
    return {"id": node_id, "type": "loop", "name": node_id, "collection": collection, **fields}


def ask(node_id: str, field: str) -> dict[str, Any]:
    rule = {"all": [{"field": field, "operator": "greater_than", "value": 10}]}
    return {"id": node_id, "type": "condition", "name": node_id, "condition": rule}


def end(node_id: str) -> dict[str, Any]:
    return {"id": node_id, "type": "end", "name": node_id}


def take(document: dict[str, Any], *chosen: str, name: str = "Part") -> Extraction:
    return extracted(workflow_of({"trigger": ASKS, **document}), chosen, name, "wf_part", registry(), FACTS)


def ways(workflow: Workflow) -> set[str]:
    return {edge.id for edge in workflow.edges}


LINE = drawn(
    "T>a,a>b,b>c,c>d",
    task("a", "Look at {{invoice.number}}", "looked"),
    task("b", "Bill {{invoice.number}} for {{looked.title}}", "billed"),
    mail("c", "{{billed.title}} and {{steps.b.record_id}}"),
    mail("d", "Over"),
)


def test_one_step_stands_in_the_place_of_the_chosen_and_waits() -> None:
    made = take(LINE, "b", name="Bill it")
    call = made.caller.node(made.step)
    assert call is not None
    assert (call.type, call.name, call.config["workflow"], call.config["wait"]) == (
        "workflow",
        "Bill it",
        "wf_part",
        True,
    )
    assert call.config["input"] == {"invoice": "{{invoice}}", "looked": "{{looked}}"}
    assert ways(made.caller) == {"trigger:out>a", f"a:out>{call.id}", f"{call.id}:out>c", "c:out>d"}
    assert made.caller.node("b") is None


def test_inputs_have_the_types_of_what_they_are_given_and_results_are_picked_from_the_step() -> None:
    made = take(LINE, "b", name="Bill it")
    assert made.called.triggers[0].config["inputs"] == [
        {"name": "invoice", "type": "record:invoices", "required": True},
        {"name": "looked", "type": "record:tasks", "required": True},
    ]
    assert made.caller.node("c").config["body"] == "{{bill_it.billed.title}} and {{bill_it.record_id}}"


def test_what_no_variable_names_is_given_back_by_a_step_of_its_own() -> None:
    made = take(drawn("T>a,a>b", task("a", "One"), mail("b", "{{steps.a.record.title}}")), "a")
    back = next(node for node in made.called.nodes if node.type == "transform")
    assert list(back.config["set"].values()) == ["{{steps.a.record}}"]
    [name] = back.config["set"]
    assert made.caller.node("b").config["body"] == f"{{{{part.{name}.title}}}}"
    assert [node.type for node in made.called.nodes] == ["action", "transform", "end"]


def test_paths_of_trigger_run_and_other_steps_become_inputs_with_names_that_mean_something() -> None:
    made = take(
        drawn(
            "T>a,a>b",
            task("a", "One", name="Look it up"),
            mail("b", "{{trigger.invoice.number}} {{run.id}} {{steps.a.record.title}} {{settings.base_url}} {{now}}"),
        ),
        "b",
    )
    given = made.caller.node(made.step).config["input"]
    assert given == {
        "invoice_number": "{{trigger.invoice.number}}",
        "run_id": "{{run.id}}",
        "task": "{{steps.a.record}}",
    }
    body = made.called.node("b").config["body"]
    assert body == "{{invoice_number}} {{run_id}} {{task.title}} {{settings.base_url}} {{now}}"


def test_a_loop_takes_its_body_along_and_steps_in_a_loop_get_the_item() -> None:
    flow = drawn(
        "T>l,l[each]>m,m>n,l[done]>o", loop("l", "{{invoice.items}}", item_variable="line"), mail("m", "{{line}}"),
        mail("n", "{{loop.index}}"), mail("o", "Over"),
    )  # fmt: skip
    whole = take(flow, "l")
    assert set(whole.cut.steps) == {"l", "m", "n"}
    inner = take(flow, "n")
    assert inner.caller.node(inner.step).config["input"] == {"loop_index": "{{loop.index}}"}
    assert f"m:out>{inner.step}" in ways(inner.caller)


def test_ends_stay_and_a_decision_leads_on_by_the_way_that_was_taken() -> None:
    made = take(
        drawn("T>a,a[true]>b,a[false]>e,b>f", ask("a", "invoice.amount"), mail("b", "Much"), end("e"), mail("f", "On")),
        "a", "b", "e",
    )  # fmt: skip
    assert made.cut.ends == ("e",)
    assert made.caller.node("e") is not None
    choice = next(node for node in made.caller.nodes if node.type == "switch")
    assert {edge.target for edge in made.caller.edges if edge.source == choice.id} == {"e", "f"}
    marks = {key for node in made.called.nodes if node.type == "transform" for key in node.config["set"]}
    assert marks == {"to_e", "to_send_email"}


def test_a_part_whose_ways_all_lead_on_needs_no_decision() -> None:
    made = take(
        drawn("T>a,a[true]>b,a[false]>c,b>d,c>d", ask("a", "fee"), mail("b", "1"), mail("c", "2"), mail("d", "3")),
        "a", "b", "c",
    )  # fmt: skip
    assert made.cut.sure
    assert {node.type for node in made.caller.nodes} == {"workflow", "action"}


def test_groups_and_notes_go_along() -> None:
    source = workflow_of({"trigger": ASKS, **LINE})
    layout = source.layout.model_copy(update={
        "groups": ({"id": "g", "name": "Billing", "nodes": ["b", "c"]},),
        "notes": ({"id": "n", "text": "Mind the fee", "x": 0, "y": 0},),
    })  # fmt: skip
    source = source.model_copy(update={"layout": layout})
    made = extracted(source, ["group:g", "note:n"], "", "wf_part", registry(), FACTS)
    assert made.called.name == "Billing"
    assert [one["name"] for one in made.called.layout.groups] == ["Billing"]
    assert [one["text"] for one in made.called.layout.notes] == ["Mind the fee"]
    assert (made.caller.layout.groups, made.caller.layout.notes) == ((), ())


def test_a_step_of_a_group_leaves_its_place_in_the_group_to_the_step_that_calls() -> None:
    source = workflow_of({"trigger": ASKS, **LINE})
    layout = source.layout.model_copy(update={"groups": ({"id": "g", "name": "Billing", "nodes": ["b", "c"]},)})
    made = extracted(source.model_copy(update={"layout": layout}), ["b"], "", "wf_part", registry(), FACTS)
    assert made.caller.layout.groups[0]["nodes"] == ["c", made.step]
    assert made.called.layout.groups == ()


SPLIT = drawn(
    "T>p,p[branch:one]>a,p[branch:two]>b,a>j,b>j",
    {"id": "p", "type": "parallel", "name": "Both at once", "branches": ["one", "two"]},
    mail("a", "1"),
    mail("b", "2"),
    {"id": "j", "type": "join", "name": "Meet"},
)
LOOPED = drawn("T>l,l[each]>m,l[done]>o", loop("l", "{{invoice.items}}"), mail("m", "{{item}}"), mail("o", "Over"))
MIXED = drawn("T>a,a>b,b>c", {"id": "a", "type": "transform", "set": {"sum": 1}}, {"id": "b", "type": "transform", "set": {"sum": 2}}, mail("c", "{{sum}}"))  # fmt: skip


CARRIED = drawn(
    "T>s,s>l,l[each]>m,l[done]>o",
    {"id": "s", "type": "transform", "name": "Begin", "set": {"best": 0}},
    loop("l", "{{invoice.items}}"),
    {"id": "m", "type": "transform", "name": "Keep", "set": {"best": "{{item}}"}},
    mail("o", "{{best}}"),
)


@pytest.mark.parametrize(
    ("document", "chosen", "said"),
    [
        (LINE, (), "Choose the steps"),
        (LINE, ("trigger", "a"), "What starts the workflow stays in it"),
        (LINE, ("a", "c"), '"Send email"'),
        (LOOPED, ("m", "o"), 'stands inside "l"'),
        (SPLIT, ("p", "a", "b"), '"Both at once" splits the way'),
        (SPLIT, ("a", "b", "j"), "are all led to from outside"),
        (drawn("T>a,a>e", mail("a", "1"), end("e")), ("e",), "An end ends this workflow"),
        (
            drawn("T>l,l[each]>e", loop("l", "{{invoice.items}}"), end("e")),
            ("l",),
            '"e" ends the whole run from inside "l"',
        ),
        (
            drawn("T>r", {"id": "r", "type": "respond", "name": "Say yes", "config": {"body": "yes"}}),
            ("r",),
            '"Say yes" answers the call',
        ),
        (
            drawn("T>a,a[true]>b", {"id": "a", "type": "condition", "name": "New fee?", "condition": {"all": [{"field": "fee", "operator": "changed"}]}}, mail("b", "1")),
            ("a", "b"),
            '"New fee?" asks what changed',
        ),
        (CARRIED, ("m",), '"Keep" and "Begin" both set "best"'),
        (CARRIED, ("s",), '"Begin" and "Keep" both set "best"'),
        (MIXED, ("b",), 'uses "sum", which comes from the chosen steps or from'),
        (drawn("T>a", act("a", "send_webhook", {"url": "https://x.example"}, name="Pass on")), ("a",), '"Pass on" sends on'),
        (drawn("T>a", mail("a", "{{ fee + }}", name="Broken")), ("a",), 'A text of "Broken" cannot be read'),
        (
            drawn("T>p,p[branch:one]>a,p[branch:two]>b,a>j,b>j", SPLIT["nodes"][0], mail("a", "1", name="First"), mail("b", "2"), {"id": "j", "type": "join", "name": "Either", "join": "any"}),
            ("a",),
            '"Either" goes on when one branch is done',
        ),
    ],
)  # fmt: skip
def test_what_cannot_leave_is_named(document: dict[str, Any], chosen: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadRequest) as refused:
        take(document, *chosen)
    assert said in refused.value.message
