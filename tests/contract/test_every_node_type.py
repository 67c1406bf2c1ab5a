"""What every node type must have, asked of each one that the registry finds."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import flowstudio.nodes
from flowstudio.kit import Registry
from flowstudio.kit.nodes import Action, FlowNode, NodeType, TriggerType
from flowstudio.kit.settings import Config

ROOT = Path(__file__).parents[2]
CATALOGUE = json.loads((Path(__file__).parent / "actions.json").read_text(encoding="utf-8"))
REGISTRY = Registry.of(flowstudio.nodes)
TYPES = REGISTRY.all()
ACTIONS = REGISTRY.actions()
ICONS = set((ROOT / "frontend" / "icons.txt").read_text(encoding="utf-8").split())
WORDS = {"When", "Do", "If", "For each", "Wait", "End"}
FLOW = {
    "condition", "switch", "loop", "parallel", "join", "delay", "approval", "wait", "respond", "workflow", "end",
    "transform", "notification", "http",
}  # fmt: skip
TRIGGERS = {
    "manual", "schedule", "event", "webhook", "stage_change", "inactivity", "kpi_threshold", "new_message",
    "ticket_created", "both_of", "form", "poll",
}  # fmt: skip
ADDED = {"generate_document": {"file"}, "http_request": {"file"}, "find_duplicate_tickets": {"reasons"}}
"""Outputs that the catalogue does not have."""
BANNED = ("please", "oops", "successfully", "!", "node id", "payload", "exception")


def of_each(*types: type[NodeType]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("node_type", types, ids=[found.registry_key() for found in types])


def example_of(node_type: type[NodeType]) -> dict[str, Any]:
    """The settings with their examples, as the document holds them."""
    return {found.key: found.example for found in node_type.settings() if found.example is not None}


def is_expression(value: Any) -> bool:
    if isinstance(value, str):
        return "{{" in value
    if isinstance(value, dict):
        return any(map(is_expression, value.values()))
    return isinstance(value, list) and any(map(is_expression, value))


def test_every_word_of_a_document_has_its_type() -> None:
    assert {key for key in FLOW if REGISTRY.find(key) is None} == set()
    assert {found.key for found in REGISTRY.triggers()} == TRIGGERS
    assert {found.key for found in ACTIONS} == {action["name"] for action in CATALOGUE}


@pytest.mark.parametrize(
    ("node", "action"),
    [("http", "http_request"), ("transform", "transform_data"), ("notification", "send_notification")],
)
def test_twins_are_one_type(node: str, action: str) -> None:
    assert REGISTRY.get(node) is REGISTRY.get(f"action.{action}")


@of_each(*TYPES)
def test_speaks_to_people(node_type: type[NodeType]) -> None:
    help_text = inspect.getdoc(node_type) or ""
    assert len(help_text) > 30
    assert help_text != inspect.getdoc(NodeType)
    assert node_type.title
    assert node_type.title[0].isupper()
    assert len(node_type.title) <= 30
    assert node_type.icon in ICONS
    assert node_type.word in WORDS
    assert node_type.category
    texts = [help_text, node_type.title, *(f"{found.label} {found.help}" for found in node_type.settings())]
    assert [word for text in texts for word in BANNED if word in text.lower()] == []


@of_each(*TYPES)
def test_settings_are_closed_and_told(node_type: type[NodeType]) -> None:
    assert issubclass(node_type.Config, Config)
    assert node_type.Config.model_config["extra"] == "forbid"
    for found in node_type.settings():
        assert found.label[0].isupper(), found.key
        assert len(found.label) <= 30, found.key
        assert not found.help or found.help.endswith((".", "…")), found.key
    needed = {found.key for found in node_type.settings() if found.required}
    assert needed <= example_of(node_type).keys(), "a required setting without an example"


@of_each(*TYPES)
def test_examples_are_valid(node_type: type[NodeType]) -> None:
    for found in node_type.settings():
        if found.example is None or found.reading == "expression" or is_expression(found.example):
            continue
        assert faults_of(node_type, found.key, found.example) == [], found.key


def faults_of(node_type: type[NodeType], key: str, value: Any) -> list[str]:
    """The faults of one setting by itself: those of others are not looked at."""
    try:
        node_type.Config.model_validate({key: value})
    except ValidationError as fault:
        return [str(error["msg"]) for error in fault.errors() if error["loc"] and error["loc"][0] == key]
    return []


@of_each(*TYPES)
def test_lines_hold_for_any_settings(node_type: type[NodeType]) -> None:
    for config in ({}, example_of(node_type)):
        line = node_type.line(config)
        assert line
        assert "{{" not in line
        assert "\n" not in line
        sentence = getattr(node_type, "sentence", None)
        if sentence is not None:
            assert sentence(config)
            assert "{{" not in sentence(config)
        assert len({way.name for way in node_type.ways(config)}) == len(node_type.ways(config))


@of_each(*(found for found in TYPES if found.Output is not None))
def test_outputs_are_told_with_examples(node_type: type[NodeType]) -> None:
    assert node_type.Output is not None
    for name, info in node_type.Output.model_fields.items():
        assert info.description, name
        assert info.examples, name
    assert node_type.main in {"*", *node_type.Output.model_fields}


@of_each(*ACTIONS)
def test_an_action_is_what_the_catalogue_says(node_type: type[Action]) -> None:
    says = next(action for action in CATALOGUE if action["name"] == node_type.key)
    assert set(says["aliases"]) <= set(node_type.aliases)
    assert node_type.effect == says["effect"]
    assert node_type.idempotent == says["idempotent"]
    assert node_type.main == says["main"]
    outputs = set(node_type.Output.model_fields if node_type.Output else ())
    assert outputs == set(says["outputs"]) | ADDED.get(node_type.key, set())
    settings = {found.key: found for found in node_type.settings()}
    for name, parameter in says["params"].items():
        found = settings["filter" if name == "where" else name]
        assert found.required == parameter["required"], name
        if "values" in parameter:
            assert set(found.choices or ()) == set(parameter["values"]), name


@of_each(*ACTIONS)
def test_aliases_lead_to_the_action(node_type: type[Action]) -> None:
    for alias in node_type.aliases:
        assert REGISTRY.get(f"action.{alias}") is node_type


@of_each(*ACTIONS)
def test_a_preview_touches_nothing_and_is_stable(node_type: type[Action]) -> None:
    config = node_type.Config.model_construct(**_attributes(node_type))
    first, second = node_type().preview(config), node_type().preview(config)
    assert first == second
    assert first.line
    assert all(isinstance(number, int) for number in first.counts.values())
    assert "ctx" not in inspect.signature(node_type.preview).parameters


def _attributes(node_type: type[NodeType]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, info in node_type.Config.model_fields.items():
        example = info.examples[0] if info.examples else None
        found[name] = (
            example if example is not None or info.is_required() else info.get_default(call_default_factory=True)
        )
    return found


@of_each(*(found for found in ACTIONS if found.effect == "sends"))
def test_what_sends_says_whether_it_may_be_repeated(node_type: type[Action]) -> None:
    config = node_type.Config.model_construct(**_attributes(node_type))
    assert isinstance(node_type().safe_to_repeat(config), bool)


@of_each(*(found for found in TYPES if issubclass(found, FlowNode)))
def test_a_flow_node_decides(node_type: type[FlowNode]) -> None:
    assert node_type.decide is not FlowNode.decide


@of_each(*(found for found in TYPES if issubclass(found, TriggerType)))
def test_a_trigger_says_what_comes_with_it(node_type: type[TriggerType]) -> None:
    assert node_type.word == "When"
    assert node_type.kind == "trigger"
    assert isinstance(node_type.payload(example_of(node_type)), dict)
