"""The variable picker's list: what a node can use, greyed with the reason where it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flowstudio.analysis.facts import Facts
from flowstudio.analysis.types.flow import Flow, Found, Gift
from flowstudio.analysis.types.kinds import DATE, NUMBER, Kind
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import ERROR, OUT, Node, Workflow
from flowstudio.expressions import PLAIN, below, in_capitals
from flowstudio.graph import Shape
from flowstudio.kit import Registry
from flowstudio.kit.words import capital, spaced

DEPTH = 2
"""How deep records lead into one another in the list; deeper paths can still be typed."""
SAMPLE_LENGTH = 60
AWAY = 40
"""How many steps are listed that cannot be used here; they are there to say why."""
_UNKNOWN: JsonValue = object()
_LABELS = {"true": "Yes", "false": "No"}


@dataclass(frozen=True, slots=True)
class VariableGroup:
    """One group of the list; items as the picker's prop wants them."""

    title: str
    icon: str
    items: tuple[JsonObject, ...]

    def to_json(self) -> JsonObject:
        """Return the group as the picker's prop wants it."""
        return {"title": self.title, "icon": self.icon, "items": list(self.items)}


def variables_at(
    workflow: Workflow,
    node_id: str,
    registry: Registry,
    facts: Facts,
    samples: Mapping[str, JsonValue] | None = None,
) -> list[VariableGroup]:
    """List what a node can use: the item, the trigger's data, the steps before, settings, time.

    `samples` holds values by name (`{"invoice": {…}}`), as a run would see them; without it, rows and settings of
    `facts` serve.
    """
    flow = flow_of(workflow, registry, facts)
    list_ = _List(flow, node_id, samples or {})
    groups = [list_.items_of_loops(), list_.trigger(), *list_.steps(), list_.settings(), list_.time()]
    return [group for group in groups if group is not None and group.items]


def flow_of(workflow: Workflow, registry: Registry, facts: Facts, shape: Shape | None = None) -> Flow:
    """Return the variables of a workflow, to be asked about."""
    node_types = {node.id: registry.find(node.key) for node in workflow.nodes}
    if shape is None:
        shape = shape_of(workflow, registry)
    return Flow(workflow, registry, facts, shape, node_types)


def shape_of(workflow: Workflow, registry: Registry) -> Shape:
    """Return the workflow's shape by the ways that its node types declare; an unknown type has one way out."""

    def ways(node: Node) -> Iterable[str]:
        found = registry.find(node.key)
        return [way.name for way in found.ways(node.config)] if found is not None else [OUT]

    return Shape.of(workflow, ways)


