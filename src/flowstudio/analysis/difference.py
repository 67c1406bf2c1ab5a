"""What changed between two versions, in sentences; where boxes stand is told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from flowstudio.domain.json import JsonValue
from flowstudio.domain.workflow import OUT, Edge, Node, Trigger, Workflow
from flowstudio.kit import Registry
from flowstudio.kit.rules import rule_words
from flowstudio.kit.uses import settings_map
from flowstudio.kit.words import expression_words, human, said, shortened

What = Literal["added", "removed", "changed"]
_LONG = 60
_COMMON = {
    "note": "its note", "run_if": "its condition", "requires_approval": "whether it needs an approval",
    "retry": "how it is tried again", "timeout": "its time-out",
    "reuse_for": "how long its answer is used again", "on_error": "what happens when it fails",
    "fallback": "its fallback", "notify": "whom it tells",
    "outputs": "the names of its outputs",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One change: a sentence, what kind it is, and the step it is about (None: the workflow itself)."""

    sentence: str
    what: What
    node_id: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes, steps by id; `moved` counts boxes that stand elsewhere and mean the same."""

    changes: tuple[Change, ...]
    moved: int = 0

    @property
    def text(self) -> str:
        """Return the sentences, one a line."""
        return "\n".join(change.sentence for change in self.changes) or "Nothing has changed."


def difference(before: Workflow, after: Workflow, registry: Registry) -> Difference:
    """Say what changed from one version to another."""
    teller = _Teller(before, after, registry)
    places = {*before.layout.nodes, *after.layout.nodes}
    moved = sum(1 for one in places if before.layout.nodes.get(one) != after.layout.nodes.get(one))
    return Difference(tuple(teller.changes()), moved)


def changed_parts(before: Workflow, after: Workflow) -> dict[str, What]:
    """Return which triggers and steps were added, removed or changed; where they stand does not count."""
    old, new = _parts(before), _parts(after)
    found: dict[str, What] = {}
    for part_id in dict.fromkeys((*old, *new)):
        was, now = old.get(part_id), new.get(part_id)
        if now is None:
            found[part_id] = "removed"
        elif was is None:
            found[part_id] = "added"
        elif was != now:
            found[part_id] = "changed"
    return found


class _Teller:
    def __init__(self, before: Workflow, after: Workflow, registry: Registry) -> None:
        self._before = before
        self._after = after
        self._registry = registry

    def changes(self) -> Iterator[Change]:
        yield from self._envelope()
        old = _parts(self._before)
        new = _parts(self._after)
        for part_id in dict.fromkeys((*old, *new)):
            was, now = old.get(part_id), new.get(part_id)
            if now is None and was is not None:
                yield Change(f"{self._called(was)} was removed.", "removed", part_id)
            elif was is None and now is not None:
                yield Change(f"{self._called(now)} was added{self._words(now)}.", "added", part_id)
            elif was is not None and now is not None and was != now:
                yield from self._part(was, now)
        yield from self._edges(set(old), set(new))

    def _envelope(self) -> Iterator[Change]:
        before, after = self._before, self._after
        if before.name != after.name:
            yield Change(f'The workflow "{before.name}" is now called "{after.name}".', "changed")
        if before.description != after.description:
            yield Change("The description was changed.", "changed")
        for key in type(before.settings).model_fields:
            was, now = getattr(before.settings, key), getattr(after.settings, key)
            if was != now and key != "extra":
                yield Change(f"The workflow's {key.replace('_', ' ')} {_turned(was, now)}.", "changed")
        if before.inputs != after.inputs:
            yield Change("What the workflow asks for was changed.", "changed")

    def _part(self, was: Node | Trigger, now: Node | Trigger) -> Iterator[Change]:
        name = self._called(now)
        if was.name != now.name:
            before = self._called(was) if self._called(was) != name else f'"{self._registry.written_name(was)}"'
            yield Change(f"{before} is now called {name}.", "changed", now.id)
        if was.key != now.key:
            yield Change(
                f"{name} is now another kind of step: {self._title(now)} instead of {self._title(was)}.",
                "changed",
                now.id,
            )
        yield from self._settings(was, now, name)
        if isinstance(was, Node) and isinstance(now, Node):
            if was.disabled != now.disabled:
                yield Change(f"{name} was switched {'off' if now.disabled else 'on'}.", "changed", now.id)
            for key, words in _COMMON.items():
                old, new = getattr(was, key), getattr(now, key)
                if old != new:
                    yield Change(f"{name}: {words} {_changed(old, new)}.", "changed", now.id)

    def _settings(self, was: Node | Trigger, now: Node | Trigger, name: str) -> Iterator[Change]:
        found = self._registry.find(now.key)
        settings = settings_map(found) if found is not None else {}
        for key in dict.fromkeys((*was.config, *now.config)):
            old, new = was.config.get(key), now.config.get(key)
            if old == new:
                continue
            setting = settings.get(key)
            label = setting.label if setting is not None else human(key)
            if setting is not None and setting.reading in ("condition", "filter"):
                old, new = rule_words(old) or None, rule_words(new) or None
            elif isinstance(old, dict) and isinstance(new, dict):
                yield from self._inside(old, new, f"{name}: {label}", now.id)
                continue
            yield Change(f'{name}: "{label}" {_turned(old, new)}.', "changed", now.id)

    def _inside(
        self, was: Mapping[str, JsonValue], now: Mapping[str, JsonValue], where: str, node_id: str
    ) -> Iterator[Change]:
        for key in dict.fromkeys((*was, *now)):
            if was.get(key) != now.get(key):
                yield Change(f'{where}, "{key}" {_turned(was.get(key), now.get(key))}.', "changed", node_id)

    def _edges(self, old: set[str], new: set[str]) -> Iterator[Change]:
        """Tell of arrows between steps that both versions have; those of new and removed steps tell themselves."""
        was = {edge.id: edge for edge in self._before.edges}
        now = {edge.id: edge for edge in self._after.edges}
        for edge_id, edge in was.items():
            if edge_id not in now and edge.source in new and edge.target in new:
                yield Change(f"{self._arrow(edge, self._before)} was removed.", "removed", edge.source)
        for edge_id, edge in now.items():
            if edge_id not in was and (edge.source in old or edge.target in old):
                yield Change(f"{self._arrow(edge, self._after)} was added.", "added", edge.source)

    def _arrow(self, edge: Edge, workflow: Workflow) -> str:
        way = f" by {self._label(edge, workflow)}" if edge.way != OUT else ""
        return f"The arrow from {self._end(edge.source, workflow)}{way} to {self._end(edge.target, workflow)}"

    def _label(self, edge: Edge, workflow: Workflow) -> str:
        node = workflow.node(edge.source)
        found = self._registry.find(node.key) if node is not None else None
        ways = found.ways(node.config) if found is not None and node is not None else ()
        return next((way.label for way in ways if way.name == edge.way and way.label), edge.way)

    def _end(self, part_id: str, workflow: Workflow) -> str:
        part = workflow.node(part_id) or workflow.trigger(part_id)
        return self._called(part) if part is not None else "the trigger"

    def _called(self, part: Node | Trigger) -> str:
        return f'"{self._registry.name_of(part)}"'

    def _title(self, part: Node | Trigger) -> str:
        found = self._registry.find(part.key)
        return found.title if found is not None else part.key

    def _words(self, part: Node | Trigger) -> str:
        found = self._registry.find(part.key)
        line = found.line(part.config) if found is not None else ""
        said = {self._title(part), self._registry.name_of(part).removesuffix("?")}
        return f" ({line[:1].lower()}{line[1:]})" if line and line not in said else ""


def _parts(workflow: Workflow) -> dict[str, Node | Trigger]:
    parts: dict[str, Node | Trigger] = {trigger.id: trigger for trigger in workflow.triggers}
    parts.update({node.id: node for node in workflow.nodes})
    return parts


def _turned(old: JsonValue, new: JsonValue) -> str:
    """Say from what to what a value was changed."""
    if old in (None, "", [], {}):
        return f"was set to {_value(new)}"
    if new in (None, "", [], {}):
        return f"was cleared; it was {_value(old)}"
    return f"was changed from {_value(old)} to {_value(new)}"


def _changed(old: JsonValue, new: JsonValue) -> str:
    plain = isinstance(old, (str, bool, type(None))) and isinstance(new, (str, bool, type(None)))
    return _turned(old, new) if plain else "was set" if not old else "was cleared" if not new else "was changed"


def _value(value: JsonValue) -> str:
    if isinstance(value, tuple):
        value = list(value)
    text = (
        expression_words(value)
        if isinstance(value, str) and value.startswith("{{") and value.count("{{") == 1
        else said(value)
    )
    return shortened(text, _LONG) or "nothing"
