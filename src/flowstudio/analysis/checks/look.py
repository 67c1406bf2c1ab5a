"""What all checks look at: the workflow with its shape, its types and the uses of variables, worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from flowstudio.analysis.facts import Facts
from flowstudio.analysis.types.flow import Flow
from flowstudio.analysis.types.picker import flow_of, shape_of
from flowstudio.domain.document import part_path, setting_path, under
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.problem import Problem, Severity
from flowstudio.domain.workflow import Edge, Node, Trigger, Workflow
from flowstudio.graph import Shape
from flowstudio.kit import NodeType, Registry
from flowstudio.kit.uses import Use, Where, settings_map, uses_of_node, uses_of_trigger

CLOSE = 0.83
"""Likeness (0 to 1) from which a word is offered as "did you mean"."""
_PARTS = {
    "run_if": "The condition", "retry": "The retry", "fallback": "The fallback", "notify": "A notification",
    "requires_approval": "The approval",
}  # fmt: skip


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word that is most like this one, or None when none is near."""
    found = process.extractOne(
        word.lower(), known, scorer=JaroWinkler.normalized_similarity, processor=str.lower, score_cutoff=CLOSE
    )
    return found[0] if found else None


def hint_for(word: str, known: Sequence[str], what: str = "Names that exist") -> str:
    """Say what was probably meant, and what there is."""
    close = nearest(word, known)
    listed = ", ".join(list(known)[:20]) + (" …" if len(known) > 20 else "")
    asked = f"Did you mean {close}? " if close else ""
    return f"{asked}{what}: {listed}." if known else f"{asked}".strip()


class Look:
    """One workflow under examination."""

    def __init__(self, workflow: Workflow, registry: Registry, facts: Facts) -> None:
        self.workflow = workflow
        self.registry = registry
        self.facts = facts
        self.nodes: dict[str, Node] = {node.id: node for node in workflow.nodes}
        self.types: dict[str, type[NodeType] | None] = {node.id: registry.find(node.key) for node in workflow.nodes}
        self._paths = {node.id: f"$.nodes[{index}]" for index, node in enumerate(workflow.nodes)}
        self._uses: dict[str, list[Use]] = {}

    @cached_property
    def shape(self) -> Shape:
        """The workflow's shape."""
        return shape_of(self.workflow, self.registry)

    @cached_property
    def flow(self) -> Flow:
        """The workflow's variables."""
        return flow_of(self.workflow, self.registry, self.facts, self.shape)

    @cached_property
    def drawn(self) -> dict[str, set[str]]:
        """The ways that edges leave by, by source."""
        found: dict[str, set[str]] = {}
        for edge in self.workflow.edges:
            found.setdefault(edge.source, set()).add(edge.way)
        return found

    def uses(self, node: Node) -> list[Use]:
        """List where a node uses variables."""
        if node.id not in self._uses:
            self._uses[node.id] = uses_of_node(node, self.types[node.id])
        return self._uses[node.id]

    def trigger_uses(self, trigger: Trigger) -> list[Use]:
        """List where a trigger's settings use variables."""
        return uses_of_trigger(trigger, self.registry.find(trigger.key))

    def called(self, part: Node | Trigger | str) -> str:
        """Return what people call a step or trigger, in quotation marks."""
        if isinstance(part, str):
            found = self.nodes.get(part) or self.workflow.trigger(part)
            if found is None:
                return f'"{part}"'
            part = found
        return f'"{self.registry.name_of(part)}"'

    def parts(self) -> Iterator[tuple[Node | Trigger, type[NodeType] | None]]:
        """Visit the triggers, then the nodes, each with its type."""
        return iter(self._parts)

    @cached_property
    def _parts(self) -> list[tuple[Node | Trigger, type[NodeType] | None]]:
        parts: list[Node | Trigger] = [*self.workflow.triggers, *self.workflow.nodes]
        return [(part, self._type_of(part)) for part in parts]

    def _type_of(self, part: Node | Trigger) -> type[NodeType] | None:
        return self.types[part.id] if isinstance(part, Node) else self.registry.find(part.key)

    def path(self, part: Node | Trigger, *steps: str | int) -> str:
        """Return the JSON path of something inside a node or trigger; settings begin with `config`."""
        own = self._paths.get(part.id) if isinstance(part, Node) else part_path(self.workflow, part.id)
        own = own or "$"
        if steps[:1] == ("config",):
            return setting_path(own, part.type if isinstance(part, Node) else "", *steps[1:])
        return under(own, *steps)

    def edge_path(self, edge: Edge) -> str:
        """Return the JSON path of an edge."""
        return next((f"$.edges[{index}]" for index, one in enumerate(self.workflow.edges) if one is edge), "$.edges")

    def label(self, part: Node | Trigger, where: Where) -> str:
        """Return what people call the place inside a step: the label of its setting, in quotation marks."""
        if not where or where[0] != "config" or len(where) == 1:
            return _PARTS.get(str(where[0]) if where else "", "The settings")
        node_type = self._type_of(part)
        setting = settings_map(node_type).get(str(where[1])) if node_type is not None else None
        return f'"{setting.label}"' if setting is not None else f'"{where[1]}"'

    def problem(
        self,
        part: Node | Trigger | None,
        where: Where,
        code: str,
        message: str,
        *,
        hint: str = "",
        severity: Severity = "error",
        fix: JsonObject | None = None,
    ) -> Problem:
        """Return a problem at a place inside a step, trigger, or the document."""
        path = self.path(part, *where) if part is not None else under("$", *where)
        node_id = part.id if part is not None else None
        return Problem(path=path, node_id=node_id, severity=severity, code=code, message=message, hint=hint, fix=fix)

    @staticmethod
    def put(part: Node | Trigger, where: Where, value: JsonValue, label: str = "") -> JsonObject:
        """Return the quick fix that writes a value at a place inside a step or trigger."""
        op: JsonObject = {"op": "set", "node": part.id, "where": list(where), "value": value}
        return {"label": label or f"Use {value}", "ops": [op]}

    @staticmethod
    def put_nearest(part: Node | Trigger, where: Where, word: str, known: Sequence[str]) -> JsonObject | None:
        """Return the quick fix that writes the known word that was probably meant; None when none is near."""
        close = nearest(word, known)
        return Look.put(part, where, close) if close is not None else None
