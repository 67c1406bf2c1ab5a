"""What is looked at in a run: rounds of loops, also nested ones, and moments of its time line."""

import copy

import pytest

from flowstudio.analysis.viewpoint import Viewpoint
from flowstudio.engine.test_run import Twins, run_virtually
from flowstudio.kit.record_types import shipped_record_types
from flowstudio.ui.components.painting import paint
from flowstudio.ui.components.run_look import RunLook
from tests.support.workflows import decision, drawing, end, loop, registry, task, workflow

NORTH = {"name": "North", "orders": [{"name": "Pens", "amount": 2}, {"name": "Desks", "amount": 900, "due": "2026-03-09"}]}  # fmt: skip
SOUTH = {"name": "South", "orders": [{"name": "Lamps", "amount": 300, "due": "soon"}, {"name": "Cups", "amount": 5}]}
WEST = {"name": "West", "orders": []}
EAST = {"name": "East", "orders": [{"name": "Chairs", "amount": 500, "due": "2026-03-09"}]}


def nested():
    """For each region, for each order: large ones are delivered, small ones packed."""
    late = task("deliver")
    late["config"]["due_date"] = "{{order.due}}"
    return workflow(
        drawing(
            "T>regions, regions[each]>orders, orders[each]>large, large[true]>deliver, large[false]>pack, regions[done]>end",
            loop("regions", "{{trigger.regions}}", "region", config={"on_item_error": "continue"}),
            loop("orders", "{{region.orders}}", "order"),
            decision("large", "order.amount", value=100),
            late, task("pack"), end(),
        )
    )  # fmt: skip


@pytest.fixture
async def run():
    sample = {"now": "2026-03-02T09:00:00", "trigger": {"regions": [NORTH, SOUTH, WEST, EAST]}}
    twins = Twins(types=shipped_record_types(), settings={"sales_email": "sales@brightline.example"})
    return await run_virtually(nested(), registry(), sample, twins)


@pytest.fixture
def point(run):
    found = Viewpoint(run.workflow, registry())
    found.take(run.steps)
    return found


def places(steps):
    return list(dict.fromkeys((step.node_id, step.iteration) for step in steps))


def test_each_round_is_known_by_its_item_and_how_it_went(point):
    regions = point.rounds_at("regions")
    assert [one.item["name"] for one in regions.rounds] == ["North", "South", "West", "East"]
    assert [one.went for one in regions.rounds] == ["done", "failed", "done", "done"]
    assert regions.failed == (1,)
    assert [one.went for one in point.rounds["orders", (1,)].rounds] == ["failed", "ahead"]
    assert len(point.rounds_at("orders").rounds) == 5  # of all regions together
    assert point.item("deliver", (0, 1))["name"] == "Desks"
    assert point.item("end", ()) is None


def test_a_round_holds_its_own_steps_and_those_outside_loops(point):
    assert places(point.shown()) == places(point.steps)
    assert point.turn("regions", "next")
    assert {one.iteration[:1] for one in point.shown()} == {(), (0,)}
    assert point.turn("orders", 1)
    assert places(point.shown()) == [
        ("regions", ()), ("orders", (0,)), ("large", (0, 1)), ("deliver", (0, 1)), ("end", ())
    ]  # fmt: skip
    assert not point.turn("orders", "next")
    assert point.turn("orders", "back")
    assert point.turn("orders", "back")  # before the first round stand all of them
    assert point.chosen == {"regions": 0}


def test_an_inner_round_chooses_the_round_around_it_first(point):
    assert point.turn("orders", "next")
    assert point.chosen == {"regions": 0, "orders": 0}
    assert point.turn("regions", "all")
    assert point.chosen == {}
    assert point.turn("orders", "failed")
    assert point.chosen == {"regions": 1, "orders": 0}


def test_an_inner_round_that_another_list_does_not_have_is_let_go(point):
    point.turn("orders", 1)
    assert point.chosen == {"regions": 0, "orders": 1}
    point.turn("regions", 3)
    assert point.chosen == {"regions": 3}
    point.turn("regions", 2)
    assert not point.turn("orders", "next")
    assert point.chosen == {"regions": 2}


def test_the_next_failed_round_begins_again_behind_the_last(point):
    assert point.turn("regions", 2)
    assert point.turn("regions", "failed")
    assert point.chosen["regions"] == 1
    assert point.turn("regions", "failed")
    assert point.chosen["regions"] == 1


