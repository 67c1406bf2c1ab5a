"""Whatever is done in the editor can be undone to the very start and redone to the very end, byte for byte."""

import asyncio
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.workflow import Edge, Layout, Node, Trigger, Workflow, plain
from flowstudio.errors import FlowStudioError
from flowstudio.interchange import dump_document
from flowstudio.services.editing import ops
from flowstudio.services.editing.copying import copied
from flowstudio.services.editing.session import WorkflowSession
from flowstudio.services.ports import HistoryEntry
from flowstudio.ui.editor.patches import Patch
from flowstudio.ui.editor.samples import with_example, with_pinned
from flowstudio.ui.editor.view import tidied
from tests.support.workflows import registry

MARA = Actor("w", "u", "Mara", Role.BUILDER)
KEYS = ("action.create_task", "action.send_email", "condition", "loop", "parallel", "delay", "switch", "approval", "end",
        "trigger.manual", "trigger.schedule", "trigger.webhook")  # fmt: skip
PATCHES = ("add", "remove", "move", "connect", "reconnect", "paste", "add_note", "note", "group", "ungroup", "set_group",
           "align", "distribute", "tidy_some", "insert", "swap", "set", "lead", "cut", "earlier", "later")  # fmt: skip
OTHERS = ("rename", "setting", "disable", "note_text", "failure", "tidy", "turn", "name", "description", "policy",
          "example", "pin", "tests", "rename_way")  # fmt: skip


class Shelf:
    """Keeps drafts and history as the database does, for one workflow."""

    def __init__(self) -> None:
        self.draft: Any = None
        self.history: list[HistoryEntry] = []
        self.pointer = 0

    async def save_draft(
        self, workspace: str, workflow_id: str, draft: Any, *, revision: int, entry: HistoryEntry | None, pointer: int
    ) -> int:
        self.draft, self.pointer = draft, pointer
        if entry is not None:
            self.history[entry.seq - 1 :] = [entry]
        return revision + 1


def begin() -> Workflow:
    return Workflow(
        id="wf", name="Flow", triggers=(Trigger(type="manual"),),
        nodes=(
            Node(id="a", type="action", action="create_task", name="A", config={"title": "x"}),
            Node(id="b", type="condition", config={"condition": {"field": "amount", "operator": "is_empty"}}),
            Node(id="c", type="action", action="send_email", name="C"),
        ),
        edges=(Edge(source="trigger", target="a"), Edge(source="a", target="b"), Edge(source="b", target="c", way="true")),
        layout=Layout(
            nodes={"a": {"x": 0.0, "y": 96.0}, "ghost": {"x": 5.0, "y": 5.0}}, notes=({"text": "of an import"},), extra={"z": 1}
        ),
    )  # fmt: skip


