"""Faults of settings: missing, unknown, of the wrong kind, beyond limits, or dangerous."""

from collections.abc import Iterator
from typing import Any

from tests.templates.faults.seeding import (
    Document,
    Fault,
    Seeder,
    changed,
    fault,
    filters,
    nodes,
    put,
    triggers,
    without,
    written_texts,
)

NEEDED = {
    "send_email": "to", "send_sms": "to", "send_slack_message": "channel", "create_task": "title", "query_records": "entity",
    "update_record": "record", "create_record": "entity", "generate_document": "template", "calculate_value": "expression",
    "send_push_notification": "to", "create_in_app_notification": "to", "add_alert": "text", "notify_team": "text",
    "bulk_update": "records", "http_request": "url",
}  # fmt: skip


def missing_setting(document: Document) -> Iterator[Fault]:
    """A setting without which the step cannot work."""
    for index, node in nodes(document, "action"):
        key = NEEDED.get(node["action"])
        if key in node["config"]:
            new = without(document, ("nodes", index, "config", key))
            yield fault(new, "missing_setting", node["id"], within=key)
            yield fault(put(document, ("nodes", index, "config", key), ""), "missing_setting", node["id"], within=key)


def unknown_setting(document: Document) -> Iterator[Fault]:
    """A setting that the step does not know."""
    for index, node in nodes(document, "action"):
        new = put(document, ("nodes", index, "config", "colour"), "red")
        yield fault(new, "unknown_setting", node["id"], within="colour")


def setting_of_another_kind(document: Document) -> Iterator[Fault]:
    """A word where a number belongs."""
    for index, node in nodes(document, action="query_records"):
        yield fault(
            put(document, ("nodes", index, "config", "limit"), "many"), "wrong_setting", node["id"], within="limit"
        )
        yield fault(put(document, ("nodes", index, "config", "limit"), -5), "wrong_setting", node["id"], within="limit")


def choice_that_there_is_not(document: Document) -> Iterator[Fault]:
    """A priority that nobody knows."""
    for action in ("create_task", "create_ticket"):
        for index, node in nodes(document, action=action):
            yield fault(put(document, ("nodes", index, "config", "priority"), "hihg"), "wrong_setting", node["id"])


def unknown_action(document: Document) -> Iterator[Fault]:
    """An action that there is not."""
    for index, node in nodes(document, "action"):
        yield fault(put(document, ("nodes", index, "action"), f"{node['action']}x"), "unknown_action", node["id"])


def unknown_kind_of_step(document: Document) -> Iterator[Fault]:
    """A type of step that there is not."""
    for index, node in nodes(document, "delay", "notification", "transform", "approval"):
        yield fault(put(document, ("nodes", index, "type"), "oracle"), "unknown_node_type", node["id"])


def unknown_trigger(document: Document) -> Iterator[Fault]:
    """A trigger that there is not."""
    for place, trigger in triggers(document):
        yield fault(
            put(document, (*place, "type"), f"{trigger['type']}s"), "unknown_trigger", trigger.get("id", "trigger")
        )


def dead_connection(document: Document) -> Iterator[Fault]:
    """A connection that somebody has removed."""
    for action in ("send_email", "send_sms", "send_slack_message", "http_request", "charge_stripe"):
        for index, node in nodes(document, action=action):
            new = put(document, ("nodes", index, "config", "credential"), "the_old_account")
            yield fault(new, "unknown_credential", node["id"], within="credential")


def secret_typed_in(document: Document) -> Iterator[Fault]:
    """A key where everybody can read it."""
    for node_id, place, text in written_texts(document):
        for secret in ("sk_live_" + "a1B2c3D4e5F6g7H8", "Bearer abcdefghijklmnop1234"):
            yield fault(put(document, place, f"{text} {secret}"), "literal_secret", node_id)


def person_typed_in(document: Document) -> Iterator[Fault]:
    """Somebody's address in a text."""
    for node_id, place, text in written_texts(document):
        yield fault(put(document, place, f"{text} Ask jo.doe@corp.example."), "literal_personal_data", node_id)


def wait_beyond_limits(document: Document) -> Iterator[Fault]:
    """A wait of more than a year."""
    for index, node in nodes(document, "delay"):
        yield fault(put(document, ("nodes", index, "config", "for"), "400 days"), "too_long", node["id"])


