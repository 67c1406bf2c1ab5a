"""View graphs for the canvas: the Invoice Reminder as the design draws it, and a large one."""

from typing import Any

Json = dict[str, Any]


def node(
    node_id: str,
    kind: str,
    word: str,
    icon: str,
    name: str,
    line: str,
    x: int,
    y: int,
    ways: list[Json] | None = None,
    **more: Any,
) -> Json:
    kinds = {"trigger": "trigger", "action": "action", "condition": "condition", "flow": "loop", "end": "end"}
    node_type = more.pop("type", kinds[kind])
    return {
        "id": node_id, "type": node_type, "kind": kind, "word": word, "icon": icon, "name": name, "line": line,
        "label": f"{node_type}: {name}", "x": x, "y": y, "body": None, "caption": None, "entry": kind != "trigger",
        "ways": [way("out", "", name)] if ways is None else ways, "off": False, "problem": None, "pinned": False, "note": None,
        **more,
    }  # fmt: skip


def way(name: str, label: str, of: str) -> Json:
    return {"way": name, "label": label, "name": f"output {name} of {of}"}


def edge(source: str, name: str, target: str, label: str | None = None) -> Json:
    return {"id": f"{source}:{name}>{target}", "from": source, "way": name, "to": target, "label": label}


def invoice_reminder() -> Json:
    fewer = "Fewer than 3 reminders?"
    return {
        "rev": 1, "direction": "TB", "readonly": False,
        "nodes": [
            node("trigger", "trigger", "When", "clock", "Every weekday at 09:00", "Next run Mon 23 Nov", 300, 0),
            node("n1", "action", "Do", "database-search", "Find overdue invoices", "Overdue by 7 days or more", 300, 112),
            node("n2", "flow", "For each", "repeat", "Invoice", "14 in the sample", 108, 224,
                 [way("each", "", "Invoice"), way("done", "", "Invoice")], body=["n3", "n4", "n5"], caption="in Overdue invoices"),
            node("n3", "condition", "If", "arrows-split", fewer, "Reminder count under 3", 300, 284,
                 [way("true", "Yes", fewer), way("false", "No", fewer)]),
            node("n4", "action", "Do", "mail", "Send reminder", "To Customer email", 144, 428),
            node("n5", "action", "Do", "ticket", "Create ticket", "High priority, to Collections", 456, 428,
                 problem={"severity": "warning", "text": "Assign to: Collections has no members"}),
            node("end", "end", "End", "flag", "Done", "Outcome: completed", 300, 588, []),
        ],
        "edges": [
            edge("trigger", "out", "n1"), edge("n1", "out", "n2"), edge("n2", "each", "n3"),
            edge("n3", "true", "n4", "Yes"), edge("n3", "false", "n5", "No"), edge("n2", "done", "end"),
        ],
    }  # fmt: skip


def left_to_right() -> Json:
    graph = invoice_reminder()
    graph["direction"] = "LR"
    places = {
        "trigger": (0, 200), "n1": (324, 200), "n2": (648, 60), "n3": (690, 200),
        "n4": (1038, 152), "n5": (1038, 248), "end": (1392, 200),
    }  # fmt: skip
    for each in graph["nodes"]:
        each["x"], each["y"] = places[each["id"]]
    return graph


def nested() -> Json:
    """Two loops, one in the other, branches that meet, and an arrow that has to go round a card."""
    ask = "Large order?"
    return {
        "rev": 1, "direction": "TB", "readonly": False,
        "nodes": [
            node("t", "trigger", "When", "bolt", "An order is placed", "From the shop", 300, 0),
            node("outer", "flow", "For each", "repeat", "Parcel", "", 0, 0,
                 [way("each", "", "Parcel"), way("done", "", "Parcel")], body=["a", "inner", "b"], caption="in Order"),
            node("a", "action", "Do", "package", "Print the label", "For Parcel", 300, 180),
            node("inner", "flow", "For each", "repeat", "Item", "", 0, 0,
                 [way("each", "", "Item"), way("done", "", "Item")], body=["b"], caption="in Parcel"),
            node("b", "action", "Do", "database-edit", "Take from stock", "1 piece", 300, 352),
            node("c", "condition", "If", "arrows-split", ask, "Total over 1,000", 300, 624,
                 [way("true", "Yes", ask), way("false", "No", ask)]),
            node("d", "action", "Do", "user-check", "Ask the owner", "By email", 300, 768, type="approval"),
            node("e", "action", "Do", "mail", "Thank the customer", "To Customer email", 300, 912),
            node("empty", "flow", "For each", "repeat", "Complaint", "", 700, 624,
                 [way("each", "", "Complaint"), way("done", "", "Complaint")], body=[], caption="in Complaints"),
        ],
        "edges": [
            edge("t", "out", "outer"), edge("outer", "each", "a"), edge("a", "out", "inner"), edge("inner", "each", "b"),
            edge("outer", "done", "c"), edge("c", "true", "d", "Yes"), edge("c", "false", "e", "No"), edge("d", "out", "e"),
        ],
    }  # fmt: skip


def large(count: int) -> Json:
    """`count` steps in columns of ten, every fourth a condition."""
    nodes = [node("trigger", "trigger", "When", "bolt", "A ticket comes in", "From the inbox", 0, 0)]
    edges = []
    for number in range(1, count):
        column, row = divmod(number, 10)
        name = f"Step {number}"
        is_condition = number % 4 == 0
        ways = [way("true", "Yes", name), way("false", "No", name)] if is_condition else None
        kind, word, icon = ("condition", "If", "arrows-split") if is_condition else ("action", "Do", "mail")
        nodes.append(node(f"s{number}", kind, word, icon, name, "To Customer email", column * 348, row * 144, ways))
        before = "trigger" if number == 1 else f"s{number - 1}"
        out = "true" if (number - 1) % 4 == 0 and number > 1 else "out"
        edges.append(edge(before, out, f"s{number}", "Yes" if out == "true" else None))
    return {"rev": 1, "direction": "TB", "readonly": False, "nodes": nodes, "edges": edges}


def tall() -> Json:
    """Forty steps, one below the other."""
    graph = large(40)
    for number, each in enumerate(graph["nodes"]):
        each["x"], each["y"] = 0, number * 112
    return graph


def marked() -> Json:
    """The Invoice Reminder with notes at its steps, marks of what has changed, and all that can stand on one card."""
    graph = invoice_reminder()
    more: dict[str, Json] = {
        "n1": {
            "note": "Only invoices of this year; older ones are with the lawyers since the spring.",
            "since": "changed",
        },
        "n3": {"note": "Three is what the lawyers said", "since": "added"},
        "n4": {"note": "In the language of the customer", "pinned": True},
        "n5": {"since": "changed", "pinned": True},
        "n2": {"since": "changed", "note": "One round for each invoice"},
        "end": {"note": "The accountants look at it once a week and on the last day of the month"},
    }
    for each in graph["nodes"]:
        each.update(more.get(each["id"], {}))
    return graph