class Hand:
    """Draws one gesture after another that could be made on the document as it stands."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data

    def one(self, of: Any) -> Any:
        return self.data.draw(st.sampled_from(sorted(of)))

    def some(self, of: Any) -> list[str]:
        return self.data.draw(st.lists(st.sampled_from(sorted(of)), min_size=1, max_size=4, unique=True))

    def number(self) -> int:
        return self.data.draw(st.integers(-600, 1200))

    def patch(self, name: str, flow: Workflow) -> dict[str, Any] | None:
        ids = [one.id for one in (*flow.triggers, *flow.nodes)]
        notes = [f"note:{one['id']}" for one in flow.layout.notes if "id" in one]
        groups = [f"group:{one['id']}" for one in flow.layout.groups if "id" in one]
        edges = [one.id for one in flow.edges]
        boxes = [*ids, *notes, *groups]
        needs = {
            "note": notes,
            "ungroup": groups,
            "set_group": groups,
            "reconnect": edges and ids,
            "swap": flow.nodes,
            "insert": edges and ids,
            "earlier": flow.nodes,
            "later": flow.nodes,
        }
        if (
            not boxes
            or not needs.get(name, [1])
            or (name in {"connect", "group", "set", "paste", "lead", "cut"} and not ids)
        ):
            return None
        return getattr(self, f"_{name}")(flow, ids, boxes, edges, notes, groups)

    def _add(self, flow, ids, boxes, edges, notes, groups):
        places = [{}, {"x": self.number(), "y": self.number()}]
        places += [{"into": self.one(edges)}] if edges else []
        places += [{"after": {"from": self.one(ids), "way": "out"}}] if ids else []
        return {"op": "add", "key": self.one(KEYS), **self.data.draw(st.sampled_from(places))}

    def _remove(self, flow, ids, boxes, edges, notes, groups):
        cut = self.some(edges) if edges and self.data.draw(st.booleans()) else []
        return {"op": "remove", "nodes": self.some(boxes)[:2], "edges": cut, "heal": self.data.draw(st.booleans())}

    def _move(self, flow, ids, boxes, edges, notes, groups):
        return {"op": "move", "to": {one: [self.number(), self.number()] for one in self.some(boxes)}}

    def _connect(self, flow, ids, boxes, edges, notes, groups):
        way = self.data.draw(st.sampled_from(["out", "true", "false", "each", "done", "error"]))
        return {"op": "connect", "from": self.one(ids), "way": way, "to": self.one(ids)}

    def _reconnect(self, flow, ids, boxes, edges, notes, groups):
        return {**self._connect(flow, ids, boxes, edges, notes, groups), "op": "reconnect", "edge": self.one(edges)}

    def _paste(self, flow, ids, boxes, edges, notes, groups):
        where = [{"x": self.number(), "y": 0}, *({"after": {"from": one, "way": "out"}} for one in ids)]
        text = orjson.dumps(copied(flow, self.some(boxes))).decode()
        return {"op": "paste", "text": text, **self.data.draw(st.sampled_from(where))}

    def _add_note(self, flow, ids, boxes, edges, notes, groups):
        return {"op": "add_note", "x": self.number(), "y": self.number(), "text": self.data.draw(st.text(max_size=5))}

    def _note(self, flow, ids, boxes, edges, notes, groups):
        field = self.data.draw(st.sampled_from([{"text": "new"}, {"tone": "blue"}, {"w": 300, "h": 200}]))
        return {"op": "note", "id": self.one(notes), **field}

    def _group(self, flow, ids, boxes, edges, notes, groups):
        return {"op": "group", "nodes": self.some([*ids, *groups])}

    def _ungroup(self, flow, ids, boxes, edges, notes, groups):
        return {"op": "ungroup", "groups": self.some(groups)}

    def _set_group(self, flow, ids, boxes, edges, notes, groups):
        field = self.data.draw(st.sampled_from([{"name": "Other"}, {"collapsed": True}, {"collapsed": False}]))
        return {"op": "set_group", "id": self.one(groups), **field}

    def _align(self, flow, ids, boxes, edges, notes, groups):
        to = self.data.draw(st.sampled_from(["left", "centre", "right", "top", "middle", "bottom"]))
        return {"op": "align", "nodes": self.some(boxes), "to": to}

    def _distribute(self, flow, ids, boxes, edges, notes, groups):
        return {"op": "distribute", "nodes": self.some(boxes), "along": self.data.draw(st.sampled_from("xy"))}

    def _tidy_some(self, flow, ids, boxes, edges, notes, groups):
        return {"op": "tidy", "nodes": self.some(boxes)}

    def _insert(self, flow, ids, boxes, edges, notes, groups):
        return {"op": "insert", "node": self.one(ids), "into": self.one(edges)}

    def _swap(self, flow, ids, boxes, edges, notes, groups):
        steps = [one for one in KEYS if not one.startswith("trigger.")]
        return {"op": "swap", "node": self.one(one.id for one in flow.nodes), "key": self.one(steps)}

    def _set(self, flow, ids, boxes, edges, notes, groups):
        return {"op": "set", "node": self.one(ids), "where": ["config", "title"], "value": "fixed"}

    def _lead(self, flow, ids, boxes, edges, notes, groups):
        return {**self._connect(flow, ids, boxes, edges, notes, groups), "op": "lead"}

    def _cut(self, flow, ids, boxes, edges, notes, groups):
        return {**self._connect(flow, ids, boxes, edges, notes, groups), "op": "cut"}

    def _earlier(self, flow, ids, boxes, edges, notes, groups):
        return {"op": "earlier", "node": self.one(one.id for one in flow.nodes)}

    def _later(self, flow, ids, boxes, edges, notes, groups):
        return {"op": "later", "node": self.one(one.id for one in flow.nodes)}

    def other(self, name: str, flow: Workflow) -> Workflow:
        """What panels and bars do, straight on the document."""
        ids = [one.id for one in (*flow.triggers, *flow.nodes)]
        steps = [one.id for one in flow.nodes]
        policy = flow.settings.model_copy(update={"max_runs_per_hour": self.data.draw(st.integers(1, 9))})
        whole = {
            "tidy": lambda: tidied(flow, registry()),
            "turn": lambda: tidied(flow, registry(), self.data.draw(st.sampled_from(["TB", "LR"]))),
            "name": lambda: flow.model_copy(update={"name": self.data.draw(st.text(min_size=1, max_size=4))}),
            "description": lambda: flow.model_copy(update={"description": self.data.draw(st.none() | st.just("why"))}),
            "policy": lambda: flow.model_copy(update={"settings": policy}),
            "example": lambda: with_example(flow, self.data.draw(st.sampled_from([{}, {"amount": 1}, {"amount": 2}]))),
            "tests": lambda: flow.model_copy(update={"tests": (*flow.tests, {"name": f"case {len(flow.tests)}"})}),
        }
        if name in whole:
            return whole[name]()
        if not steps:
            return flow
        node, any_id = self.one(steps), self.one(ids)
        return {
            "rename": lambda: ops.update_node(flow, any_id, name=self.data.draw(st.text(max_size=4))),
            "setting": lambda: ops.set_setting(flow, any_id, "title", self.data.draw(st.none() | st.just("y"))),
            "disable": lambda: ops.update_node(flow, node, disabled=self.data.draw(st.booleans())),
            "note_text": lambda: ops.update_node(flow, node, note="remember"),
            "failure": lambda: ops.update_node(flow, node, on_error="continue", retry={"attempts": 3}),
            "pin": lambda: with_pinned(flow, {node: {"value": self.data.draw(st.integers(0, 3))}}),
            "rename_way": lambda: ops.rename_way(flow, node, "true", "false"),
        }[name]()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_undoing_all_gives_the_start_and_redoing_all_the_end(data: st.DataObject):
    asyncio.run(go_through(Hand(data)))


async def go_through(hand: Hand) -> None:
    shelf = Shelf()
    start = begin()
    shelf.draft = plain(start)
    session = WorkflowSession("w", start, 1, shelf, [], 0)
    states = [dump_document(start)]
    for name in hand.data.draw(st.lists(st.sampled_from((*PATCHES, *OTHERS)), min_size=1, max_size=14)):
        operation = hand.patch(name, session.workflow) if name in PATCHES else None
        if name in PATCHES and operation is None:
            continue
        edit = Patch([operation], registry()) if operation else (lambda flow, name=name: hand.other(name, flow))
        before = session.workflow
        try:
            await session.edit(name, edit, MARA)
        except FlowStudioError:
            assert session.workflow is before, "what is refused changes nothing"
            continue
        if session.workflow is not before:
            states.append(dump_document(session.workflow))
    await back_and_forth(session, states)
    # another process opens what was kept, and can do the same
    again = WorkflowSession("w", Workflow.model_validate(shelf.draft), 1, shelf, list(shelf.history), shelf.pointer)
    await back_and_forth(again, states)


async def back_and_forth(session: WorkflowSession, states: list[bytes]) -> None:
    for state in reversed(states[:-1]):
        assert await session.undo(MARA) is not None
        assert dump_document(session.workflow) == state
    assert await session.undo(MARA) is None
    for state in states[1:]:
        assert await session.redo(MARA) is not None
        assert dump_document(session.workflow) == state
    assert await session.redo(MARA) is None
