"""A variable's new name reaches every use of it, and nothing else."""

import json

import pytest

from flowstudio.analysis import check
from flowstudio.config import TEMPLATES
from flowstudio.domain.workflow import Workflow
from flowstudio.errors import BadRequest
from flowstudio.interchange import dump_document, read_document
from flowstudio.services.editing.renaming import rename_assigned, rename_item, rename_result
from tests.support.workflows import decision, drawing, end, facts, loop, query, registry, task, workflow

TEXTS = "{{invoices[0].number}}, {{count(invoices)}} of {{ invoices | first }}; invoices {{'invoices'}} {{total(filter(invoices, 'amount > 5'), 'amount')}}"


def example() -> Workflow:
    each = loop("l", "{{invoices}}", "invoice", collect="{{invoice.number}}")
    asks = {
        **decision("c", "invoice.amount", "greater_than", "{{invoices[0].amount}}"),
        "run_if": {"field": "count(invoices)", "operator": "greater_than", "value": 0},
    }
    told = task(
        "t",
        TEXTS,
        notify=[{"on": "failed", "channel": "email", "to": "{{settings.sales_email}}", "message": "{{invoices}}"}],
    )
    inner = task("i", "{{invoice.number}} {{item}} {{loop.item.number}}")
    return workflow(
        drawing(
            "T>q, q>l, l[each]>c, c[true]>i, l[done]>t, t>z",
            query("q", "invoices"),
            each,
            asks,
            inner,
            told,
            end("z", reason="{{invoices}} done"),
        )
    )


def without_problems(found: Workflow) -> list[str]:
    return [
        one.message
        for one in check(found, registry(), facts())
        if one.severity == "error" and "item" not in one.message
    ]


def test_every_use_of_a_result_follows_and_quoted_text_stays() -> None:
    renamed = rename_result(example(), "q", "overdue", registry(), facts(), "invoices")
    assert renamed.node("q").outputs == ("overdue",)
    assert renamed.node("l").config["collection"] == "{{overdue}}"
    assert renamed.node("c").config["condition"]["value"] == "{{overdue[0].amount}}"
    assert renamed.node("c").run_if["field"] == "count(overdue)"
    assert renamed.node("t").config["title"] == TEXTS.replace("invoices", "overdue").replace(
        "; overdue {{'overdue'}}", "; invoices {{'invoices'}}"
    )
    assert renamed.node("t").notify[0].message == "{{overdue}}"
    assert renamed.node("z").config["reason"] == "{{overdue}} done"
    assert renamed.node("q").config["entity"] == "invoices"
    assert without_problems(renamed) == []


def test_and_back_again_is_the_same_document() -> None:
    once = rename_result(example(), "q", "overdue", registry(), facts(), "invoices")
    assert dump_document(rename_result(once, "q", "invoices", registry(), facts(), "overdue")) == dump_document(
        example()
    )


def test_every_use_of_an_item_follows_inside_its_loop() -> None:
    renamed = rename_item(example(), "l", "bill", registry(), facts())
    assert renamed.node("l").config["item_variable"] == "bill"
    assert renamed.node("l").config["collect"] == "{{bill.number}}"
    assert renamed.node("c").config["condition"]["field"] == "bill.amount"
    assert renamed.node("i").config["title"] == "{{bill.number}} {{item}} {{loop.item.number}}"
    assert without_problems(renamed) == []


def test_an_inner_loop_keeps_its_own_item() -> None:
    inner = loop("m", "{{invoice.lines}}", "invoice")
    document = drawing(
        "T>q, q>l, l[each]>m, m[each]>a, m[done]>b, l[done]>z", query("q", "invoices"), loop("l", "{{invoices}}", "invoice"), inner,
        task("a", "{{invoice.amount}}"), task("b", "{{invoice.number}}"), end("z"),
    )  # fmt: skip
    renamed = rename_item(workflow(document), "l", "bill", registry(), facts())
    assert renamed.node("m").config["collection"] == "{{bill.lines}}"
    assert renamed.node("a").config["title"] == "{{invoice.amount}}"
    assert renamed.node("b").config["title"] == "{{bill.number}}"


def test_an_assigned_variable_follows() -> None:
    sets = {"id": "s", "name": "Set", "type": "transform", "config": {"set": {"limit": "5", "other": "{{now}}"}}}
    found = workflow(drawing("T>s, s>a, a>z", sets, task("a", "{{limit + 1}} {{other}}"), end("z")))
    renamed = rename_assigned(found, "s", {"most": "5", "other": "{{now}}"}, registry(), facts())
    assert renamed.node("s").config["set"] == {"most": "5", "other": "{{now}}"}
    assert renamed.node("a").config["title"] == "{{most + 1}} {{other}}"
    added = rename_assigned(renamed, "s", {"most": "5", "other": "{{now}}", "third": "1"}, registry(), facts())
    assert added.node("a").config["title"] == "{{most + 1}} {{other}}"


def test_what_two_steps_give_is_left_to_the_other_one() -> None:
    first, second = query("q", "found"), query("r", "found")
    document = drawing(
        "T>c, c[true]>q, c[false]>r, q>a, r>b, a>d, b>d, d>z",
        decision("c"),
        first,
        second,
        task("a", "{{found}}"),
        task("b", "{{found}}"),
        task("d", "{{found}}"),
        end("z"),
    )
    renamed = rename_result(workflow(document), "q", "mine", registry(), facts(), "found")
    assert [renamed.node(one).config["title"] for one in "abd"] == ["{{mine}}", "{{found}}", "{{found}}"]


@pytest.mark.parametrize("name", ["now", "settings", "and", "two words", "5x", "invoice", ""])
def test_a_name_that_is_taken_or_none_is_refused(name: str) -> None:
    if not name:
        assert rename_result(example(), "q", "", registry(), facts(), "invoices").node("q").outputs == ()
        return
    with pytest.raises(BadRequest):
        rename_result(example(), "q", name, registry(), facts(), "invoices")


def test_in_all_templates_a_rename_breaks_nothing() -> None:
    for file in sorted(TEMPLATES.glob("*/*.json")):
        found = read_document({**json.loads(file.read_bytes()), "tests": []}, registry()).workflow
        assert found is not None
        known = [one.message for one in check(found, registry(), facts()) if one.severity == "error"]
        for node in found.nodes:
            if node.outputs:
                renamed = rename_result(found, node.id, "zz_result", registry(), facts(), node.outputs[0])
                shared = sum(node.outputs[:1] == other.outputs[:1] for other in found.nodes) > 1
                after = [one.message for one in check(renamed, registry(), facts()) if one.severity == "error"]
                assert shared or len(after) == len(known), (file.stem, node.id, after)
