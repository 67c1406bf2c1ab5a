"""Conditions decide: they ask something, and what they ask can come out both ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flowstudio.analysis.checks.look import Look
from flowstudio.analysis.checks.rules import Rule, no_rule, rules_of
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node
from flowstudio.expressions import Foregone, find_operator, foregone, sentence
from flowstudio.kit.uses import Where

_OTHER = {"and": ("or", "Ask for any of them"), "or": ("and", "Ask for all of them")}


def check(look: Look) -> Iterator[Problem]:
    """Find rules without a comparison, empty groups in rules, rules that always or never hold, cases never taken."""
    for rule in rules_of(look):
        empty = list(_empty_groups(rule.tree, ()))
        if () in empty:
            if rule.decides:
                who = f'Case "{rule.case}" of {look.called(rule.part)}' if rule.case is not None else ""
                yield no_rule(look, rule.part, rule.where, who)
            continue
        for inside in empty:
            message = f"{rule.label} has a group without a comparison."
            fix = _without(rule, inside)
            yield look.problem(
                rule.part, (*rule.where, *inside), "empty_group", message,
                hint="Fill it, or remove it.", severity="warning", fix=fix,
            )  # fmt: skip
        if not empty:
            yield from _settled(look, rule)
    for node in look.workflow.nodes:
        if node.type == "switch" and node.config.get("match") != "all":
            yield from _cases(look, node)


def _empty_groups(tree: JsonValue, where: Where) -> Iterator[Where]:
    """Visit the outermost groups that hold no comparison at any depth."""
    if not isinstance(tree, dict) or not isinstance(tree.get("conditions"), list):
        if tree == {}:
            yield where
        return
    inner = [list(_empty_groups(one, (*where, "conditions", index))) for index, one in enumerate(tree["conditions"])]
    if all((*where, "conditions", index) in found for index, found in enumerate(inner)):
        yield where
    else:
        for found in inner:
            yield from found


def _settled(look: Look, rule: Rule) -> Iterator[Problem]:
    whole, parts = foregone(rule.tree, "record" if rule.over_record else "variables")
    for part in parts:
        said = [sentence(one) for one in part.because]
        if part.joined == "and":
            message = f'"{said[0]}" and "{said[1]}" can never be true together.'
        elif part.joined == "or":
            message = f'Of "{said[0]}" and "{said[1]}", one is always true.'
        else:
            message = f'"{said[0]}" is {"always" if part.result else "never"} true.'
        about = f"{rule.label}:" if whole is None else f"{rule.label} {'always' if whole else 'never'} holds."
        fix = _joined_otherwise(rule, part)
        hint = f"{fix['label']}, or change one of them." if fix is not None else "Change what is compared."
        code = "always_true" if part.result else "always_false"
        yield look.problem(
            rule.part, (*rule.where, *part.where), code, f"{about} {message}", hint=hint, severity="warning", fix=fix
        )


def _joined_otherwise(rule: Rule, part: Foregone) -> JsonObject | None:
    """Offer any instead of all, all instead of any, or a range the other way round, where that leaves a choice."""
    group: Any = rule.tree
    for step in part.where:
        group = group[step]
    if not part.joined:
        value = group.get("value")
        ends = value if isinstance(value, list) else str(value).split(",")
        turned = find_operator(str(group["operator"]))
        if turned is None or turned.key != "between" or len(ends) != 2:
            return None
        return Look.put(rule.part, (*rule.where, *part.where, "value"), ends[::-1], "Swap the two ends")
    if group.get("type", "and") not in _OTHER:
        return None
    kind, label = _OTHER[group.get("type", "and")]
    if foregone({**group, "type": kind})[0] is not None:
        return None
    return Look.put(rule.part, (*rule.where, *part.where, "type"), kind, label)


def _without(rule: Rule, inside: Where) -> JsonObject:
    outer: Any = rule.tree
    for step in inside[:-1]:
        outer = outer[step]
    rest = [one for index, one in enumerate(outer) if index != inside[-1]]
    return Look.put(rule.part, (*rule.where, *inside[:-1]), rest, "Remove the group")


def _cases(look: Look, node: Node) -> Iterator[Problem]:
    """Find a case behind another that asks the same: of several that hold, the first one is taken."""
    cases = node.config.get("cases")
    seen: dict[str, str] = {}
    for index, case in enumerate(cases if isinstance(cases, list) else ()):
        if not isinstance(case, dict):
            continue
        asked = case.get("condition") or case.get("value")
        if asked in (None, "", [], {}):
            continue
        key, name = str(asked).strip().casefold(), str(case.get("name") or index + 1)
        if key in seen and name != seen[key]:
            message = (
                f'Case "{name}" of {look.called(node)} is never taken: case "{seen[key]}" asks the same before it.'
            )
            yield look.problem(
                node, ("config", "cases", index), "case_never_taken", message,
                hint="Change what it asks for, or remove it.", severity="warning",
            )  # fmt: skip
        seen.setdefault(key, name)