def time_that_cannot_be_read(document: Document) -> Iterator[Fault]:
    """A duration that is none."""
    for index, node in nodes(document, "delay"):
        yield fault(put(document, ("nodes", index, "config", "for"), "a while"), "bad_duration", node["id"])
    for index, node in nodes(document, "approval"):
        yield fault(put(document, ("nodes", index, "config", "deadline"), "soon"), "bad_duration", node["id"])
    for index, node in nodes(document, "action"):
        yield fault(put(document, ("nodes", index, "timeout"), "quickly"), "bad_duration", node["id"], within="timeout")
        yield fault(
            put(document, ("nodes", index, "reuse_for"), "long"), "bad_duration", node["id"], within="reuse_for"
        )


def bad_schedule(document: Document) -> Iterator[Fault]:
    """A schedule that cannot be read or never comes."""
    for place, trigger in triggers(document):
        if trigger["type"] == "schedule":
            for cron in ("61 9 * * *", "every morning", "0 0 30 2 *"):
                config = {"mode": "cron", "cron": cron}
                yield fault(put(document, (*place, "config"), config), "bad_schedule", trigger.get("id", "trigger"))


def bad_zone(document: Document) -> Iterator[Fault]:
    """A time zone that there is not."""
    for place, trigger in triggers(document):
        if trigger["type"] == "schedule":
            new = put(document, (*place, "config", "timezone"), "Europe/Berlinn")
            yield fault(new, "bad_schedule wrong_setting", trigger.get("id", "trigger"))


def bad_address(document: Document) -> Iterator[Fault]:
    """A mail address that is none."""
    for index, node in nodes(document, action="send_email"):
        for wrong in ("anna@@corp.example", "anna@", "anna at corp.example", "@corp.example"):
            new = put(document, ("nodes", index, "config", "to"), wrong)
            yield fault(new, "bad_address", node["id"], within="to")


def bad_phone_number(document: Document) -> Iterator[Fault]:
    """A phone number that is none."""
    for index, node in nodes(document, action="send_sms"):
        yield fault(put(document, ("nodes", index, "config", "to"), "+49 call me"), "bad_address", node["id"])


def bad_web_address(document: Document) -> Iterator[Fault]:
    """A web address that no request can go to."""
    for action in ("http_request", "send_webhook"):
        for index, node in nodes(document, action=action):
            for wrong in ("crm.corp.example/hook", "htp://crm.corp.example", "https://"):
                yield fault(
                    put(document, ("nodes", index, "config", "url"), wrong), "bad_url wrong_setting", node["id"]
                )


def unknown_kind_of_record(document: Document) -> Iterator[Fault]:
    """A kind of record that there is not."""
    for index, node in nodes(document, "action"):
        if isinstance(node["config"].get("entity"), str):
            new = put(document, ("nodes", index, "config", "entity"), f"{node['config']['entity']}x")
            yield fault(new, "unknown_record_type", node["id"], within="entity")


def unknown_field_in_a_query(document: Document) -> Iterator[Fault]:
    """A field that the kind of record does not have, in a query or its order."""
    for node_id, _, place, rule in filters(document):
        yield fault(put(document, (*place, "field"), f"{rule['field']}x"), "unknown_field", node_id)
    for index, node in nodes(document, action="query_records"):
        yield fault(put(document, ("nodes", index, "config", "sort"), "-colour"), "unknown_field", node["id"])


def unknown_field_written(document: Document) -> Iterator[Fault]:
    """A field that the kind of record does not have, among those that are written."""
    for index, node in nodes(document, action="create_record"):
        fields = {f"{key}s": value for key, value in node["config"]["set"].items()}
        for wrong in ({**node["config"]["set"], "colour": "red"}, fields):
            yield fault(put(document, ("nodes", index, "config", "set"), wrong), "unknown_field", node["id"])


def choice_that_a_field_cannot_have(document: Document) -> Iterator[Fault]:
    """A status written that no record can have."""
    for index, node in nodes(document, action="update_record"):
        fields: dict[str, Any] = node["config"]["set"]
        if isinstance(fields.get("status"), str) and "{{" not in fields["status"]:
            new = put(document, ("nodes", index, "config", "set", "status"), f"{fields['status']}d")
            yield fault(new, "wrong_choice", node["id"])


