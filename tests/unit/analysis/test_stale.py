"""Which steps of an earlier run may give something else now."""

from flowstudio.analysis.stale import BEHIND, CHANGED, stale_steps
from flowstudio.services.editing import ops
from tests.support.workflows import decision, drawing, end, loop, registry, task, workflow


def flow(title="Call"):
    return workflow(
        drawing("T>a, a>big, big[true]>b, big[false]>c, b>end, c>end", task("a"), decision("big"), task("b", title), task("c"), end())
    )  # fmt: skip


def test_nothing_is_stale_where_nothing_changed():
    assert stale_steps(flow(), flow()) == {}


def test_a_changed_step_and_all_behind_it_are_stale_and_no_others():
    assert stale_steps(flow(), flow("Write")) == {"b": CHANGED, "end": BEHIND}


def test_a_changed_start_makes_all_behind_it_stale():
    now = flow()
    trigger = now.triggers[0].model_copy(update={"config": {"inputs": [{"name": "amount", "type": "number"}]}})
    now = now.model_copy(update={"triggers": (trigger,)})
    assert stale_steps(flow(), now) == dict.fromkeys(("a", "big", "b", "c", "end"), BEHIND)


def test_another_arrow_makes_the_step_that_it_leads_to_stale():
    now = ops.remove(flow(), edges=["b:out>end"])
    now = ops.connect(now, "b", "out", "c", registry())
    assert stale_steps(flow(), now) == {"c": BEHIND, "end": BEHIND}


def test_names_notes_and_places_change_no_result():
    now = flow()
    nodes = tuple(one.model_copy(update={"name": "Other", "note": "Why"}) for one in now.nodes)
    assert stale_steps(flow(), now.model_copy(update={"nodes": nodes})) == {}


def nested(title="Call", after="Call"):
    inner = (loop("outer", "{{trigger.a}}"), task("first"), loop("inner", "{{item.b}}", "part"), task("deep", title))
    edges = "T>outer, outer[each]>first, first>inner, inner[each]>deep, inner[done]>after, outer[done]>end"
    return workflow(drawing(edges, *inner, task("after", after), end()))


def test_what_a_body_gives_reaches_what_follows_its_loops_and_not_what_comes_before():
    assert stale_steps(nested(), nested("Write")) == {
        "deep": CHANGED, "inner": BEHIND, "after": BEHIND, "outer": BEHIND, "end": BEHIND
    }  # fmt: skip
    assert stale_steps(nested(), nested(after="Write")) == {"after": CHANGED, "outer": BEHIND, "end": BEHIND}
