"""Random workflows against a model of a few lines: the same steps run, at whatever point the process ends."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from flowstudio.domain.run import Step
from flowstudio.domain.states import FINISHED_RUN, RunStatus
from flowstudio.errors import StorageFailed
from tests.crash.test_every_durable_point import CutJournal
from tests.support.engine import Bench, dry_run, lines, registry, workflow_of

WAYS = {
    "value": ["out"], "note": ["out"], "skip": ["out"], "yes": ["true", "false"], "no": ["true", "false"],
    "fail_on": ["out", "error"], "fail_branch": ["out", "error"], "delay": ["out"], "loop": ["done", "error"],
}  # fmt: skip
LEFT_BY = {
    "value": {"out"}, "note": {"out"}, "skip": {"out"}, "yes": {"true"}, "no": {"false"}, "fail_on": {"out"},
    "fail_branch": {"error"}, "delay": {"out"}, "loop": {"done"},
}  # fmt: skip
STATUS = {"skip": "skipped", "fail_on": "failed", "fail_branch": "failed"}


@st.composite
def graphs(draw: st.DrawFn, prefix: str = "", depth: int = 0) -> list[dict[str, Any]]:
    """Nodes in an order that edges follow; each has `kind`, `edges` (source index or -1 for the beginning, way), `body`."""
    kinds = list(WAYS) if depth < 2 else [kind for kind in WAYS if kind != "loop"]
    nodes: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 6 - 2 * depth))):
        kind = draw(st.sampled_from(kinds))
        edges = []
        for _ in range(draw(st.integers(1, 3))):
            source = draw(st.integers(-1, number - 1))
            way = "" if source < 0 else draw(st.sampled_from(WAYS[nodes[source]["kind"]]))
            if (source, way) not in edges:
                edges.append((source, way))
        node = {"id": f"{prefix}n{number}", "kind": kind, "edges": edges}
        if kind == "loop":
            node["items"] = draw(st.integers(0, 3))
            node["concurrency"] = draw(st.integers(1, 3))
            node["body"] = draw(graphs(f"{prefix}n{number}_", depth + 1))
        nodes.append(node)
    return nodes


def model(nodes: list[dict[str, Any]], iteration: tuple[int, ...] = ()) -> set[str]:
    """Say which steps there are: a node runs when one of its edges is taken."""
    found: set[str] = set()
    ran: list[bool] = []
    for node in nodes:
        taken = any(
            source < 0 or (ran[source] and way in LEFT_BY[nodes[source]["kind"]]) for source, way in node["edges"]
        )
        ran.append(taken)
        if not taken:
            continue
        at = f"@{'.'.join(map(str, iteration))}" if iteration else ""
        found.add(f"{node['id']}{at} {STATUS.get(node['kind'], 'completed')}")
        for index in range(node.get("items", 0)):
            found |= model(node["body"], (*iteration, index))
    return found


def document(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {"nodes": [], "edges": []}
    _add(made, nodes, "trigger", "out")
    return made


def _add(made: dict[str, Any], nodes: list[dict[str, Any]], begin: str, first: str) -> None:
    for node in nodes:
        made["nodes"].append(_node(node))
        for source, way in node["edges"]:
            edge = {"from": begin, "to": node["id"], "condition": first} if source < 0 else {
                "from": nodes[source]["id"], "to": node["id"], "condition": way,
            }  # fmt: skip
            made["edges"].append(edge)
        if "body" in node:
            _add(made, node["body"], node["id"], "each")


def _node(node: dict[str, Any]) -> dict[str, Any]:
    def action(name: str, config: dict[str, Any], **fields: Any) -> dict[str, Any]:
        return {"id": node["id"], "type": "action", "action": name, "config": config, **fields}

    match node["kind"]:
        case "value" | "skip":
            return action("value", {"value": 1}, disabled=node["kind"] == "skip")
        case "note":
            return action("keyed_note", {"text": "x"})
        case "yes" | "no":
            rule = {"field": "{{1}}", "operator": "equals", "value": 1 if node["kind"] == "yes" else 2}
            return {"id": node["id"], "type": "condition", "condition": rule}
        case "fail_on" | "fail_branch":
            policy = "continue" if node["kind"] == "fail_on" else "branch"
            return action("flaky", {"times": 9, "error": "refused", "keyed": True}, on_error=policy)
        case "delay":
            return {"id": node["id"], "type": "delay", "config": {"for": "1 hour"}}
    items = str(list(range(node["items"])))
    return {
        "id": node["id"], "type": "loop", "collection": f"{{{{{items}}}}}", "item_variable": "x",
        "concurrency": node["concurrency"],
    }  # fmt: skip


QUIET = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@QUIET
@given(graphs())
def test_the_engine_runs_what_the_model_runs(nodes: list[dict[str, Any]]) -> None:
    test = asyncio.run(dry_run(document(nodes)))
    assert test.run.status is RunStatus.COMPLETED
    found = lines(test.result())
    assert len(found) == len(set(found))
    assert set(found) == model(nodes)
    _in_order(nodes, test.steps)


def _in_order(nodes: list[dict[str, Any]], steps: list[Step]) -> None:
    """No step begins before every node that leads to it is done."""
    first: dict[tuple[str, Any], int] = {}
    last: dict[tuple[str, Any], int] = {}
    for number, step in enumerate(steps):
        first.setdefault((step.node_id, step.iteration), number)
        last[step.node_id, step.iteration] = number
    for node in nodes:
        for source, _ in node["edges"]:
            for (node_id, iteration), began in first.items():
                if node_id == node["id"] and source >= 0:
                    assert last.get((nodes[source]["id"], iteration), -1) < began
        _in_order(node.get("body", []), steps)


@QUIET
@given(graphs(), st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=4))
def test_a_run_that_is_cut_several_times_ends_as_the_model_says(
    nodes: list[dict[str, Any]], cuts: list[tuple[int, bool]]
) -> None:
    found, keys = asyncio.run(_cut(document(nodes), cuts))
    note(f"cuts {cuts}")
    assert set(found) == model(nodes)
    sent = {line.split(" ")[0] for line in model(nodes) if _is_note(nodes, line.split(" ")[0].split("@")[0])}
    assert len(set(keys)) == len(sent)


def _is_note(nodes: list[dict[str, Any]], node_id: str) -> bool:
    return any(
        (node["id"] == node_id and node["kind"] == "note") or _is_note(node.get("body", []), node_id) for node in nodes
    )


async def _cut(whole: dict[str, Any], cuts: list[tuple[int, bool]]) -> tuple[list[str], list[str]]:
    journal = CutJournal()
    bench = Bench(workflow_of(whole), registry(), journal)
    run = bench.a_run()
    left = list(cuts)

    def next_cut() -> None:
        journal.cut_at, journal.after = (journal.calls + left[0][0], left.pop(0)[1]) if left else (None, False)

    next_cut()
    for _ in range(200):
        try:
            if not journal.has(run.id):
                await bench.engine.execute(run, bench.workflow)
            stored = journal.run(run.id)
            if stored.status in FINISHED_RUN:
                break
            if stored.status is not RunStatus.WAITING:
                await bench.engine.recover()
            else:
                timer = journal.timers()[0]
                bench.clock.advance(timer.due)
                await bench.engine.wake(timer)
            driver = bench.engine.driver(run.id)
            if driver is not None:
                await driver
        except StorageFailed:
            await bench.engine.close()
            next_cut()
            bench.engine = bench.new_engine()
    await bench.engine.close()
    assert journal.run(run.id).status is RunStatus.COMPLETED
    return bench.lines(run.id), [str(one.message_id) for one in bench.mail.sent]