def query_of_everything(document: Document) -> Iterator[Fault]:
    """A query without a rule, and everything it finds is written to."""
    for index, node in nodes(document, action="query_records"):
        loops = [one for _, one in nodes(document, "loop") if one["collection"].strip("{} ") == node["outputs"][0]]
        writing = {one["from"] for one in document["edges"] if one["from"] in {loop["id"] for loop in loops}}
        first = {
            edge["to"] for edge in document["edges"] if edge["from"] in writing and edge.get("condition") == "each"
        }
        if any(
            one["id"] in first and one.get("action") in ("update_record", "send_email") for _, one in nodes(document)
        ):
            new = put(document, ("nodes", index, "config", "filter"), {})
            yield fault(new, "unfiltered_query", node["id"])


def unknown_message_text(document: Document) -> Iterator[Fault]:
    """A message text that somebody has removed."""
    for index, node in nodes(document, action="send_email"):
        new = put(document, ("nodes", index, "config", "template"), "the_old_letter")
        yield fault(new, "unknown_message", node["id"])


def unknown_workflow(document: Document) -> Iterator[Fault]:
    """A workflow that is not there."""
    for index, node in nodes(document, action="schedule_workflow"):
        new = put(document, ("nodes", index, "config", "workflow"), "no-such-workflow")
        yield fault(new, "unknown_workflow", node["id"])


def nobody_to_ask(document: Document) -> Iterator[Fault]:
    """An approval that asks nobody."""
    for index, node in nodes(document, "approval"):
        for nobody in ([], ""):
            new = put(document, ("nodes", index, "config", "approvers"), nobody)
            yield fault(new, "missing_setting", node["id"], within="approvers")


def approval_switched_off(document: Document) -> Iterator[Fault]:
    """An approval that would be passed over."""
    for index, node in nodes(document, "approval"):
        yield fault(put(document, ("nodes", index, "disabled"), True), "disabled_approval", node["id"])


def escalation_to_nobody(document: Document) -> Iterator[Fault]:
    """An approval that goes on to nobody."""
    for index, node in nodes(document, "approval"):
        new = put(document, ("nodes", index, "config", "on_timeout"), "escalate")
        yield fault(new, "missing_setting", node["id"], within="escalate_to")


def fallback_without_action(document: Document) -> Iterator[Fault]:
    """A step that takes its fallback and has none."""
    for index, node in nodes(document, "action"):
        yield fault(put(document, ("nodes", index, "on_error"), "fallback"), "missing_setting", node["id"])


def failure_path_not_drawn(document: Document) -> Iterator[Fault]:
    """A step that leaves by its failure path and has none."""
    for index, node in nodes(document, "action"):
        yield fault(put(document, ("nodes", index, "on_error"), "branch"), "unset_way", node["id"])


def address_used_twice(document: Document) -> Iterator[Fault]:
    """Two webhooks of one address."""
    for _, trigger in triggers(document):
        if trigger["type"] == "webhook" and "trigger" in document:
            new = changed(document)
            first = {**new.pop("trigger"), "id": "trigger_1"}
            new["triggers"] = [first, {**first, "id": "trigger_2"}]
            yield fault(new, "repeated_slug", "trigger_2")


SETTINGS: dict[str, Seeder] = {
    one.__name__: one
    for one in (
        missing_setting, unknown_setting, setting_of_another_kind, choice_that_there_is_not, unknown_action,
        unknown_kind_of_step, unknown_trigger, dead_connection, secret_typed_in, person_typed_in, wait_beyond_limits,
        time_that_cannot_be_read, bad_schedule, bad_zone, bad_address, bad_phone_number, bad_web_address,
        unknown_kind_of_record, unknown_field_in_a_query, unknown_field_written, choice_that_a_field_cannot_have,
        query_of_everything, unknown_message_text, unknown_workflow, nobody_to_ask, approval_switched_off,
        escalation_to_nobody, fallback_without_action, failure_path_not_drawn, address_used_twice,
    )
}  # fmt: skip
