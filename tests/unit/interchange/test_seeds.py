"""Documents as the seeds write them: steps in a row, conditions, delays and approvals on the action itself."""

from flowstudio.interchange import dump_document, write_document
from tests.support.workflows import read, registry, workflow

SEED_3 = {
    "name": "Client at risk",
    "is_active": True,
    "triggers": [
        {"type": "stage_change", "config": {"fromStage": "onboarding", "toStage": "live"}},
        {"type": "inactivity", "config": {"entity": "customers", "days": 30}},
    ],
    "actions": [
        {
            "type": "create_task",
            "config": {
                "title": "Call {{client.name}}",
                "assignee": "ada@x.example",
                "priority": "high",
                "dueDate": "2 days",
            },
            "delay_minutes": 30,
            "condition": {"field": "client.health", "operator": "equals", "value": "red", "type": "comparison"},
            "continue_on_failure": True,
            "requires_approval": True,
        },
        {
            "type": "send_notification",
            "config": {"channel": "slack", "message": "{{client.name}} is red", "recipients": ["#care"]},
        },
    ],
}


def test_actions_in_a_row_become_nodes_with_a_delay_of_their_own() -> None:
    found = workflow(SEED_3)
    assert [(node.id, node.key) for node in found.nodes] == [
        ("step_1_delay", "delay"),
        ("step_1", "action.create_task"),
        ("step_2", "action.send_notification"),
    ]
    assert [edge.id for edge in found.edges] == [
        "trigger:out>step_1_delay",
        "step_1_delay:out>step_1",
        "step_1:out>step_2",
    ]
    assert found.nodes[0].config == {"for": "30 minutes"}


def test_condition_approval_and_failure_rule_stay_with_the_action() -> None:
    node = workflow(SEED_3).nodes[1]
    assert node.run_if == {"field": "client.health", "operator": "equals", "value": "red"}
    assert node.requires_approval is True
    assert node.on_error == "continue"


def test_names_of_settings_in_the_seeds_are_understood() -> None:
    result = read(SEED_3)
    assert result.problems == []
    nodes = workflow(SEED_3).nodes
    assert nodes[1].config["due"] == "2 days"
    assert nodes[2].config["text"] == "{{client.name}} is red"


def test_two_triggers_of_a_chain_are_one_of_both() -> None:
    trigger = write_document(workflow(SEED_3))["trigger"]
    assert trigger["type"] == "both_of"
    assert trigger["config"]["parts"][0] == {
        "type": "stage_change",
        "config": {"from_stage": "onboarding", "to_stage": "live"},
    }


def test_switch_of_the_seeds_is_the_status() -> None:
    assert workflow(SEED_3).status == "active"


def test_steps_of_seed_0_are_understood() -> None:
    document = {
        "trigger": {"type": "ticket_created", "conditions": {"priority": "high"}},
        "steps": [{"id": "assign", "type": "action", "config": {"action": "createTicket", "subject": "x"}}],
    }
    found = workflow(document)
    assert (found.nodes[0].action, found.nodes[0].config) == ("create_ticket", {"subject": "x"})
    assert found.triggers[0].config["filter"]["value"] == "high"


def test_automation_steps_of_seed_4_are_understood() -> None:
    document = {
        "name": "Sprint",
        "trigger": {"type": "manual"},
        "steps": [
            {
                "id": "mail",
                "actionType": "AUTOMATION_EMAIL",
                "actionConfig": {"to": "a@x.example", "subject": "Hi", "runAt": "2026-03-02T09:00"},
                "notificationPolicies": [{"channel": "sms", "template": "late", "trigger": "ON_FAILED"}],
            }
        ],
    }
    found = workflow(document)
    assert [node.key for node in found.nodes] == ["delay", "action.send_email"]
    assert found.nodes[0].config == {"until": "2026-03-02T09:00"}
    notify = found.nodes[1].notify[0]
    assert (notify.on, notify.channel, notify.message) == ("failed", "sms", "late")


def test_imported_chain_is_a_fixed_point() -> None:
    first = workflow(SEED_3)
    written = dump_document(first)
    second = read(written)
    assert second.workflow == first
    assert second.workflow is not None
    assert dump_document(second.workflow) == written
    assert registry().find("trigger.both_of") is not None
