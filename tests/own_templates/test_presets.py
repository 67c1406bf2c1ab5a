"""Presets: a step with its settings, without connections and secrets, put into another workflow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flowstudio.app import House
from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotAllowed, NotFound
from flowstudio.services.editing.ops import empty_workflow
from flowstudio.services.editing.presets import add_preset
from flowstudio.services.presets import LONGEST_NAME, MOST_BYTES, PresetService
from tests.support.bank import BEARER, SECRET, WORKFLOW


@pytest.fixture
def presets(house: House) -> PresetService:
    return house.studio.presets


async def test_settings_come_along_and_secrets_do_not(owner: Actor, presets: PresetService) -> None:
    made, left_out = await presets.save(owner, "wf_calls", "call", " Ask a bank ")
    assert (made.name, made.key, made.created_by) == ("Ask a bank", "http", owner.name)
    assert made.part["config"] == {"url": "https://bank.example/rates", "method": "GET", "headers": {"X-Region": "eu"}}
    assert {one.label for one in left_out} == {"Connection of Ask the bank", "Headers of Ask the bank"}
    kept = str(await presets.list(owner))
    for secret in (SECRET, BEARER, "Bank'"):
        assert secret not in kept, secret
    trigger, _ = await presets.save(owner, "wf_calls", "trigger", "Bank calls")
    assert trigger.key == "trigger.webhook"
    assert trigger.part["config"] == {"slug": "bank", "auth": "secret"}


async def test_a_preset_becomes_a_step_with_free_names(house: House, owner: Actor, presets: PresetService) -> None:
    made, _ = await presets.save(owner, "wf_calls", "tell", "Tell them")
    flow = empty_workflow("wf_new", "New")
    flow, first = add_preset(flow, made.key, made.part, house.registry)
    flow, second = add_preset(flow, made.key, made.part, house.registry)
    assert [flow.node(one).name for one in (first, second)] == ["Tell finance", "Tell finance 2"]
    assert flow.node(first).config == flow.node(second).config == WORKFLOW["nodes"][1]["config"]
    assert flow.node(second).id != "tell"
    trigger, _ = await presets.save(owner, "wf_calls", "trigger", "Bank calls")
    flow, added = add_preset(flow, trigger.key, trigger.part, house.registry)
    assert flow.trigger(added).config["slug"] == "bank"


async def test_failure_policy_and_result_names_come_along(house: House, owner: Actor, presets: PresetService) -> None:
    flow: dict[str, Any] = {
        **WORKFLOW,
        "id": "wf_policy",
        "nodes": [
            {
                "id": "find",
                "type": "action",
                "action": "query_records",
                "config": {"entity": "invoices"},
                "outputs": ["late"],
                "retry": {"attempts": 5},
                "on_error": "continue",
                "timeout": "10 seconds",
                "note": "Ask Ruth.",
            }
        ],
        "edges": [{"from": "trigger", "to": "find"}],
    }
    await house.studio.exchange.import_document(owner, flow)
    made, _ = await presets.save(owner, "wf_policy", "find", "Late ones")
    once, first = add_preset(empty_workflow("wf", "W"), made.key, made.part, house.registry)
    node = once.node(first)
    assert (node.retry.attempts, node.on_error, node.timeout, node.note) == (5, "continue", "10 seconds", "Ask Ruth.")
    assert node.outputs == ("late",)
    twice, second = add_preset(once, made.key, made.part, house.registry)
    assert twice.node(second).outputs == ()


async def test_names_and_sizes_have_limits(house: House, owner: Actor, presets: PresetService) -> None:
    for name in (" ", "x" * (LONGEST_NAME + 1)):
        with pytest.raises(BadRequest):
            await presets.save(owner, "wf_calls", "tell", name)
    with pytest.raises(NotFound):
        await presets.save(owner, "wf_calls", "nothing", "Name")
    big = {
        **WORKFLOW,
        "id": "wf_big",
        "nodes": [{**WORKFLOW["nodes"][1], "id": "big", "config": {"body": "x" * MOST_BYTES}}],
    }
    await house.studio.exchange.import_document(owner, {**big, "edges": [{"from": "trigger", "to": "big"}]})
    with pytest.raises(BadRequest, match="too many settings"):
        await presets.save(owner, "wf_big", "big", "Big")


async def test_renamed_deleted_and_brought_back(owner: Actor, presets: PresetService) -> None:
    made, _ = await presets.save(owner, "wf_calls", "tell", "Tell them")
    assert (await presets.rename(owner, made.id, "Tell finance")).name == "Tell finance"
    gone = await presets.delete(owner, made.id)
    assert await presets.list(owner) == []
    with pytest.raises(NotFound):
        await presets.rename(owner, made.id, "x")
    await presets.bring_back(owner, gone)
    assert [one.name for one in await presets.list(owner)] == ["Tell finance"]


async def test_viewers_see_presets_and_builders_make_them(owner: Actor, presets: PresetService) -> None:
    made, _ = await presets.save(replace(owner, role=Role.BUILDER), "wf_calls", "tell", "Tell them")
    onlooker = replace(owner, role=Role.VIEWER)
    assert [one.id for one in await presets.list(onlooker)] == [made.id]
    for deed in (
        lambda: presets.save(onlooker, "wf_calls", "tell", "x"),
        lambda: presets.rename(onlooker, made.id, "x"),
        lambda: presets.delete(onlooker, made.id),
        lambda: presets.bring_back(onlooker, made),
    ):
        with pytest.raises(NotAllowed):
            await deed()
    elsewhere = replace(owner, workspace="other")
    assert await presets.list(elsewhere) == []
    with pytest.raises(NotFound):
        await presets.get(elsewhere, made.id)