class _List:
    def __init__(self, flow: Flow, node_id: str, samples: Mapping[str, JsonValue]) -> None:
        self._flow = flow
        self._node_id = node_id
        self._samples = samples
        self._shown: set[str] = set()
        self._rows: dict[str, JsonObject] | None = None

    def items_of_loops(self) -> VariableGroup | None:
        """List the items of the loops around, innermost first."""
        items = []
        for loop in reversed(self._flow.shape.scope.get(self._node_id, ())):
            name = self._flow.item_variable(loop)
            if name not in self._shown:
                items.append(self._named(name))
        if items:
            items.append(self._item("loop.index", "Number of the round", NUMBER, 0))
        return VariableGroup("This round", "repeat", tuple(items)) if items else None

    def trigger(self) -> VariableGroup | None:
        """List what started the run."""
        triggers = self._flow.workflow.triggers
        names = [name for payload in self._flow.payloads.values() for name in payload]
        names += list(self._flow.inputs)
        items = [self._named(name) for name in dict.fromkeys(names) if name not in self._shown]
        found = self._flow.registry.find(triggers[0].key) if len(triggers) == 1 else None
        title = self._flow.registry.name_of(triggers[0]) if len(triggers) == 1 else "What started it"
        return VariableGroup(title, found.icon if found else "bolt", tuple(items))

    def steps(self) -> list[VariableGroup]:
        """One group per step that gives something, nearest first; what cannot be used here comes last."""
        here: list[str] = []
        away: list[str] = []
        for node_id in reversed(self._flow.shape.order):
            if node_id == self._node_id or node_id in self._flow.shape.scope.get(self._node_id, ()):
                continue
            (here if self._flow.turns.perhaps(self._node_id, node_id) else away).append(node_id)
        groups = [self._step(node_id) for node_id in here]
        groups += [self._step(node_id) for node_id in [*reversed(away)][:AWAY]]
        return [group for group in groups if group is not None]

    def _step(self, node_id: str) -> VariableGroup | None:
        node, node_type = self._flow.nodes[node_id], self._flow.node_types.get(node_id)
        title = self._called(node_id)
        outputs = self._flow.outputs(node_id)
        main = node_type.main if node_type else None
        items = []
        names = [gift.name for gift in self._flow.gifts_of.get(node_id, ()) if gift.giver != "item"]
        items += [self._named(name, node_id) for name in dict.fromkeys(names) if name not in self._shown]
        reason = self._reason(node_id)
        bound = bool(node.outputs) and main
        for name, kind in outputs.items():
            if bound and main in (name, "*"):
                continue
            path = below(below("steps", node_id), name)
            items.append(self._item(path, capital(spaced(name)), kind, 0, reason))
        return VariableGroup(title, node_type.icon if node_type else "square", tuple(items)) if items else None

    def settings(self) -> VariableGroup:
        """List the workspace's settings."""
        hidden = {"business_hours", "holidays"}
        items = [
            self._item(f"settings.{name}", capital(spaced(name)), self._flow.setting_kind(name), 0)
            for name in self._flow.setting_names
            if name not in hidden
        ]
        return VariableGroup("Workspace settings", "settings", tuple(items))

    def time(self) -> VariableGroup:
        """List the present and the run itself."""
        run = self._flow.find(self._node_id, "run")
        items = [self._item("now", "Now", DATE, 0), self._item("today", "Today", DATE, 0)]
        items += (
            [self._item(f"run.{name}", f"Run {spaced(name)}", kind, 0) for name, kind in (run.kind.fields or ())[:1]]
            if run
            else []
        )
        return VariableGroup("Time and run", "clock", tuple(items))

    def _named(self, name: str, source: str | None = None) -> JsonObject:
        self._shown.add(name)
        found = self._flow.find(self._node_id, name)
        assert found is not None
        kind = found.kind
        if found.certainty == "never":
            kind = self._flow.kind_of_gift(found.gifts[0])
        reason = None if found.certainty == "sure" else self._why(found, source)
        if PLAIN.fullmatch(name):
            return self._item(name, capital(spaced(name)), kind, 0, reason)
        return self._item(below("trigger", name), capital(spaced(name)), kind, 0, reason, self._samples.get(name))

    def _why(self, found: Found, source: str | None) -> str:
        gift: Gift = next((one for one in found.gifts if one.source == source), found.gifts[0])
        if gift.giver == "trigger":
            trigger = self._flow.workflow.trigger(gift.source)
            return f"Only when started by {self._flow.registry.name_of(trigger) if trigger else gift.source}"
        return self._reason(gift.source) or "Not on every path"

    def _reason(self, other: str) -> str | None:
        """Say why a step's outputs cannot be counted on here; None when they can."""
        flow = self._flow
        if flow.turns.surely(self._node_id, other):
            return None
        node = flow.nodes[other]
        own, scope = flow.shape.scope.get(other, ()), flow.shape.scope.get(self._node_id, ())
        for loop in own:
            if loop not in scope:
                return f"Only inside {self._called(loop)}"
        if node.disabled:
            return "The step is off"
        if not flow.turns.perhaps(self._node_id, other):
            later = flow.turns.perhaps(other, self._node_id) or other in flow.shape.bodies.get(self._node_id, ())
            return "Comes later" if later else "On another branch"
        if node.run_if is not None:
            return "Only when the step is not passed over"
        return self._branch(other)

    def _branch(self, other: str) -> str:
        """Name the branch on which a step lies: the nearest deciding step that leads to it by some of its ways only."""
        flow = self._flow
        here = other
        seen: set[str] = set()
        while here not in seen:
            seen.add(here)
            edges = flow.shape.incoming.get(here, ())
            for source, way in edges:
                decides = len([one for one in flow.shape.ways.get(source, ()) if one != ERROR]) > 1
                if decides and not way.startswith("branch:") and flow.turns.surely(self._node_id, source):
                    return f"Only on the {self._way(source, way)} branch"
                if way == ERROR:
                    return f"Only if {self._called(source)} fails"
            here = next((source for source, _ in edges if source in flow.nodes), here)
        return "Not on every path"

    def _way(self, source: str, way: str) -> str:
        node_type = self._flow.node_types.get(source)
        ways = node_type.ways(self._flow.nodes[source].config) if node_type else ()
        return next((one.label for one in ways if one.name == way and one.label), _LABELS.get(way, way))

    def _called(self, node_id: str) -> str:
        return self._flow.registry.name_of(self._flow.nodes[node_id])

    def _item(
        self, path: str, label: str, kind: Kind, depth: int, reason: str | None = None, value: JsonValue = _UNKNOWN
    ) -> JsonObject:
        if value is _UNKNOWN:
            value = self._value(path)
        children = None
        inner = self._inner(kind) if reason is None and depth < DEPTH else {}
        if inner:
            prefix = f"{label} " if depth else ""
            children = [
                self._item(
                    below(path, name),
                    capital(in_capitals(f"{prefix}{spaced(name)}".lower())),
                    one,
                    depth + 1,
                    reason,
                    self._inside(value, name),
                )
                for name, one in inner.items()
                if one.name != "record" or depth + 1 < DEPTH
            ]
        item: JsonObject = {
            "path": path, "label": label, "type": "any" if kind.name == "object" else kind.name,
            "sample": _shown(value), "available": reason is None, "reason": reason, "children": children,
        }  # fmt: skip
        if kind.name == "list" and kind.item is not None and kind.item.entity:
            item["entity"] = kind.item.entity
        if kind.choices:
            item["choices"] = [{"value": one, "label": capital(spaced(one))} for one in kind.choices]
        return item

    def _inner(self, kind: Kind) -> dict[str, Kind]:
        if kind.name == "record" and kind.entity:
            return self._flow.fields(kind.entity)
        return dict(kind.fields or ()) if kind.name == "object" else {}

    def _value(self, path: str) -> JsonValue:
        first, *rest = path.split(".")
        flow = self._flow
        if first in self._samples:
            value: JsonValue = self._samples[first]
        elif first == "settings":
            value = dict(flow.facts.settings)
        else:
            found = flow.find(self._node_id, first) if PLAIN.fullmatch(first) else None
            value = self._row(found.kind) if found is not None else None
        for part in rest:
            value = self._inside(value, part)
        return value

    def _inside(self, value: JsonValue, part: str) -> JsonValue:
        if not isinstance(value, dict):
            return None
        if part in value:
            return value[part]
        reference = value.get(f"{part}_id")
        if reference is None:
            return None
        if self._rows is None:
            types = self._flow.facts.types.values()
            self._rows = {str(row.get("id")): row for record_type in types for row in record_type.sample_rows}
        return self._rows.get(str(reference))

    def _row(self, kind: Kind) -> JsonValue:
        """Return a sample row of a record, or the sample rows for a list of records."""
        entity = kind.entity or (kind.item.entity if kind.item else None)
        record_type = self._flow.facts.record_type(entity) if entity else None
        if record_type is None or not record_type.sample_rows:
            return None
        return record_type.sample_rows[0] if kind.name == "record" else list(record_type.sample_rows)


def _shown(value: JsonValue) -> str:
    """Return a sample value as people read it; records and nothing as nothing."""
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "1 item" if len(value) == 1 else f"{len(value)} items"
    text = str(value)
    return text if len(text) <= SAMPLE_LENGTH else f"{text[: SAMPLE_LENGTH - 1]}…"