def test_the_time_line_goes_through_the_steps_and_loops_begin_before_their_rounds(point):
    assert point.moments[:4] == [("regions", ()), ("orders", (0,)), ("large", (0, 0)), ("pack", (0, 0))]
    assert point.moments[-1] == ("end", ())
    assert point.position == len(point.moments) - 1
    assert point.go(4) == ("large", (0, 1))
    assert point.chosen == {"regions": 0, "orders": 1}
    assert not point.whole
    assert ("pack", (0, 0)) in places(point.seen())
    assert ("deliver", (0, 1)) not in places(point.seen())
    assert point.go(99) == ("end", ())
    assert point.whole
    assert point.chosen == {}
    assert point.go(-5) == ("regions", ())


def test_a_run_that_goes_on_keeps_what_is_chosen(run, point):
    early = Viewpoint(run.workflow, registry())
    assert early.go(0) is None
    assert early.position == -1
    early.take(run.steps[:4])
    early.turn("orders", 0)
    early.take(run.steps)
    assert early.chosen == {"regions": 0, "orders": 0}
    early.take([])
    assert early.chosen == {}


def painted(run, point):
    return paint(
        run.workflow, point.shown(), trigger_id="trigger", finished=point.whole, test=True, point=point, stale={}
    )  # fmt: skip


def test_all_rounds_are_painted_with_counts_and_one_round_with_its_way_alone(run, point):
    together = painted(run, point)
    assert together["edges"]["large:true>deliver"] == {"state": "taken", "count": 3}
    assert together["edges"]["large:false>pack"] == {"state": "taken", "count": 1}
    assert together["edges"]["regions:each>orders"]["state"] == "taken"
    assert together["nodes"]["regions"]["rounds"] == {"at": None, "of": 4, "text": "All 4 rounds", "failed": 1}
    point.turn("orders", 1)
    alone = painted(run, point)
    assert alone["edges"]["large:true>deliver"] == {"state": "taken", "count": None}
    assert alone["edges"]["large:false>pack"] == {"state": "not_taken", "count": None}
    assert alone["nodes"]["pack"] == {
        "state": "not_reached", "line": "Not in this round", "count": None, "rounds": None, "stale": None
    }  # fmt: skip
    assert alone["nodes"]["orders"]["rounds"]["text"] == "Round 2 of 2, Desks"
    assert alone["nodes"]["regions"]["rounds"]["text"] == "Round 1 of 4, North"


def test_a_moment_is_painted_as_it_was(run, point):
    point.go(2)
    then = painted(run, point)
    assert then["nodes"]["regions"]["state"] == "running"
    assert then["nodes"]["end"]["state"] == "pending"
    assert then["edges"]["large:false>pack"] == {"state": "taken", "count": None}
    assert then["edges"]["regions:done>end"] == {"state": "ahead", "count": None}


class Shown:
    """Stands where the canvas does and keeps what it is told."""

    def __init__(self):
        self.selected = []
        self.painted = {}

    def select(self, ids):
        self.selected = ids

    def status(self, status):
        self.painted = copy.deepcopy(status)


@pytest.fixture
def look(run):
    found = RunLook(run.workflow, registry(), changes.append, test=True)
    changes.clear()
    found.surface = Shown()
    found.take(run.steps, "trigger", finished=True)
    return found


changes: list[str] = []


def test_the_next_failed_round_shows_the_step_that_failed(look):
    look.turn("regions", "failed")
    assert (look.chosen.node_id, look.chosen.iteration) == ("deliver", (1, 0))
    assert look.surface.selected == ["deliver"]
    assert look.where(look.chosen) == "Round 1 of 2, Lamps, in round 2 of 4, South"
    look.turn("regions", "next")
    assert (look.chosen, look.node) == (None, "deliver")


def test_a_box_shows_the_round_that_failed_unless_one_is_chosen(look):
    look.pick("deliver")
    assert look.chosen.iteration == (1, 0)
    look.turn("regions", 0)
    look.pick("deliver")
    assert look.chosen.iteration == (0, 1)


def test_a_step_that_comes_after_the_moment_brings_the_end_back(look, run):
    look.go("first")
    assert ("end", ()) in look.ahead
    assert changes[-1] == "step"
    look.go("next")
    assert look.chosen.node_id == "orders"
    assert changes[-1] == "list"
    look.choose(run.steps[-1])
    assert look.chosen.node_id == "end"
    assert look.point.whole
    assert look.ahead == frozenset()
