"""What is typed in one field becomes one operation: at its place, within its limits, with what follows from a name."""

import pytest

from flowstudio.domain.json import JsonValue
from flowstudio.domain.workflow import Workflow
from flowstudio.errors import BadRequest
from flowstudio.ui.editor.entry import Entering, Entry, mark_of, standing
from tests.support.workflows import drawing, facts, loop, query, registry, task, workflow


@pytest.fixture
def flow() -> Workflow:
    return workflow(
        drawing("T>q, q>l, l[done]>t", query("q", "invoices"), loop("l", "{{invoices}}"), task("t", "{{invoices}}"))
    )


def put(flow: Workflow, at: tuple[str, ...], value: JsonValue, **more: object) -> Workflow:
    return Entering(registry(), facts).put(flow, Entry(at, value, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "typed", "kept"),
    [
        (("t", "config", "title"), "Ring", "Ring"),
        (("t", "config", "title"), "", None),
        (("t", "name"), "  Ring them ", "Ring them"),
        (("t", "note"), "Ask first", "Ask first"),
        (("t", "tries"), "4", 4),
        (("t", "tries"), "", None),
        (("t", "timeout"), "90 seconds", "90 seconds"),
        (("t", "reuse_for"), "10 minutes", "10 minutes"),
        (("t", "on_error"), "continue", "continue"),
        (("", "description"), "Rings", "Rings"),
        (("", "settings", "max_runs_per_hour"), "7", 7),
        (("", "settings", "concurrency"), "parallel", None),
        (("", "settings", "retention"), " 90 days ", "90 days"),
        (("t", "pinned"), {"task": {"id": "1"}}, {"task": {"id": "1"}}),
    ],
)
def test_an_entry_stands_at_its_place(flow: Workflow, at: tuple[str, ...], typed: JsonValue, kept: JsonValue):
    after = put(flow, at, typed)
    assert standing(after, at) == kept
    assert put(after, at, typed) == after


@pytest.mark.parametrize(
    ("at", "typed", "more"),
    [
        (("gone", "name"), "Ring", {}),
        (("t", "secret"), "x", {}),
        (("", "settings", "ask_after"), "1.5", {}),
        (("", "settings", "pause_after_failures"), 101, {}),
        (("", "settings", "timeout"), "soon", {}),
        (("", "settings", "variables"), {}, {}),
        (("t", "config", "title"), "{", {"form": "json"}),
        (("t", "pinned"), "[1]", {"form": "object"}),
        (("t", "config", "title"), "x", {"inside": (0, "name")}),
        (("t", "tries"), "many", {}),
        (("note:gone", "text"), "x", {}),
    ],
)
def test_what_does_not_fit_is_refused_in_words(flow: Workflow, at: tuple[str, ...], typed: JsonValue, more: dict):
    with pytest.raises(BadRequest) as refused:
        put(flow, at, typed, **more)
    assert refused.value.message


def test_a_new_name_reaches_its_uses_even_when_the_field_was_empty_for_a_moment(flow: Workflow):
    entering = Entering(registry(), facts)
    for name in ("", "overdue"):
        flow = entering.put(flow, Entry(("q", "result"), name))
    assert "overdue" in str(standing(flow, ("t", "config", "title")))


def test_a_place_in_a_list_and_several_settings_at_once(flow: Workflow):
    flow = put(flow, ("t", "notify"), [{"on": "failed", "channel": "email", "to": "a@b.example", "message": ""}])
    flow = put(flow, ("t", "notify"), "c@d.example", inside=(0, "to"))
    assert standing(flow, ("t", "notify"))[0]["to"] == "c@d.example"
    several = ("trigger", "config", "mode", "every", "cron")
    flow = put(flow, several, {"mode": "interval", "every": "2 hours"})
    assert standing(flow, several) == {"mode": "interval", "every": "2 hours", "cron": None}


def test_marks_tell_states_apart_and_not_the_order_of_keys():
    assert mark_of({"a": 1, "b": [1]}) == mark_of({"b": [1], "a": 1})
    assert len({mark_of(one) for one in (None, "", 0, False, [], {})}) == 6


@pytest.mark.parametrize("sent", [{}, {"at": "name"}, {"at": ["t"]}, {"at": ["t", "name"], "inside": "x"}])
def test_what_is_no_entry_is_refused(sent: dict):
    with pytest.raises(BadRequest):
        Entry.read(sent)
