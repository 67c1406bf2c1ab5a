"""How a graph becomes sentences: what a branch says up to where the branches meet, then what follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from flowstudio.analysis.types.picker import shape_of
from flowstudio.domain.workflow import ERROR, OUT, Node, Trigger, Workflow
from flowstudio.graph.scopes import DONE, EACH, reach_bits
from flowstudio.kit import Registry

Span = tuple[str, str | None, str]
"""Text, id of the step it is about, kind of the step."""
PLAIN = "plain"
Lead = Literal["then", "otherwise", "anew"]
"""How a sentence follows the one before: as the next step, as the other case, or with a word of its own (If …)."""
Sentence = tuple[list[Span], Lead]
SHORT = 3
"""A branch of so many steps that leads nowhere on is told inside its sentence; the other one goes on after it."""
_NO_STEPS = "nothing is done yet"


class Teller:
    """Tells one workflow."""

    def __init__(self, workflow: Workflow, registry: Registry) -> None:
        self._workflow = workflow
        self._registry = registry
        self._shape = shape_of(workflow, registry)
        self._nodes = {node.id: node for node in workflow.nodes}
        self._place = {node_id: index for index, node_id in enumerate(self._shape.order)}
        self._told: set[str] = set()
        self._next: dict[str, list[str]] = {}
        for (source, _), targets in self._shape.out.items():
            self._next.setdefault(source, []).extend(targets)
        self._reached = reach_bits(self._shape.order, self._next)

    def tell(self) -> list[Span]:
        """Return the whole text as spans."""
        triggers = self._workflow.triggers
        if not triggers:
            spans: list[Span] = [("Nothing starts this workflow yet.", None, PLAIN)]
            return spans
        groups: dict[tuple[str, ...], list[Trigger]] = {}
        for trigger in triggers:
            groups.setdefault(self._shape.starts.get(trigger.id, ()), []).append(trigger)
        told: list[Span] = []
        for starts, members in groups.items():
            if told:
                told.append((" ", None, PLAIN))
            told += self._from_start(members, list(starts))
        return told

    def _from_start(self, triggers: Sequence[Trigger], starts: list[str]) -> list[Span]:
        told: list[Span] = []
        for index, trigger in enumerate(triggers):
            said = self._begins(trigger)
            if index:
                told.append((", or ", None, PLAIN))
            told.append((_capital(said) if not told else said, trigger.id, "trigger"))
        told.append((", ", None, PLAIN))
        if not starts:
            return [*told, (f"{_NO_STEPS}.", None, PLAIN)]
        sentences = self._sequence(starts, frozenset())
        return [*told, *_text(sentences)]

    def _begins(self, trigger: Trigger) -> str:
        found = self._registry.find(trigger.key)
        sentence = getattr(found, "sentence", None)
        if callable(sentence):
            return str(sentence(trigger.config))
        return f"when {self._registry.name_of(trigger)} happens"

    def _sequence(self, starts: list[str], stop: frozenset[str]) -> list[Sentence]:
        """Return the sentences from here to where `stop` begins."""
        sentences: list[Sentence] = []
        waiting = starts
        lead: Lead = "then"
        while waiting:
            waiting = sorted(dict.fromkeys(one for one in waiting if one not in stop), key=self._order)
            if not waiting:
                break
            if len(waiting) > 1:
                meeting = self._meeting([[one] for one in waiting], stop)
                sentences.append((self._at_once(waiting, stop | _one(meeting)), "anew"))
                waiting = [meeting] if meeting else []
                continue
            node_id = waiting[0]
            if node_id in self._told:
                sentences.append(([("go on with ", None, PLAIN), self._name(node_id)], lead))
                break
            (spans, own), waiting, following = self._step(node_id, stop)
            sentences.append((spans, lead if lead == "otherwise" else own))
            lead = following
        return sentences

    def _order(self, node_id: str) -> int:
        return self._place.get(node_id, len(self._place))

    def _at_once(self, starts: list[str], stop: frozenset[str]) -> list[Span]:
        spans: list[Span] = [("at the same time ", None, PLAIN)]
        for index, start in enumerate(starts):
            if index:
                spans.append((", and ", None, PLAIN))
            spans += self._inline([start], stop)
        return spans

    def _step(self, node_id: str, stop: frozenset[str]) -> tuple[Sentence, list[str], Lead]:
        """Tell one step; return its sentence, where it goes on, and how that follows."""
        self._told.add(node_id)
        node = self._nodes[node_id]
        ways = [way for way in self._shape.ways.get(node_id, ()) if way != ERROR]
        if EACH in ways:
            return (self._loop(node, stop), "anew"), list(self._targets(node_id, DONE)), "then"
        if len(ways) > 1:
            early = self._early(node, stop) if node.type == "condition" else None
            return early or (*self._decision(node, ways, stop), "then")
        spans = [*self._condition_of(node), self._words(node), *self._failure(node, stop)]
        own: Lead = "anew" if node.run_if else "then"
        return (spans, own), list(self._targets(node_id, ways[0] if ways else OUT)), "then"

    def _early(self, node: Node, stop: frozenset[str]) -> tuple[Sentence, list[str], Lead] | None:
        """Tell a decision one of whose ways soon ends while the other goes on: `If …, stop. Otherwise, …`."""
        ways = {way: list(self._targets(node.id, way)) for way in ("true", "false")}
        if not all(ways.values()) or self._meeting(list(ways.values()), stop) is not None:
            return None
        sizes = {way: self._size(targets, stop) for way, targets in ways.items()}
        if any(one in stop for targets in ways.values() for one in targets) or max(sizes.values()) <= SHORT:
            return None
        ends, goes_on = sorted(ways, key=lambda way: sizes[way])
        if sizes[ends] > SHORT:
            return None
        word = "if " if ends == "true" else "unless "
        spans = [*self._condition_of(node), (word, None, PLAIN), self._words(node), (", ", None, PLAIN)]
        return ([*spans, *self._inline(ways[ends], stop)], "anew"), ways[goes_on], "otherwise"

    def _size(self, targets: list[str], stop: frozenset[str]) -> int:
        reached = 0
        for one in targets:
            reached |= self._reached.get(one, 0)
        for one in stop:
            reached &= ~self._reached.get(one, 0)
        return reached.bit_count()

    def _targets(self, node_id: str, way: str) -> tuple[str, ...]:
        return self._shape.out.get((node_id, way), ())

    def _loop(self, node: Node, stop: frozenset[str]) -> list[Span]:
        body = self._inline(list(self._targets(node.id, EACH)), stop)
        return [self._words(node), (": ", None, PLAIN), *(body or [(_NO_STEPS, None, PLAIN)])]

    def _decision(self, node: Node, ways: list[str], stop: frozenset[str]) -> tuple[Sentence, list[str]]:
        drawn = [way for way in ways if self._targets(node.id, way)]
        meeting = self._meeting([list(self._targets(node.id, way)) for way in drawn], stop)
        inner = stop | _one(meeting)
        branches = [(way, self._inline(list(self._targets(node.id, way)), inner)) for way in drawn]
        branches = [(way, told) for way, told in branches if told]
        following = [meeting] if meeting else []
        spans = self._condition_of(node)
        if node.type == "condition":
            return ([*spans, *self._if(node, dict(branches))], "anew"), following
        if node.type == "parallel":
            told: list[Span] = [*spans, ("side by side, ", node.id, self._kind(node))]
            for index, (_, branch) in enumerate(branches):
                told += [(", and " if index == len(branches) - 1 else ", ", None, PLAIN)] if index else []
                told += branch
            return (told, "anew"), following
        return ([*spans, *self._choice(node, branches)], "anew" if node.type == "switch" else "then"), following

    def _if(self, node: Node, branches: dict[str, list[Span]]) -> list[Span]:
        yes, no = branches.get("true"), branches.get("false")
        rule = self._words(node)
        if yes is None and no is not None:
            return [("unless ", None, PLAIN), rule, (", ", None, PLAIN), *no]
        spans = [("if ", None, PLAIN), rule]
        if yes is None:
            return [*spans, (", nothing more is done", None, PLAIN)]
        spans += [(": " if _is_long(yes) else ", ", None, PLAIN), *yes]
        if no is not None:
            spans += [("; otherwise: " if _is_long(yes) or _is_long(no) else ", otherwise ", None, PLAIN), *no]
        return spans

    def _choice(self, node: Node, branches: list[tuple[str, list[Span]]]) -> list[Span]:
        """Tell a switch, an approval or a wait: what is asked, then each way with its label."""
        if node.type == "switch":
            spans: list[Span] = [("choose ", None, PLAIN), self._words(node)]
        else:
            spans = [self._words(node)]
        node_type = self._registry.find(node.key)
        labels = {way.name: way.label or way.name for way in node_type.ways(node.config)} if node_type else {}
        for index, (way, told) in enumerate(branches):
            label = labels.get(way, way.removeprefix("case:"))
            lead = "otherwise" if way == "default" else f"for {label}" if node.type == "switch" else _if_it(way, label)
            spans += [(": " if not index else "; ", None, PLAIN), (f"{lead}, ", None, PLAIN), *told]
        return spans

    def _condition_of(self, node: Node) -> list[Span]:
        if not node.run_if:
            return []
        from flowstudio.kit.rules import rule_words

        words = rule_words(node.run_if, article=True)
        return [(f"only if {words}, ", node.id, self._kind(node))] if words else []

    def _failure(self, node: Node, stop: frozenset[str]) -> list[Span]:
        targets = [one for one in self._targets(node.id, ERROR) if one not in stop and one not in self._told]
        if targets:
            told = self._inline(targets, stop)
            return [(" (if it fails, ", None, PLAIN), *told, (")", None, PLAIN)] if told else []
        return []

    def _meeting(self, branches: list[list[str]], stop: frozenset[str]) -> str | None:
        """Return the first node that more than one of the branches leads to."""
        if len(branches) < 2:
            return None
        seen = shared = 0
        for branch in branches:
            here = 0
            for one in branch:
                here |= self._reached.get(one, 0)
            shared |= seen & here
            seen |= here
        for one in stop:
            shared &= ~(1 << self._order(one))
        return self._shape.order[(shared & -shared).bit_length() - 1] if shared else None

    def _inline(self, starts: list[str], stop: frozenset[str]) -> list[Span]:
        spans: list[Span] = []
        for index, (told, lead) in enumerate(self._sequence(starts, stop)):
            joint = "; otherwise, " if lead == "otherwise" else ", then "
            spans += [(joint if index else "", None, PLAIN), *told]
        return [span for span in spans if span[0]]

    def _words(self, node: Node) -> Span:
        found = self._registry.find(node.key)
        sentence = getattr(found, "sentence", None)
        if node.disabled:
            return (f"skip {self._registry.name_of(node)}, which is off", node.id, self._kind(node))
        text = str(sentence(node.config)) if callable(sentence) else ""
        if not text and found is not None:
            line = found.line(node.config)
            title = found.title[:1].lower() + found.title[1:]
            text = title if line == found.title else f"{title} ({line[:1].lower()}{line[1:]})"
        text = text or f'do "{self._registry.name_of(node)}", which is not known'
        if node.requires_approval:
            text = f"after an approval, {text}"
        return (text, node.id, self._kind(node))

    def _name(self, node_id: str) -> Span:
        node = self._nodes[node_id]
        return (self._registry.name_of(node), node_id, self._kind(node))

    def _kind(self, node: Node) -> str:
        found = self._registry.find(node.key)
        return found.kind if found is not None else "action"


def _if_it(way: str, label: str) -> str:
    words = {
        "approved": "if approved",
        "rejected": "if refused",
        "expired": "if nobody answers in time",
        "received": "when it comes",
    }
    return words.get(way, f"for {label}")


def _one(node_id: str | None) -> frozenset[str]:
    return frozenset({node_id}) if node_id else frozenset()


def _is_long(spans: list[Span]) -> bool:
    """Say whether a branch has more than one step, so that commas alone would not hold it together."""
    return len({node_id for _, node_id, _ in spans if node_id}) > 1


def _text(sentences: list[Sentence]) -> list[Span]:
    """Join sentences: the first goes on where the trigger stopped, each other begins anew."""
    spans: list[Span] = []
    for index, (told, lead) in enumerate(sentences):
        if index:
            spans.append((" ", None, PLAIN))
        word = {"then": "Then ", "otherwise": "Otherwise, ", "anew": ""}[lead] if index else ""
        if word:
            spans.append((word, None, PLAIN))
        elif index:
            text, node_id, kind = told[0]
            told = [(_capital(text), node_id, kind), *told[1:]]  # noqa: PLW2901  its first letter only
        spans += [*told, (".", None, PLAIN)]
    return spans


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
