"""Faults of the drawing: what is never reached, goes in circles, or leads nowhere."""

from collections.abc import Iterator

from tests.templates.faults.seeding import (
    Document,
    Fault,
    Seeder,
    after,
    changed,
    fault,
    incoming,
    nodes,
    put,
    triggers,
    without,
)


def removed_edge(document: Document) -> Iterator[Fault]:
    """An arrow is gone: nothing leads to the step any more."""
    for _, node in nodes(document):
        edges = incoming(document, node["id"])
        if len(edges) == 1:
            yield fault(without(document, ("edges", edges[0])), "unreachable", node["id"])


def unreachable_step(document: Document) -> Iterator[Fault]:
    """A step that nobody wired."""
    new = changed(document)
    config = {"text": "Nobody sees this."}
    new["nodes"].append(
        {"id": "left_over", "name": "Left over", "type": "action", "action": "add_alert", "config": config}
    )
    yield fault(new, "unreachable", "left_over")


def circle(document: Document) -> Iterator[Fault]:
    """An arrow back to a step before."""
    for _, node in nodes(document, "action"):
        leads = [edge for edge in document["edges"] if edge["from"] == node["id"]]
        for edge in leads[:1]:
            target = next(one for one in document["nodes"] if one["id"] == edge["to"])
            if target["type"] == "action":
                new = changed(document)
                new["edges"].append({"from": target["id"], "to": node["id"]})
                yield fault(new, "cycle edge_into_loop", node["id"], target["id"])


def path_without_end(document: Document) -> Iterator[Fault]:
    """The arrow to the end is gone from one of several paths."""
    ends = {node["id"] for _, node in nodes(document, "end")}
    inside = {one for _, node in nodes(document, "loop") for one in after(document, node["id"], "each")}
    for index, edge in enumerate(document["edges"]):
        source = next((one for one in document["nodes"] if one["id"] == edge["from"]), None)
        lone = len(incoming(document, edge["to"])) > 1
        plain = source is not None and source["type"] in ("action", "notification", "transform", "delay")
        only = sum(one["from"] == edge["from"] for one in document["edges"]) == 1
        if edge["to"] in ends and lone and plain and only and edge["from"] not in inside:
            yield fault(without(document, ("edges", index)), "missing_end", edge["from"])


def else_not_set(document: Document) -> Iterator[Fault]:
    """An If says nothing for No."""
    for _, node in nodes(document, "condition"):
        for index, edge in enumerate(document["edges"]):
            if edge["from"] == node["id"] and edge.get("condition") == "false":
                yield fault(without(document, ("edges", index)), "unset_else", node["id"])


def yes_not_set(document: Document) -> Iterator[Fault]:
    """An If says nothing for Yes."""
    for _, node in nodes(document, "condition"):
        for index, edge in enumerate(document["edges"]):
            if edge["from"] == node["id"] and edge.get("condition") == "true":
                yield fault(without(document, ("edges", index)), "unset_way", node["id"])


def case_not_set(document: Document) -> Iterator[Fault]:
    """A case leads nowhere."""
    for _, node in nodes(document, "switch"):
        for index, edge in enumerate(document["edges"]):
            if edge["from"] == node["id"] and edge.get("condition", "").startswith("case:"):
                yield fault(without(document, ("edges", index)), "unset_way", node["id"])


def way_that_there_is_not(document: Document) -> Iterator[Fault]:
    """An arrow leaves by a way that the step does not have."""
    for index, edge in enumerate(document["edges"]):
        if edge.get("condition") in ("true", "false"):
            yield fault(put(document, ("edges", index, "condition"), "maybe"), "unknown_way", edge["from"])


def arrow_out_of_a_loop(document: Document) -> Iterator[Fault]:
    """A step inside a loop leads to what comes after it."""
    for _, node in nodes(document, "loop"):
        done = after(document, node["id"], "done")
        inside = [
            one["id"] for _, one in nodes(document, "action") if one["id"] in after(document, node["id"], "each") - done
        ]
        following = [
            edge["to"] for edge in document["edges"] if edge["from"] == node["id"] and edge.get("condition") == "done"
        ]
        if inside and following:
            new = changed(document)
            new["edges"].append({"from": inside[-1], "to": following[0]})
            yield fault(new, "edge_out_of_loop edge_into_loop", inside[-1])


