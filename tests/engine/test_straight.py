"""A run that begins along a straight line leaves the same steps as one whose every step goes through the machine."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowstudio.domain.json import JsonObject
from flowstudio.domain.run import Run
from flowstudio.domain.states import RunStatus
from flowstudio.engine.memory import MemoryJournal
from flowstudio.engine.state import RunState
from flowstudio.errors import StorageFailed
from flowstudio.kit.ports import Batch
from tests.property.test_engine_model import QUIET, graphs
from tests.support.documents import act, drawn, note
from tests.support.engine import Bench, registry, workflow_of


def puts(node_id: str, name: str = "n", value: Any = "{{n + 1}}", **fields: Any) -> JsonObject:
    return {"id": node_id, "type": "transform", "config": {"set": {name: value}}, **fields}


def asks(node_id: str, field: str = "{{n}}", value: Any = 1) -> JsonObject:
    return {
        "id": node_id,
        "type": "condition",
        "condition": {"field": field, "operator": "equals", "value": value},
    }


def ends(node_id: str, **config: Any) -> JsonObject:
    return {"id": node_id, "type": "end", "config": config}


FIRST = puts("a", value=1)
ANSWER = {"id": "r", "type": "respond", "config": {"status": 201, "body": {"n": "{{n}}"}}}
LINES = {
    "one after the other": drawn("T>a,a>b,b>r", FIRST, puts("b"), ANSWER),
    "by one way of a rule": drawn("T>a,a>c,c[true]>b,c[false]>d", FIRST, asks("c"), puts("b"), puts("d", "other", 5)),
    "a way that leads nowhere": drawn("T>a,a>c,c[false]>b", FIRST, asks("c"), puts("b")),
    "ways that meet again": drawn(
        "T>a,a>c,c[true]>b,c[false]>d,b>m,d>m", FIRST, asks("c"), puts("b"), puts("d"), puts("m")
    ),
    "an end": drawn("T>a,a>e,e>b", FIRST, ends("e", outcome="stopped", reason="Enough."), puts("b")),
    "an end as failed": drawn("T>a,a>e", FIRST, ends("e", outcome="failed", reason="No.")),
    "an end of the branch": drawn("T>a,a>e", FIRST, ends("e", outcome="failed", scope="branch")),
    "two branches": drawn("T>a,a>b,a>d,b>m,d>m", FIRST, puts("b", "x", 2), puts("d", "y", 3), puts("m", "z", "{{x + y}}")),
    "two at once from the beginning": drawn("T>a,T>b", FIRST, puts("b", "x", 2)),
    "a step behind it that waits": drawn("T>a,a>w,w>b", FIRST, {"id": "w", "type": "delay", "config": {"for": "1 hour"}}, puts("b")),
    "a step behind it that sends": drawn("T>a,a>s,s>b", FIRST, note("s", "{{n}}"), puts("b")),
    "a step that fails": drawn("T>a,a>b,b>d", FIRST, puts("b", value="{{missing_name}}"), puts("d")),
    "a step whose failure leads on": drawn("T>a,a>b,b[error]>d", FIRST, puts("b", value="{{missing_name}}"), puts("d")),
    "a step that is switched off": drawn("T>a,a>b,b>d", FIRST, puts("b", disabled=True), puts("d")),
    "a step with a rule of its own": drawn("T>a,a>b,b>d", FIRST, puts("b", run_if={"field": "{{n}}", "operator": "equals", "value": 2}), puts("d")),
    "a loop": drawn(
        "T>a,a>l,l[each]>b,l[done]>d", FIRST, {"id": "l", "type": "loop", "collection": "{{[1, 2]}}", "item_variable": "x"},
        puts("b", "n", "{{n + x}}"), puts("d"),
    ),
    "a list that is split": drawn("T>a,a>s,s>b", puts("a", "all", [1, 2, 3]), act("s", "split_list", {"list": "{{all}}", "size": 2}, "parts"), puts("b", "n", "{{parts}}")),
}  # fmt: skip


async def run_of(document: JsonObject, *, straight: bool, event: JsonObject | None = None) -> tuple[Run, list[Any]]:
    """Run it to its end, with or without the straight line: where every step is watched, there is none."""
    bench = Bench(workflow_of(document), registry())
    bench.engine.watch = None if straight else lambda _: None
    begun = bench.a_run(event)
    begun.id = "run_1"  # keys of what is sent have it in them
    run_id = await bench.engine.start(begun, bench.workflow)
    await bench.settled(run_id)
    await bench.wait(hours=2)
    run = bench.journal.run(run_id)
    steps = [
        (one.seq, one.node_id, one.iteration, one.status, one.ways, one.input, one.output, one.assigned, one.error, one.detail)
        for one in bench.journal.steps(run_id)
    ]  # fmt: skip
    return run, steps


def how(run: Run) -> tuple[Any, ...]:
    return run.status, run.outcome, run.reason, run.error, run.steps_total, run.steps_completed, run.waiting_for


@pytest.mark.parametrize("name", LINES)
async def test_the_steps_are_those_of_the_machine(name: str) -> None:
    run, steps = await run_of(LINES[name], straight=True)
    other, known = await run_of(LINES[name], straight=False)
    assert [one[1] for one in steps] == [one[1] for one in known]
    assert steps == known
    assert how(run) == how(other)


@QUIET
@given(graphs(), st.data())
def test_random_shapes_run_as_the_machine_runs_them(nodes: list[dict[str, Any]], data: st.DataObject) -> None:
    """Shapes of the engine's model, of steps that only compute: what joins, forks and leads nowhere."""
    drawn_nodes, edges = [], []
    for node in nodes:
        rule = node["kind"] in ("yes", "no")
        drawn_nodes.append(
            asks(node["id"], "{{1}}", data.draw(st.sampled_from((1, 2)))) if rule else puts(node["id"], node["id"], 1)
        )
        for source, way in node["edges"]:
            begin = "trigger" if source < 0 else nodes[source]["id"]
            forks = source >= 0 and nodes[source]["kind"] in ("yes", "no")
            edges.append({"from": begin, "to": node["id"], **({"condition": way} if forks else {})})
    unique = [dict(one) for one in {tuple(edge.items()): edge for edge in edges}.values()]
    document = {"nodes": drawn_nodes, "edges": unique}
    run, steps = asyncio.run(run_of(document, straight=True))
    other, known = asyncio.run(run_of(document, straight=False))
    assert steps == known
    assert how(run) == how(other)


async def test_the_machine_is_not_told_of_a_line_that_is_the_whole_run(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    apply = RunState.apply
    monkeypatch.setattr(RunState, "apply", lambda self, step: told.append(step.node_id) or apply(self, step))
    run, steps = await run_of(LINES["one after the other"], straight=True)
    assert (run.status, len(steps), told) == (RunStatus.COMPLETED, 3, [])
    await run_of(LINES["a step behind it that sends"], straight=True)
    assert told == ["a", "s", "b"]


async def test_a_straight_run_that_cannot_be_written_tells_who_started_it() -> None:
    class Broken(MemoryJournal):
        async def append(self, batch: Batch) -> bool:
            raise StorageFailed

    bench = Bench(workflow_of(LINES["one after the other"]), registry(), Broken())
    run = bench.a_run()
    with pytest.raises(StorageFailed):
        await bench.engine.start(run, bench.workflow)
    assert bench.engine.driver(run.id) is None
    assert bench.engine.live(run.id) is None
