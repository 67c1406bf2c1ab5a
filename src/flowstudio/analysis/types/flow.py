"""The variables of a workflow: who gives each name, of what kind it is, and whether a node can count on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from flowstudio.analysis.facts import Facts
from flowstudio.analysis.types.kinds import ANY, DATE, NUMBER, TEXT, Kind, fields_of, inside, kind_of_word, names_inside
from flowstudio.analysis.types.outputs import assigned_by, kind_of_setting, main_kind, outputs_of
from flowstudio.analysis.types.paths import Turns, turns_of
from flowstudio.analysis.types.payloads import payload_kinds
from flowstudio.domain.workflow import Node, Workflow
from flowstudio.graph import Shape
from flowstudio.kit import NodeType, Registry

ROOTS = ("trigger", "steps", "loop", "settings", "run", "time", "now", "today")
WORKSPACE_SETTINGS = ("timezone", "business_hours", "holidays", "base_url")
"""Settings that every workspace has."""
_RUN = Kind("object", fields=(
    ("id", TEXT), ("workflow_id", TEXT), ("workflow", TEXT), ("version", NUMBER), ("started_at", DATE),
    ("test", Kind("boolean")), ("trigger", TEXT),
))  # fmt: skip
_TIME = Kind("object", fields=(("now", DATE), ("today", DATE)))

Giver = Literal["trigger", "output", "variable", "item", "builtin"]
Certainty = Literal["sure", "perhaps", "never"]


@dataclass(frozen=True, slots=True)
class Gift:
    """One place that gives a name its value."""

    name: str
    giver: Giver
    source: str
    """Id of the node or trigger."""
    kind: Kind


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a name at a node."""

    kind: Kind
    certainty: Certainty
    gifts: tuple[Gift, ...]


