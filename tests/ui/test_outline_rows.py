"""The lines of the outline: what each says of where it leads, groups around them, and the menus they have."""

from typing import Any

from flowstudio.domain.workflow import Edge, Layout, Node, Trigger, Workflow
from flowstudio.ui.editor import shortcuts
from flowstudio.ui.editor.keys import Commands
from flowstudio.ui.editor.outline import outline_of
from flowstudio.ui.editor.outline_menus import MENUS, keys, menus
from flowstudio.ui.editor.outline_rows import rows_of
from tests.support.workflows import registry

BY_ITSELF = {"", "toggle", "paste"}


def task(node_id: str) -> Node:
    return Node(id=node_id, type="action", action="create_task", name=node_id.upper(), config={"title": node_id})


def flow(*edges: str, triggers: tuple[Trigger, ...] = (Trigger(type="manual"),), **layout: Any) -> Workflow:
    """Tasks a to d, an if, a loop; edges as `a>b` or `if.true>b`."""
    others = (
        Node(id="if", type="condition", name="If?"),
        Node(id="each", type="loop", name="Each", config={"collection": "{{x}}"}),
    )
    return Workflow(
        id="wf", name="Flow", triggers=triggers, nodes=(*map(task, "abcd"), *others),
        edges=tuple(edge_of(one) for one in edges), layout=Layout(**layout),
    )  # fmt: skip


def edge_of(text: str) -> Edge:
    start, target = text.split(">")
    source, _, way = start.partition(".")
    return Edge(source=source, way=way or "out", target=target)


def rows(workflow: Workflow, **pinned: object) -> list[dict[str, Any]]:
    return rows_of(outline_of(workflow, registry()), workflow, registry(), pinned)


def told(workflow: Workflow) -> dict[str, str]:
    """By line: what it says of where it leads."""
    return {one["id"]: one.get("led", "") for one in rows(workflow)}


def drawn(workflow: Workflow) -> list[str]:
    return ["  " * (one["level"] - 1) + one["name"] for one in rows(workflow)]


def test_a_line_says_where_it_leads_when_the_next_line_does_not():
    found = told(flow("trigger>if", "if.true>a", "if.false>d", "a>d", "d>each", "each.each>b", "each.done>c"))
    assert found["trigger"] == "", "the first step is the next line"
    assert found["a"] == "Goes on with D"
    assert found["if/true"] == ""
    assert found["if/false"] == "Goes on with D"
    assert found["d"] == ""
    assert found["b"] == "Ends the round"
    assert found["c"] == "Nothing follows"


def test_several_triggers_and_arrows_that_carry_nothing_are_told():
    two = (Trigger(id="trigger_1", type="manual"), Trigger(id="trigger_2", type="webhook"))
    found = told(flow("trigger_1>a", "trigger_2>b", "a>b", "a>c", triggers=two))
    assert (found["trigger_1"], found["trigger_2"], found["a"]) == ("", "Goes on with B", "Goes on with B, C")
    out_of_a_loop = told(flow("trigger>each", "each.each>a", "a>b", "each.done>b"))
    assert out_of_a_loop["a"] == "Goes on with B"


def test_a_group_stands_around_its_steps_on_each_way_that_has_some():
    group = {"id": "g", "name": "Both", "nodes": ["a", "b"]}
    assert drawn(flow("trigger>if", "if.true>a", "if.false>b", groups=(group,)))[:8] == [
        "By hand", "If?", "  Yes", "    Both", "      A", "  No", "    Both", "      B",
    ]  # fmt: skip
    inner = {"id": "h", "name": "Inner", "nodes": ["b"]}
    outer = {"id": "g", "name": "Outer", "nodes": ["a", "group:h"]}
    whole = flow("trigger>a", "a>b", "b>c", groups=(inner, outer))
    assert drawn(whole)[:6] == ["By hand", "Outer", "  A", "  Inner", "    B", "C"]
    assert told(whole)["b"] == "", "the list goes on behind the groups"
    assert [one["id"] for one in rows(whole) if one["kind"] == "group"] == ["group:g", "group:h"]


def test_a_group_around_a_question_holds_its_branches_once():
    group = {"id": "g", "name": "All", "nodes": ["if", "a", "b"]}
    assert drawn(flow("trigger>if", "if.true>a", "if.false>b", groups=(group,)))[:7] == [
        "By hand", "All", "  If?", "    Yes", "      A", "    No", "      B",
    ]  # fmt: skip


def test_notes_and_what_nothing_leads_to_stand_below_under_titles():
    found = rows(flow("trigger>a", notes=({"id": "n", "text": "First line\nand more"},)), a={})
    assert [(one["level"], one["name"]) for one in found][:3] == [
        (1, "By hand"),
        (1, "A"),
        (1, "Nothing leads to these yet"),
    ]
    assert (found[-2]["name"], found[-1]["name"], found[-1]["line"]) == ("Notes", "First line", "and more")
    assert "pinned" in found[1]["line"]
    places = [(one["nth"], one["of_all"]) for one in found if one.get("parent") == "title:loose"]
    assert places == [(nth, len(places)) for nth in range(1, len(places) + 1)]


def test_every_entry_of_a_menu_is_a_command_and_every_command_can_be_carried_out():
    known = {one.name for one in shortcuts.commands_of("outline")}
    assert {name for names in MENUS.values() for name in names} - BY_ITSELF <= known
    for one in shortcuts.commands_of("outline"):
        done = one.name in {"", "select_all"} or hasattr(Commands, f"_do_{one.name}")
        assert done, f"{one.name} is offered in the outline and nothing carries it out"


def test_who_may_only_look_has_no_key_and_no_entry_that_changes_anything():
    writes = {one.name for one in shortcuts.COMMANDS if one.writes and one.name}
    assert {one["name"] for one in keys(readonly=False).values()} & writes
    assert not {one["name"] for one in keys(readonly=True).values()} & writes
    offered = {one["name"] for items in menus(readonly=True).values() for one in items}
    assert offered <= {"open", "copy", "toggle"}


def test_no_key_means_two_things():
    held = [part for one in shortcuts.commands_of("outline") if one.name for part in one.keys.split(" or ") if part]
    assert len(held) == len(set(held))
