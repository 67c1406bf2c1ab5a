"""Triggers: one or several, flat keys, ids, inputs."""

import pytest

from flowstudio.interchange import write_document
from tests.support.workflows import checked, codes, drawing, edges_of, read, task, workflow


def _triggers(document: dict) -> dict:
    written = write_document(workflow(document))
    return {key: written[key] for key in ("trigger", "triggers") if key in written}


def test_single_trigger_has_the_id_trigger_and_is_written_as_a_block() -> None:
    document = drawing("T>a", task("a"), trigger={"type": "schedule", "config": {"cron": "0 9 * * *"}})
    assert workflow(document).triggers[0].id == "trigger"
    assert _triggers(document) == {"trigger": {"type": "schedule", "config": {"cron": "0 9 * * *"}}}


def test_flat_keys_move_into_config() -> None:
    document = drawing(
        "T>a", task("a"), trigger={"type": "event", "event": "customer.created", "filter": {"type": "enterprise"}}
    )
    assert _triggers(document) == {
        "trigger": {
            "type": "event",
            "config": {
                "event": "customer.created",
                "filter": {"field": "type", "operator": "equals", "value": "enterprise"},
            },
        }
    }


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({"type": "scheduled", "cron": "0 9 * * *"}, "schedule"),
        ({"cron": "0 9 * * *"}, "schedule"),
        ({"type": "invoice.created"}, "event"),
        ("invoice.created", "event"),
        ("manual", "manual"),
        ({"type": "ticket_created", "conditions": {"priority": "high"}}, "ticket_created"),
    ],
)
def test_seeds_forms_are_understood(written: object, kind: str) -> None:
    result = read(drawing("T>a", task("a"), trigger=written))
    assert result.problems == []
    assert result.workflow is not None
    assert result.workflow.triggers[0].type == kind


def test_where_and_conditions_of_a_trigger_become_its_filter() -> None:
    document = drawing("T>a", task("a"), trigger={"type": "ticket_created", "conditions": {"priority": "high"}})
    assert workflow(document).triggers[0].config == {
        "filter": {"field": "priority", "operator": "equals", "value": "high"}
    }


def test_several_triggers_keep_their_ids_and_each_starts_runs() -> None:
    several = [{"id": "t1", "type": "manual"}, {"type": "webhook", "config": {"slug": "lead-form"}}]
    document = drawing("t1>a, trigger_2>b", task("a"), task("b"), triggers=several)
    del document["trigger"]
    assert [trigger.id for trigger in workflow(document).triggers] == ["t1", "trigger_2"]
    assert edges_of(document) == {"t1:out>a", "trigger_2:out>b"}
    assert codes(checked(document), "error") == []


def test_edge_from_trigger_leaves_from_all_of_them() -> None:
    several = [{"id": "t1", "type": "manual"}, {"id": "t2", "type": "manual"}]
    document = drawing("T>a", task("a"), triggers=several)
    del document["trigger"]
    assert codes(checked(document), "error") == []


def test_trigger_may_have_a_name() -> None:
    document = drawing("T>a", task("a"), trigger={"type": "manual", "name": "Ask me"})
    assert _triggers(document)["trigger"]["name"] == "Ask me"


def test_inputs_of_the_document_and_of_a_manual_trigger_are_one_thing() -> None:
    first = {"name": "n", "type": "text", "required": True}
    document = drawing(
        "T>a",
        task("a"),
        inputs=[first],
        trigger={"type": "manual", "config": {"inputs": [{"name": "m", "type": "number"}]}},
    )
    written = write_document(workflow(document))
    assert "inputs" not in written
    assert [one["name"] for one in written["trigger"]["config"]["inputs"]] == ["m", "n"]


def test_inputs_stay_at_the_top_without_a_manual_trigger() -> None:
    document = drawing(
        "T>a", task("a"), inputs=[{"name": "n", "type": "text"}], trigger={"type": "webhook", "slug": "x"}
    )
    assert write_document(workflow(document))["inputs"] == [{"name": "n", "type": "text"}]


def test_trigger_without_a_type_and_trigger_that_is_none_are_refused() -> None:
    assert codes(read(drawing("T>a", task("a"), trigger={})).problems) == ["missing"]
    assert codes(read(drawing("T>a", task("a"), trigger=5)).problems) == ["wrong_type"]


def test_duplicate_trigger_ids_are_refused() -> None:
    document = drawing("T>a", task("a"), triggers=[{"id": "t", "type": "manual"}, {"id": "t", "type": "manual"}])
    assert codes(read(document).problems) == ["duplicate_id"]
