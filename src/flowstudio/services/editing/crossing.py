"""What a part of a workflow uses from outside and what of it is used later, and the places where names must follow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flowstudio.analysis.types.flow import ROOTS, KindReader
from flowstudio.analysis.types.kinds import ANY
from flowstudio.domain.workflow import Node
from flowstudio.errors import BadRequest
from flowstudio.kit.uses import Use, Where, uses_of_node
from flowstudio.kit.words import singular
from flowstudio.services.editing.cutting import Cut, called
from flowstudio.services.editing.following import Crossing, Given, Place
from flowstudio.services.editing.unspoken import names_in_scripts, sends_on
from flowstudio.services.editing.variable_names import LOCAL, WORDS, free_variable, wanted_name

if TYPE_CHECKING:
    from flowstudio.analysis.types.flow import Flow
    from flowstudio.expressions import Path

_HERE = frozenset({"settings", "time", "now", "today"})
"""Roots that mean the same in every workflow."""
_STEP = re.compile(r"""\s*(?:\.\s*([^\W\d]\w*)|\[\s*(?:"([^"\\]*)"|'([^'\\]*)'|(\d+))\s*\])""")
_CHANGES = re.compile(r"changed(_to|_from)?")


def crossing_of(flow: Flow, cut: Cut) -> Crossing:
    """Find what crosses the border; raise BadRequest with the step that cannot follow."""
    found = Crossing()
    border = _Border(flow, cut, found)
    _require_apart(flow, cut)
    for node in flow.workflow.nodes:
        for use in uses_of_node(node, flow.node_types.get(node.id)):
            if node.id in cut.steps:
                border.inside(node, use)
            else:
                border.outside(node, use)
        border.unspoken(node)
    border.name()
    return found


def _require_apart(flow: Flow, cut: Cut) -> None:
    """Refuse variables that a loop changes from round to round, when steps on both sides set them."""
    scope = flow.shape.scope
    for name, gifts in flow.gifts.items():
        setting = [one.source for one in gifts if one.giver in ("output", "variable")]
        mine = [one for one in setting if one in cut.steps]
        others = [one for one in setting if one not in cut.steps]
        if scope[cut.first]:
            others += ["" for one in gifts if one.giver == "trigger"]
        if mine and others and any(scope[one] for one in setting):
            also = called(flow, others[0]) if others[0] else "what starts the workflow"
            raise BadRequest(
                f'{called(flow, mine[0])} and {also} both set "{name}", and a loop carries it on.',
                hint="Choose both, with the loop, or give the two different names.",
            )