def arrow_into_a_loop(document: Document) -> Iterator[Fault]:
    """A step before a loop leads right into it."""
    for _, node in nodes(document, "loop"):
        inside = after(document, node["id"], "each") - after(document, node["id"], "done")
        before = [
            one["id"]
            for _, one in nodes(document, "action")
            if node["id"] in after(document, one["id"]) and one["id"] not in inside
        ]
        if inside and before:
            new = changed(document)
            new["edges"].append({"from": before[0], "to": min(inside)})
            yield fault(new, "edge_into_loop", before[0])


def loop_without_steps(document: Document) -> Iterator[Fault]:
    """Nothing is done for each item."""
    for _, node in nodes(document, "loop"):
        new = changed(document)
        body = after(document, node["id"], "each") - after(document, node["id"], "done")
        new["edges"] = [one for one in new["edges"] if one["from"] not in body and one["to"] not in body]
        new["nodes"] = [one for one in new["nodes"] if one["id"] not in body]
        yield fault(new, "empty_loop", node["id"])


def loop_over_nothing(document: Document) -> Iterator[Fault]:
    """A loop that does not say over what, or over an empty list."""
    for index, node in nodes(document, "loop"):
        for nothing in ("", []):
            yield fault(
                put(document, ("nodes", index, "collection"), nothing), "missing_setting empty_list", node["id"]
            )


def loop_over_no_list(document: Document) -> Iterator[Fault]:
    """A loop over one text or one number."""
    for index, node in nodes(document, "loop"):
        for wrong in ("{{run.id}}", "{{count(settings)}}", "{{now}}"):
            yield fault(put(document, ("nodes", index, "collection"), wrong), "wrong_type", node["id"])


def fifty_one_actions(document: Document) -> Iterator[Fault]:
    """More actions than people can oversee."""
    new = changed(document)
    last = next(edge for edge in new["edges"] if edge["from"] != "trigger")
    source, way, target = last["from"], last.get("condition", "out"), last["to"]
    new["edges"].remove(last)
    for number in range(51):
        config = {"text": f"Step {number}"}
        step = {
            "id": f"more_{number}",
            "name": f"More {number}",
            "type": "action",
            "action": "add_alert",
            "config": config,
        }
        new["nodes"].append(step)
        edge = {"from": source, "to": step["id"]}
        new["edges"].append(edge | ({"condition": way} if way != "out" else {}))
        source, way = step["id"], "out"
    new["edges"].append({"from": source, "to": target})
    yield fault(new, "many_actions", None)


def nothing_starts_it(document: Document) -> Iterator[Fault]:
    """A trigger that leads to no step."""
    new = changed(document)
    new["edges"] = [edge for edge in new["edges"] if not edge["from"].startswith("trigger")]
    found = [trigger.get("id", "trigger") for _, trigger in triggers(document)]
    yield fault(new, "leads_nowhere unreachable", *found)


def starts_itself(document: Document) -> Iterator[Fault]:
    """A workflow that runs itself."""
    for index, node in nodes(document, "action"):
        new = changed(document)
        kept = {key: node[key] for key in ("id", "name")}
        new["nodes"][index] = {**kept, "type": "workflow", "config": {"workflow": document["id"]}}
        yield fault(new, "runs_itself", node["id"])


def two_that_start_each_other(document: Document) -> Iterator[Fault]:
    """A workflow runs another, and that one runs this one."""
    for index, node in nodes(document, "action"):
        new = changed(document)
        kept = {key: node[key] for key in ("id", "name")}
        new["nodes"][index] = {**kept, "type": "workflow", "config": {"workflow": "other"}}
        yield fault(new, "start_each_other", node["id"], starts={"other": ["further"], "further": [document["id"]]})


GRAPH: dict[str, Seeder] = {
    one.__name__: one
    for one in (
        removed_edge, unreachable_step, circle, path_without_end, else_not_set, yes_not_set, case_not_set,
        way_that_there_is_not, arrow_out_of_a_loop, arrow_into_a_loop, loop_without_steps, loop_over_nothing,
        loop_over_no_list, fifty_one_actions, nothing_starts_it, starts_itself, two_that_start_each_other,
    )
}  # fmt: skip
