"""Which names an expression uses and where, and how a name is changed in all its uses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowstudio.errors import ExpressionError
from flowstudio.expressions.parse import Expression, Template, compile_expression, compile_template
from flowstudio.expressions.syntax import Call, Literal, Node, Ref, children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flowstudio.domain.json import JsonValue

PLAIN = re.compile(r"[^\W\d]\w*")
"""A name that can stand in an expression without brackets."""


@dataclass(frozen=True, slots=True)
class Path:
    """One use of a name: `items[0].title` has the root `items` and the parts `(0, "title")`.

    `None` as a part stands for a place that is worked out at run time. `start` and `end` span the path in its text
    (the root is the first `len(root)` characters); `where` leads to that text inside a setting of lists and objects.
    """

    root: str
    parts: tuple[str | int | None, ...]
    start: int
    end: int
    where: tuple[str | int, ...] = ()
    has_default: bool = False
    """Whether `default` says what stands in its place where it is missing."""

    @property
    def text(self) -> str:
        """The path as written in expressions."""
        text = self.root
        for part in self.parts:
            text = below(text, part) if isinstance(part, str) else f"{text}[{'' if part is None else part}]"
        return text


def below(path: str, name: str) -> str:
    """Return the path of a field: systems name theirs as they like, and `order-id` stands in brackets."""
    return f"{path}.{name}" if PLAIN.fullmatch(name) else f"{path}[{json.dumps(name, ensure_ascii=False)}]"


def paths_of(what: Expression | Template | str) -> list[Path]:
    """List every use of a name in an expression, a setting, or the text of one, in the order of the text.

    A plain str is read as an expression, with or without braces.
    """
    if isinstance(what, Template):
        return list(_of_template(what, ()))
    expression = compile_expression(what) if isinstance(what, str) else what
    return sorted(_of_tree(expression.tree, expression.source, ()), key=lambda path: path.start)


def _of_template(template: Template, where: tuple[str | int, ...]) -> Iterator[Path]:
    for chunk in template.chunks:
        found = _of_tree(chunk.expression.tree, template.source, where)
        yield from sorted(found, key=lambda path: path.start)
    for key, item in template.items:
        yield from _of_template(item, (*where, key))


def _of_tree(tree: Node, source: str, where: tuple[str | int, ...]) -> Iterator[Path]:
    waiting = [(tree, False)]
    while waiting:
        node, has_default = waiting.pop()
        if isinstance(node, Ref):
            parts = tuple(step if isinstance(step, (str, int)) else None for step in node.steps)
            yield Path(node.root, parts, node.start, node.end, where, has_default)
        if isinstance(node, Call) and node.name == "filter":
            yield from _of_filter(node.arguments[1], source, where)
        inside = list(children(node))
        falls_back = isinstance(node, Call) and node.name == "default"
        waiting.extend((one, has_default or (falls_back and one is inside[0])) for one in inside)


def _of_filter(condition: Node, source: str, where: tuple[str | int, ...]) -> Iterator[Path]:
    if not isinstance(condition, Literal) or not isinstance(condition.value, str):
        return
    raw = source[condition.start + 1 : condition.end - 1]
    exact = raw == condition.value
    for path in _of_template(compile_template(condition.value), where):
        start = condition.start + 1 + path.start if exact else condition.start
        end = start + path.end - path.start if exact else condition.start
        yield Path(path.root, path.parts, start, end, where)


def rename_root(text: str, old: str, new: str, *, bare: bool = False) -> str:
    """Return a text with every use of the name `old` turned into `new`; quoted text stays.

    `bare` says that the whole text is an expression (with or without braces) and not a text with `{{ }}`. A text that
    cannot be read is returned as it is.
    """
    try:
        found = paths_of(text) if bare else paths_of(compile_template(text))
    except ExpressionError:
        return text
    for path in reversed([path for path in found if path.root == old and path.end > path.start]):
        text = text[: path.start] + new + text[path.start + len(old) :]
    return text


def rename_in(value: JsonValue, old: str, new: str) -> JsonValue:
    """Return a setting of any shape with every use of the name changed in its texts."""
    if isinstance(value, str):
        return rename_root(value, old, new)
    if isinstance(value, list):
        return [rename_in(item, old, new) for item in value]
    if isinstance(value, dict):
        return {key: rename_in(item, old, new) for key, item in value.items()}
    return value
