"""Faults of conditions: what cannot be compared, what never decides anything."""

from collections.abc import Iterator
from typing import Any

from tests.templates.faults.seeding import (
    Document,
    Fault,
    Place,
    Seeder,
    changed,
    fault,
    filters,
    loop_items,
    nodes,
    put,
    rules,
    without,
)


def comparison(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    """Return a comparison as documents write it."""
    return {"field": field, "operator": operator} | ({} if value is None else {"value": value})


def empty_rule(document: Document) -> Iterator[Fault]:
    """An If without a single comparison."""
    for index, node in nodes(document, "condition"):
        for tree in (
            {"type": "and", "conditions": []},
            {"type": "or", "conditions": [{"type": "and", "conditions": []}]},
        ):
            yield fault(put(document, ("nodes", index, "condition"), tree), "empty_rule missing_setting", node["id"])


def empty_group(document: Document) -> Iterator[Fault]:
    """A group that holds nothing, beside a comparison."""
    for node_id, place, rule in rules(document):
        new = {"type": "and", "conditions": [rule, {"type": "or", "conditions": []}]}
        yield fault(put(document, place, new), "empty_group", node_id)


def unknown_operator(document: Document) -> Iterator[Fault]:
    """An operator that there is not."""
    for node_id, place, _ in rules(document):
        yield fault(put(document, (*place, "operator"), "greater_then"), "unknown_operator", node_id, within="operator")


def no_value(document: Document) -> Iterator[Fault]:
    """A comparison with nothing."""
    for node_id, place, rule in rules(document):
        if "value" in rule:
            yield fault(without(document, (*place, "value")), "missing_value", node_id)


def no_field(document: Document) -> Iterator[Fault]:
    """A comparison of nothing."""
    for node_id, place, _ in rules(document):
        yield fault(put(document, (*place, "field"), ""), "missing_setting", node_id)


def unknown_field_compared(document: Document) -> Iterator[Fault]:
    """A field that the kind of record does not have, in an If."""
    items = loop_items(document)
    for node_id, place, rule in rules(document):
        if rule["field"].split(".")[0] in items and "(" not in rule["field"]:
            yield fault(put(document, (*place, "field"), rule["field"] + "x"), "unknown_field", node_id)


def number_against_words(document: Document) -> Iterator[Fault]:
    """An amount compared with words."""
    items = loop_items(document)
    for node_id, place, rule in rules(document):
        root = rule["field"].split(".")[0]
        if root in items and isinstance(rule.get("value"), (int, float)) and "days" not in rule["operator"]:
            yield fault(put(document, (*place, "value"), "plenty"), "type_mismatch", node_id)


def date_against_words(document: Document) -> Iterator[Fault]:
    """A date compared with what is no date."""
    for node_id, place, _ in rules(document):
        yield fault(put(document, place, comparison("now", "before", "soonish")), "type_mismatch wrong_type", node_id)


def operator_of_another_type(document: Document) -> Iterator[Fault]:
    """A question for yes-or-no values asked of a date."""
    for node_id, place, _ in rules(document):
        yield fault(put(document, place, comparison("now", "is_true")), "type_mismatch", node_id)


def value_that_a_choice_never_has(document: Document) -> Iterator[Fault]:
    """A status that no record can have, in an If."""
    for node_id, place, rule in rules(document):
        if (
            rule["field"].endswith(".status")
            and rule["operator"] == "equals"
            and rule["field"].split(".")[0] in loop_items(document)
        ):
            yield fault(put(document, (*place, "value"), f"{rule['value']}x"), "type_mismatch wrong_choice", node_id)


def value_that_a_filter_never_finds(document: Document) -> Iterator[Fault]:
    """A status that no record can have, in a query."""
    for node_id, _, place, rule in filters(document):
        if rule["field"] == "status" and rule["operator"] == "equals":
            yield fault(put(document, (*place, "value"), f"{rule['value']}x"), "type_mismatch wrong_choice", node_id)


def always_true(document: Document) -> Iterator[Fault]:
    """Rules of which one holds whatever the value is."""
    for node_id, place, rule in rules(document):
        field = rule["field"]
        for one, other in (
            (comparison(field, "equals", "a"), comparison(field, "not_equals", "a")),
            (comparison(field, "is_empty"), comparison(field, "is_not_empty")),
            (comparison(field, "greater_than", 5), comparison(field, "less_or_equal", 5)),
            (comparison(field, "less_than", 10), comparison(field, "greater_than", 5)),
        ):
            yield fault(put(document, place, {"type": "or", "conditions": [one, other]}), "always_true", node_id)


def always_false(document: Document) -> Iterator[Fault]:
    """Rules that can never hold together."""
    for node_id, place, rule in rules(document):
        field = rule["field"]
        for one, other in (
            (comparison(field, "equals", "open"), comparison(field, "equals", "closed")),
            (comparison(field, "greater_than", 1000), comparison(field, "less_than", 100)),
            (comparison(field, "exists"), comparison(field, "not_exists")),
            (comparison(field, "in", ["a", "b"]), comparison(field, "equals", "c")),
            (comparison(field, "after", "2026-03-02"), comparison(field, "before", "2026-03-01")),
            (comparison(field, "is_true"), comparison(field, "is_false")),
        ):
            yield fault(put(document, place, {"type": "and", "conditions": [one, other]}), "always_false", node_id)


def range_upside_down(document: Document) -> Iterator[Fault]:
    """A range whose end lies before its beginning."""
    for node_id, place, rule in rules(document):
        wrong = comparison(rule["field"], "between", [100, 10])
        yield fault(put(document, place, wrong), "always_false", node_id)


def query_that_finds_nothing(document: Document) -> Iterator[Fault]:
    """Rules of a query that no record can meet."""
    for node_id, _, place, rule in filters(document):
        if rule["operator"] == "equals" and isinstance(rule.get("value"), str) and "{{" not in rule["value"]:
            new = changed(document)
            parts: Any = new
            for step in place[:-1]:
                parts = parts[step]
            parts.append({**rule, "operator": "not_equals"})
            yield fault(new, "always_false", node_id)


def repeated_case(document: Document) -> Iterator[Fault]:
    """Two cases of one name."""
    for index, node in nodes(document, "switch"):
        if len(node["cases"]) > 1:
            place: Place = ("nodes", index, "cases", 1, "name")
            yield fault(put(document, place, node["cases"][0]["name"]), "repeated_case", node["id"])


def case_that_never_comes(document: Document) -> Iterator[Fault]:
    """Two cases for one value: the second is never taken."""
    for index, node in nodes(document, "switch"):
        if len(node["cases"]) > 1 and all("value" in case for case in node["cases"][:2]) and node.get("match") != "all":
            place: Place = ("nodes", index, "cases", 1, "value")
            yield fault(put(document, place, node["cases"][0]["value"]), "case_never_taken", node["id"])


def case_without_name(document: Document) -> Iterator[Fault]:
    """A case that nothing can lead on from."""
    for index, node in nodes(document, "switch"):
        yield fault(put(document, ("nodes", index, "cases", 0, "name"), ""), "missing_setting", node["id"])


RULES: dict[str, Seeder] = {
    one.__name__: one
    for one in (
        empty_rule, empty_group, unknown_operator, no_value, no_field, unknown_field_compared, number_against_words, date_against_words,
        operator_of_another_type, value_that_a_choice_never_has, value_that_a_filter_never_finds, always_true,
        always_false, range_upside_down, query_that_finds_nothing, repeated_case, case_that_never_comes, case_without_name,
    )
}  # fmt: skip