class _Border:
    def __init__(self, flow: Flow, cut: Cut, found: Crossing) -> None:
        self._flow = flow
        self._cut = cut
        self._steps = set(cut.steps)
        self._found = found
        self._own = {gift.name for one in cut.steps for gift in flow.gifts_of.get(one, ())}
        self._used: set[str] = set()

    # into the part

    def inside(self, node: Node, use: Use) -> None:
        """Take note of what a text of the part reads from outside."""
        if use.problem is not None:
            raise BadRequest(
                f"A text of {called(self._flow, node.id)} cannot be read: {use.problem.message}",
                hint="Put it right first.",
            )
        if self._asks_for_change(node, use):
            raise BadRequest(
                f"{called(self._flow, node.id)} asks what changed in the record that started the run. "
                "Only the workflow that the change starts knows that.",
                hint="Choose the steps without it.",
            )
        for path in use.paths:
            depth = self._depth(node, use, path)
            if depth is None:
                self._used.add(path.root)
                continue
            keeps = depth == 0 and path.root not in LOCAL and path.root not in ROOTS
            text, end = (path.root, path.end) if keeps else self._written(node, use, path, depth)
            known = self._found.inputs.get(text)
            if known is None:
                known = self._found.inputs[text] = self._input(node, path, depth, text)
            known.users.append(node.id)
            self._found.inner.append(Place(node.id, use.where, path.start, end, known))

    def _asks_for_change(self, node: Node, use: Use) -> bool:
        here: object = node.model_dump(mode="json")
        for key in use.where:
            if isinstance(here, dict) and _CHANGES.fullmatch(str(here.get("operator"))):
                return True
            here = here[key] if isinstance(here, dict | list) and _has(here, key) else None  # type: ignore[index]
        return False

    def _depth(self, node: Node, use: Use, path: Path) -> int | None:
        """Return how many names behind the root belong to what comes from outside; None for what is inside."""
        root = path.root
        if use.local and root in LOCAL:
            return None
        if root not in self._flow.gifts and root in ROOTS:
            return self._depth_of_root(node, path)
        found = self._flow.find(node.id, root)
        if self._is_collected(node, use, root):
            return None
        if found is None:
            return None if use.local or not self._flow.open_payload else 0
        if found.gifts and all(gift.source in self._steps for gift in found.gifts):
            return None
        return 0

    def _depth_of_root(self, node: Node, path: Path) -> int | None:
        root, parts = path.root, path.parts
        if root in _HERE:
            return None
        if root == "loop":
            around = self._flow.shape.scope.get(node.id, ())
            return None if not around or around[-1] in self._steps else min(1, _still(parts))
        if root == "steps":
            if not parts or not isinstance(parts[0], str):
                raise BadRequest(
                    f"{called(self._flow, node.id)} works out which step it reads, so nobody can say what it needs.",
                    hint="Name the step in the expression.",
                )
            return None if parts[0] in self._steps else min(2, _still(parts))
        return _still(parts)

    def _is_collected(self, node: Node, use: Use, name: str) -> bool:
        """Say whether a name in what a loop collects is its item, or given in its body."""
        body = self._flow.shape.bodies.get(node.id)
        if not body or use.where[:2] != ("config", "collect"):
            return False
        if self._flow.item_variable(node.id) == name:
            return node.id in self._steps
        return any(gift.source in body and gift.source in self._steps for gift in self._flow.gifts.get(name, ()))

    def _input(self, node: Node, path: Path, depth: int, text: str) -> Given:
        flow, root, parts = self._flow, path.root, path.parts[:depth]
        kind = KindReader(flow, node.id)(root, parts)
        if depth:
            given = Given(text, kind, wanted_name(flow, root, parts, kind))
            if root == "steps":
                given.sure = flow.turns.surely(self._cut.first, str(parts[0]))
            return given
        found = flow.find(node.id, root)
        sure = found is not None and found.certainty == "sure"
        if root in ROOTS:
            return Given(text, kind, f"{root}_facts", sure=True)
        if root in LOCAL:
            return Given(text, kind, singular(kind.entity).replace(" ", "_") if kind.entity else root, sure=sure)
        return Given(text, kind, root, root, sure=sure, bare=True)

    # out of the part

    def outside(self, node: Node, use: Use) -> None:
        """Take note of what a text outside reads of the part."""
        for path in use.paths:
            depth = self._depth_out(node, use, path)
            if depth is None:
                continue
            text, end = self._written(node, use, path, depth)
            known = self._found.results.get(text)
            if known is None:
                known = self._found.results[text] = self._result(path, depth, text)
            known.users.append(node.id)
            self._found.outer.append(Place(node.id, use.where, path.start, end, known))

    def _depth_out(self, node: Node, use: Use, path: Path) -> int | None:
        root, parts = path.root, path.parts
        if use.local and root in LOCAL:
            return None
        if root == "steps" and root not in self._flow.gifts:
            return min(2, _still(parts)) if parts and parts[0] in self._steps else None
        sources = set(self._sources(node, use, root))
        if not sources & self._steps:
            return None
        if not sources <= self._steps:
            other = next(iter(sorted(sources - self._steps)))
            also = called(self._flow, other) if other in self._flow.nodes else "what starts the workflow"
            raise BadRequest(
                f'{called(self._flow, node.id)} uses "{root}", which comes from the chosen steps or from {also}.',
                hint="Give the two different names, or choose both.",
            )
        return 0

    def _sources(self, node: Node, use: Use, name: str) -> Iterator[str]:
        body = self._flow.shape.bodies.get(node.id, ())
        if body and use.where[:2] == ("config", "collect") and self._flow.item_variable(node.id) != name:
            inner = [gift.source for gift in self._flow.gifts.get(name, ()) if gift.source in body]
            if inner:
                yield from inner
                return
        found = self._flow.find(node.id, name)
        yield from (gift.source for gift in found.gifts) if found is not None else ()

    def _result(self, path: Path, depth: int, text: str) -> Given:
        if not depth:
            return self._variable(path.root)
        parts = path.parts[:depth]
        node = self._flow.nodes[str(parts[0])]
        known = self._flow.node_types.get(node.id)
        kind = KindReader(self._flow, node.id)("steps", parts)
        wanted = wanted_name(self._flow, "steps", parts, kind)
        bound = bool(node.outputs) and known is not None and parts[1:] == (known.main,)
        return Given(text, kind, wanted, wanted if bound else "", bare=bound)

    def _variable(self, name: str) -> Given:
        """Return a variable as a result; what a loop inside sets is given back by a step behind it."""
        gifts = self._flow.gifts.get(name, ())
        kinds = [self._flow.kind_of_gift(gift) for gift in gifts]
        scope, level = self._flow.shape.scope, self._flow.shape.scope[self._cut.first]
        outside = all(scope.get(gift.source, level) == level for gift in gifts)
        return Given(name, kinds[0] if kinds else ANY, name, name, bare=outside)

    # what no expression says

    def unspoken(self, node: Node) -> None:
        """Take note of what a step reads without an expression."""
        known = self._flow.node_types.get(node.id)
        names = names_in_scripts(node, known)
        if node.id not in self._steps:
            self._script_outside(node, names)
            return
        if sends_on(node, known):
            raise BadRequest(
                f"{called(self._flow, node.id)} sends on what started the run. "
                "In a workflow of its own that would be something else.",
                hint="Say in its settings what it sends.",
            )
        for name in sorted(names):
            if name in ROOTS and name not in _HERE and name not in self._flow.gifts:
                raise BadRequest(
                    f'The script of {called(self._flow, node.id)} reads "{name}", which cannot follow.',
                    hint="Give it the value under a name of its own, in its settings.",
                )
            found = self._flow.find(node.id, name)
            if found is None or not found.gifts or all(gift.source in self._steps for gift in found.gifts):
                continue
            given = Given(name, found.kind, name, name, found.certainty == "sure", bare=True)
            self._found.inputs.setdefault(name, given).users.append(node.id)

    def _script_outside(self, node: Node, names: set[str]) -> None:
        for name in sorted(names):
            found = self._flow.find(node.id, name)
            if found is not None and any(gift.source in self._steps for gift in found.gifts):
                given = self._found.results.setdefault(name, self._variable(name))
                given.users.append(node.id)
                self._found.scripts.setdefault(node.id, []).append(given)

    # texts and names

    def _written(self, node: Node, use: Use, path: Path, depth: int) -> tuple[str, int]:
        """Return the stretch of text that stands for a root and so many names behind it, and where it ends."""
        text = self._text(node, use.where)
        if path.end <= path.start or text is None:
            raise self._unreadable(node)
        end = path.start + len(path.root)
        for _ in range(depth):
            step = _STEP.match(text, end)
            if step is None:
                raise self._unreadable(node)
            end = step.end()
        return text[path.start : end], end

    def _unreadable(self, node: Node) -> BadRequest:
        return BadRequest(
            f"An expression of {called(self._flow, node.id)} is written in a way that cannot follow.",
            hint="Pick its variables anew, and try again.",
        )

    @staticmethod
    def _text(node: Node, where: Where) -> str | None:
        here: object = node.model_dump(mode="json")
        for key in where:
            if not isinstance(here, dict | list) or not _has(here, key):
                return None
            here = here[key]  # type: ignore[index]
        return here if isinstance(here, str) else None

    def name(self) -> None:
        """Give every value its name, each once; places whose name stays as it is are left alone."""
        found = self._found
        taken = {one.name for one in found.inputs.values() if one.name} | self._own | self._used | {*ROOTS, *WORDS}
        for given in found.inputs.values():
            if not given.name:
                given.name = free_variable(given.wanted, taken)
                taken.add(given.name)
        # what is given back is read behind the name of the new step's result: there its names are alone
        back = {one.name for one in found.results.values() if one.name}
        for given in found.results.values():
            if not given.name:
                given.name = free_variable(given.wanted, back | taken)
                back.add(given.name)
        found.inner = [one for one in found.inner if one.value.name != one.value.path]


def _still(parts: Sequence[str | int | None]) -> int:
    """Return how many parts stand before the first that is worked out only in the run."""
    return next((at for at, part in enumerate(parts) if part is None), len(parts))


def _has(here: dict[str, object] | list[object], key: str | int) -> bool:
    return key in here if isinstance(here, dict) else isinstance(key, int) and key < len(here)