@dataclass
class Flow:
    """The variables of one workflow, worked out on demand and kept."""

    workflow: Workflow
    registry: Registry
    facts: Facts
    shape: Shape
    node_types: dict[str, type[NodeType] | None]
    _outputs: dict[str, dict[str, Kind]] = field(default_factory=dict)
    _working: set[str] = field(default_factory=set)
    _found: dict[tuple[str, str], Found | None] = field(default_factory=dict)

    @cached_property
    def turns(self) -> Turns:
        """Who comes before whom."""
        given = {source: [one.name for one in gifts if one.giver != "item"] for source, gifts in self.gifts_of.items()}
        return turns_of(self.workflow, self.shape, self.registry, given)

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """The nodes by id."""
        return {node.id: node for node in self.workflow.nodes}

    @cached_property
    def payloads(self) -> dict[str, dict[str, Kind]]:
        """What each trigger brings, by trigger id."""
        return {
            trigger.id: payload_kinds(trigger, self.workflow, self.registry, self.facts)
            for trigger in self.workflow.triggers
        }

    @cached_property
    def open_payload(self) -> bool:
        """Whether some trigger brings names that nobody can know before (events of the user's own)."""
        return any(
            not self.payloads[trigger.id]
            and (trigger.type in ("event", "poll") or self.registry.find(trigger.key) is None)
            for trigger in self.workflow.triggers
        )

    @cached_property
    def inputs(self) -> dict[str, Kind]:
        """The workflow's inputs where no manual trigger holds them."""
        return {
            str(one["name"]): kind_of_word(one.get("type", "text")) for one in self.workflow.inputs if one.get("name")
        }

    @cached_property
    def gifts(self) -> dict[str, list[Gift]]:
        """Everything that gives a bare name its value, by name; kinds of outputs are worked out later."""
        found: dict[str, list[Gift]] = {}
        for trigger_id, payload in self.payloads.items():
            for name, kind in payload.items():
                found.setdefault(name, []).append(Gift(name, "trigger", trigger_id, kind))
        for name, kind in self.inputs.items():
            found.setdefault(name, []).append(Gift(name, "trigger", "trigger", kind))
        for node in self.workflow.nodes:
            for gift in self._given_by(node):
                found.setdefault(gift.name, []).append(gift)
        if "customer" in found and "client" not in found:
            found["client"] = found["customer"]
        return found

    @cached_property
    def gifts_of(self) -> dict[str, list[Gift]]:
        """The same by the node or trigger that gives."""
        found: dict[str, list[Gift]] = {}
        for gifts in self.gifts.values():
            for gift in gifts:
                found.setdefault(gift.source, []).append(gift)
        return found

    def _given_by(self, node: Node) -> Iterator[Gift]:
        if node.outputs:
            yield Gift(node.outputs[0], "output", node.id, ANY)
        if node.key in ("transform", "action.transform_data") and isinstance(node.config.get("set"), dict):
            for name in node.config["set"]:
                yield Gift(str(name), "variable", node.id, ANY)
        if self.shape.bodies.get(node.id):
            yield Gift(self.item_variable(node.id), "item", node.id, ANY)

    def item_variable(self, loop: str) -> str:
        """Return what a loop calls its item."""
        return str(self.nodes[loop].config.get("item_variable") or "item")

    def find(self, node_id: str, name: str) -> Found | None:
        """Return what is known of a bare name at a node; None when nothing in the workflow can give it."""
        key = (node_id, name)
        if key not in self._found:
            self._found[key] = self._find(node_id, name)
        return self._found[key]

    def _find(self, node_id: str, name: str) -> Found | None:
        gifts = self.gifts.get(name)
        if name in ROOTS and not gifts:
            return Found(self._root(node_id, name), "sure", ())
        if gifts is None:
            return None
        for loop in reversed(self.shape.scope.get(node_id, ())):
            if self.item_variable(loop) == name:
                return Found(self.item_kind(loop), "sure", tuple(gift for gift in gifts if gift.source == loop))
        here = [gift for gift in gifts if self._reaches(node_id, gift)]
        if not here:
            return Found(ANY, "never", tuple(gifts))
        kinds = [self.kind_of_gift(gift) for gift in here]
        kind = kinds[0]
        for other in kinds[1:]:
            kind = kind.merged(other)
        return Found(kind, "sure" if self._is_sure(node_id, here) else "perhaps", tuple(here))

    def _reaches(self, node_id: str, gift: Gift) -> bool:
        if gift.giver == "trigger":
            return True
        if gift.giver == "item" or not self.turns.perhaps(node_id, gift.source):
            return False
        outer = self.shape.scope.get(gift.source, ())
        return outer == self.shape.scope.get(node_id, ())[: len(outer)] or self._assigned_outside(gift)

    def _assigned_outside(self, gift: Gift) -> bool:
        """Say whether a name set inside a loop exists outside it: then it is written there."""
        scope = self.shape.scope.get(gift.source, ())
        others = (one for one in self.gifts[gift.name] if one is not gift)
        return any(
            one.giver == "trigger" or len(self.shape.scope.get(one.source, ())) < len(scope)
            for one in others
            if one.giver != "item"
        )

    def _is_sure(self, node_id: str, gifts: list[Gift]) -> bool:
        if self.turns.named(node_id, gifts[0].name):
            return True
        bringing = {gift.source for gift in gifts if gift.giver == "trigger"}
        return bool(bringing) and bringing >= set(self.payloads)

    def kind_of_gift(self, gift: Gift) -> Kind:
        """Return the kind of what is given."""
        if gift.giver == "trigger":
            return gift.kind
        if gift.giver == "item":
            return self.item_kind(gift.source)
        node = self.nodes[gift.source]
        if gift.giver == "variable":
            return self._guarded(f"set:{node.id}", lambda: assigned_by(node, self._reader(node.id))).get(gift.name, ANY)
        return main_kind(self.node_types.get(node.id), self.outputs(node.id))

    def outputs(self, node_id: str) -> dict[str, Kind]:
        """Return a node's outputs by name."""
        node = self.nodes[node_id]
        return self._guarded(node_id, lambda: outputs_of(node, self.node_types.get(node_id), self._reader(node_id)))

    def item_kind(self, loop: str) -> Kind:
        """Return the kind of a loop's item."""
        collection = self.nodes[loop].config.get("collection")
        found = self._guarded(f"item:{loop}", lambda: {"": kind_of_setting(collection, self._reader(loop))}).get(
            "", ANY
        )
        return found.item or ANY if found.name == "list" else ANY

    def _guarded(self, key: str, work: object) -> dict[str, Kind]:
        """Work something out once; in a circle nothing is known."""
        if key in self._outputs:
            return self._outputs[key]
        if key in self._working:
            return {}
        self._working.add(key)
        assert callable(work)
        result: dict[str, Kind] = work()
        self._working.discard(key)
        self._outputs[key] = result
        return result

    def _reader(self, node_id: str) -> KindReader:
        return KindReader(self, node_id)

    def _root(self, node_id: str, name: str) -> Kind:
        match name:
            case "trigger":
                return self.trigger_kind
            case "steps":
                ids = tuple((one, Kind("object", fields=tuple(self.outputs(one).items()))) for one in self.nodes)
                return Kind("object", fields=ids)
            case "loop":
                scope = self.shape.scope.get(node_id, ())
                fields = (("item", self.item_kind(scope[-1])), ("index", NUMBER)) if scope else ()
                return Kind("object", fields=fields)
            case "settings":
                return Kind("object", fields=tuple((key, self.setting_kind(key)) for key in self.setting_names))
            case "run":
                return _RUN
            case "time":
                return _TIME
            case _:
                return DATE

    @cached_property
    def trigger_kind(self) -> Kind:
        """The kind of `trigger`: what all triggers together may bring."""
        if self.open_payload:
            return ANY
        merged: dict[str, Kind] = dict(self.inputs)
        for payload in self.payloads.values():
            for name, kind in payload.items():
                merged[name] = merged[name].merged(kind) if name in merged else kind
        for name in ("fired_at", "type", "event", "old", "date"):
            merged.setdefault(name, DATE if name in ("fired_at", "date") else ANY)
        if "customer" in merged:
            merged.setdefault("client", merged["customer"])
        return Kind("object", fields=tuple(merged.items()))

    @cached_property
    def setting_names(self) -> tuple[str, ...]:
        """Names of the workspace settings."""
        return tuple(dict.fromkeys((*self.facts.settings, *WORKSPACE_SETTINGS)))

    def setting_kind(self, name: str) -> Kind:
        """Return the kind of a workspace setting, by the value it has."""
        value = self.facts.settings.get(name)
        if isinstance(value, bool):
            return Kind("boolean")
        return NUMBER if isinstance(value, (int, float)) else TEXT if isinstance(value, str) else ANY

    def names_at(self, node_id: str) -> list[str]:
        """List the bare names that a node can use, in the order in which they come about."""
        return [
            name
            for name in self.gifts
            if (found := self.find(node_id, name)) is not None and found.certainty != "never"
        ]

    def fields(self, entity: str) -> dict[str, Kind]:
        """Return the fields of a record type, references included."""
        record_type = self.facts.record_type(entity)
        return {} if record_type is None else fields_of(record_type)


class KindReader:
    """Tells the kind of a path at one node."""

    def __init__(self, flow: Flow, node_id: str) -> None:
        self._flow = flow
        self._node_id = node_id

    def __call__(self, root: str, parts: tuple[str | int | None, ...]) -> Kind:
        if root == "steps" and parts and isinstance(parts[0], str):
            node_id = parts[0]
            if node_id not in self._flow.nodes:
                return ANY
            kind: Kind | None = Kind("object", fields=tuple(self._flow.outputs(node_id).items()))
            parts = parts[1:]
        else:
            found = self._flow.find(self._node_id, root)
            kind = found.kind if found is not None else ANY
        for part in parts:
            kind = inside(kind, part, self._flow.facts) if kind is not None else None
        return kind or ANY


__all__ = ["ROOTS", "Flow", "Found", "Gift", "KindReader", "names_inside"]
