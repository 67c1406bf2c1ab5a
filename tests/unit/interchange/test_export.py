"""Writing: fixed order, defaults left out, the layout apart."""

import json

from flowstudio.interchange import dump_document, workflow_schema, write_document
from tests.support.workflows import decision, drawing, example, loop, read, registry, task, workflow


def _reversed(value: dict) -> dict:
    return dict(reversed(value.items()))


def test_keys_come_in_a_fixed_order_whatever_order_they_came_in() -> None:
    document = example()
    shuffled = _reversed(document)
    shuffled["nodes"] = [_reversed(node) for node in document["nodes"]]
    for node in shuffled["nodes"]:
        if "config" in node:
            node["config"] = _reversed(node["config"])
    shuffled["edges"] = [_reversed(edge) for edge in document["edges"]]
    assert dump_document(workflow(shuffled)) == dump_document(workflow(document))
    assert list(write_document(workflow(document))) == [
        "id",
        "name",
        "description",
        "version",
        "status",
        "trigger",
        "nodes",
        "edges",
    ]


def test_flow_settings_stand_at_the_top_of_their_node() -> None:
    written = write_document(
        workflow(drawing("T>c, c[true]>l, l[each]>a", decision("c"), loop("l", "{{x}}", "y"), task("a")))
    )
    assert list(written["nodes"][0]) == ["id", "name", "type", "condition"]
    assert list(written["nodes"][1]) == ["id", "name", "type", "collection", "item_variable"]
    assert list(written["nodes"][2]) == ["id", "name", "type", "action", "config"]


def test_moving_a_box_changes_only_the_layout() -> None:
    placed = {"nodes": {"a": {"x": 0, "y": 0}, "b": {"x": 12, "y": 24.5}}}
    before = write_document(workflow(drawing("T>a, a>b", task("a"), task("b"), layout=placed)))
    moved = {"nodes": {"a": {"x": 240, "y": 0}, "b": {"x": 12, "y": 24.5}}}
    after = write_document(workflow(drawing("T>a, a>b", task("a"), task("b"), layout=moved)))
    assert {key for key in before if before[key] != after[key]} == {"layout"}
    assert before["layout"] == placed


def test_defaults_are_not_written() -> None:
    document = drawing("T>a", task("a", disabled=False, note="", requires_approval=False, outputs=[], notify=[]))
    assert set(write_document(workflow(document))["nodes"][0]) == {"id", "name", "type", "action", "config"}


def test_everything_a_node_may_have_comes_back() -> None:
    node = task(
        "a", outputs=["todo"], disabled=True, note="n", run_if={"field": "settings.currency", "operator": "equals", "value": "EUR"},
        requires_approval={"approvers": ["boss"]}, retry={"attempts": 2, "backoff": "fixed", "first": "1 second", "max": "1 minute"},
        timeout="60 seconds", reuse_for="10 minutes", on_error="fallback", fallback={"action": "create_ticket", "config": {"subject": "s", "priority": "low"}},
        notify=[{"on": "ready", "channel": "sms", "to": "x", "message": "m"}],
    )  # fmt: skip
    written = write_document(workflow(drawing("T>a", node)))["nodes"][0]
    assert written == node
    assert list(written)[5:] == [
        "outputs", "disabled", "note", "run_if", "requires_approval", "retry", "timeout", "reuse_for", "on_error", "fallback", "notify",
    ]  # fmt: skip


def test_all_blocks_of_the_envelope_come_back() -> None:
    further = {
        "description": "d", "version": 7, "status": "paused",
        "settings": {"concurrency": "queued", "max_runs_per_hour": 5, "dedupe_window": "5 minutes", "ask_after": 3, "max_sent_per_hour": 90, "pause_after_failures": 4, "timeout": "2 hours", "priority": "high", "retention": "30 days",
                     "minutes_saved": 1.5, "snapshot": "frozen", "alert_to": ["a@x.example"]},
        "layout": {"nodes": {"a": {"x": 1, "y": 2}}, "notes": [{"text": "t"}], "groups": [{"name": "g"}]},
        "tests": [{"name": "one", "sample": {"now": "2026-03-02T09:00"}, "expects": {}}],
        "template": {"category": "finance", "tags": [], "difficulty": "beginner", "setup": []},
    }  # fmt: skip
    written = write_document(workflow(drawing("T>a", task("a"), **further)))
    assert {key: written[key] for key in further} == further


def test_workflow_without_a_trigger_can_be_kept_as_a_draft() -> None:
    document = drawing("", task("a"), triggers=[])
    del document["trigger"]
    written = write_document(workflow(document))
    assert written["triggers"] == []
    assert read(written).workflow == workflow(document)


def test_single_trigger_with_another_id_is_written_in_the_list() -> None:
    document = drawing("go>a", task("a"), triggers=[{"id": "go", "type": "manual"}])
    del document["trigger"]
    assert write_document(workflow(document))["triggers"] == [{"id": "go", "type": "manual"}]


def test_schema_knows_every_node_type_and_every_setting() -> None:
    schema = workflow_schema(registry())
    assert schema["required"] == ["name", "nodes", "edges"]
    steps = schema["properties"]["nodes"]["items"]["oneOf"]
    assert len(steps) == len(registry().all()) - len(registry().triggers())
    email = schema["$defs"]["SendEmailConfig"]["properties"]
    assert set(email) >= {"to", "subject", "template", "variables"}
    assert json.loads(json.dumps(schema)) == schema


def test_schema_can_be_had_without_node_types() -> None:
    assert workflow_schema()["properties"]["nodes"]["items"] == {"type": "object"}
