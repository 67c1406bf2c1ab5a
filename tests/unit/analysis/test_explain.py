"""The workflow in plain English, and differences in sentences."""

from flowstudio.analysis import difference, explain
from tests.support.workflows import decision, drawing, end, example, loop, query, registry, task, workflow


def _text(document: dict) -> str:
    return explain(workflow(document), registry()).text


def test_example_reads_as_a_sentence_of_its_steps() -> None:
    text = _text(example())
    assert text.startswith("Every day at 09:00, find the invoices where the status is overdue and ")
    assert " For each invoice: if the reminder count is less than 3, send the message Invoice reminder to " in text
    assert ", otherwise create a ticket" in text
    assert text.endswith(".")


def test_parts_make_the_text_and_name_their_steps() -> None:
    found = explain(workflow(example()), registry())
    assert "".join(span["text"] for span in found.spans) == found.text
    assert [span["node_id"] for span in found.spans if span["node_id"]] == [
        "trigger",
        "node_1",
        "node_2",
        "node_3",
        "node_4",
        "node_5",
    ]
    assert [span["kind"] for span in found.spans if span["node_id"]] == [
        "trigger",
        "action",
        "flow",
        "condition",
        "action",
        "action",
    ]


def test_same_workflow_always_reads_the_same() -> None:
    assert _text(example()) == _text(example())


def test_branches_are_told_up_to_where_they_meet() -> None:
    text = _text(
        drawing(
            "T>c, c[true]>a, c[false]>b, a>d, b>d, d>z",
            decision("c"),
            task("a", "One"),
            task("b", "Two"),
            task("d", "Three"),
            end("z"),
        )
    )
    assert text.count("Three") == 1
    assert text.index("One") < text.index("Two") < text.index("Three")
    assert text.endswith("Then finish.")


def test_way_that_soon_ends_is_told_before_the_rest() -> None:
    rest = [task(f"n{index}", f"Step {index}") for index in range(4)]
    document = drawing(
        "T>c, c[true]>e, c[false]>n0, n0>n1, n1>n2, n2>n3, n3>z",
        decision("c"),
        end("e", outcome="stopped", reason="enough"),
        *rest,
        end("z"),
    )
    text = _text(document)
    assert ". Otherwise, " in text
    assert text.index("enough") < text.index("Step 0")


def test_only_a_no_is_told_as_unless() -> None:
    assert "unless " in _text(drawing("T>c, c[false]>a", decision("c"), task("a")))


def test_several_ways_and_nothing_yet_are_told() -> None:
    switch = {
        "id": "s",
        "type": "switch",
        "value": "{{settings.currency}}",
        "cases": [{"name": "euro", "value": "EUR"}],
    }
    assert ": for Euro, " in _text(drawing("T>s, s[euro]>a, s[default]>b", switch, task("a"), task("b"))) + " "
    assert _text(drawing("")).endswith("nothing is done yet.")
    empty = drawing("", triggers=[])
    del empty["trigger"]
    assert _text(empty) == "Nothing starts this workflow yet."


def test_circle_does_not_keep_the_teller_for_ever() -> None:
    assert "go on with" in _text(drawing("T>a, a>b, b>a", task("a"), task("b")))


def test_every_step_is_told_once() -> None:
    document = drawing(
        "T>q, q>l, l[each]>c, c[true]>a, c[false]>b, l[done]>d, d>z", query("q", "invoices"), loop("l", "{{invoices}}", "invoice"),
        decision("c", "invoice.amount"), task("a"), task("b"), task("d"), end("z"),
    )  # fmt: skip
    told = [span["node_id"] for span in explain(workflow(document), registry()).spans if span["node_id"]]
    assert sorted(told) == sorted(["trigger", "q", "l", "c", "a", "b", "d", "z"])


def test_nothing_changed_is_said() -> None:
    found = difference(workflow(example()), workflow(example()), registry())
    assert (found.changes, found.moved, found.text) == ((), 0, "Nothing has changed.")


def test_changes_are_told_by_step_and_setting_and_layout_apart() -> None:
    changed = example()
    changed["name"] = "Dunning"
    changed["nodes"][2]["condition"]["value"] = 5
    changed["nodes"][4]["config"]["priority"] = "urgent"
    changed["nodes"][3]["disabled"] = True
    changed["nodes"].append({"id": "z", "name": "Done", "type": "end"})
    changed["edges"].append({"from": "node_2", "to": "z", "condition": "done"})
    changed["layout"] = {"nodes": {"node_1": {"x": 12, "y": 0}}}
    found = difference(workflow(example()), workflow(changed), registry())
    assert found.moved == 1
    assert [change.sentence for change in found.changes] == [
        'The workflow "Invoice Reminder Workflow" is now called "Dunning".',
        '"Reminder count is less than 5?": "Rule" was changed from reminder count is less than 3 to reminder count is less than 5.',
        '"Send email" was switched off.',
        '"Create ticket": "Priority" was changed from high to urgent.',
        '"Done" was added (outcome: completed).',
        'The arrow from "For each" by Done to "Done" was added.',
    ]


def test_removed_step_takes_its_arrows_silently_with_it() -> None:
    before = drawing("T>a, a>b", task("a"), task("b"))
    after = drawing("T>a", task("a"))
    assert [
        (change.what, change.sentence) for change in difference(workflow(before), workflow(after), registry()).changes
    ] == [("removed", '"Task b" was removed.')]
