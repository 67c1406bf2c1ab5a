"""The tree of a parsed expression: what it is made of, and where in the source each part stands."""

from __future__ import annotations

from dataclasses import dataclass

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, true, false or null; `start` and `end` span its source."""

    value: Scalar
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Ref:
    """A name and the way from it into its value: `items[0].title`. A step is a field, a place, or an expression."""

    root: str
    steps: tuple[str | int | Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Access:
    """The way into a value that is not a name: `top(risks, 'severity').title`."""

    base: Node
    steps: tuple[str | int | Node, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Sums or products from left to right: the first operand, then (sign, operand)."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus before an operand."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison: == != < <= > >= in, not in."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` or `or` over two or more parts."""

    word: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """`not` before a part."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; `value | name(args)` is `name(value, args)`."""

    name: str
    arguments: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list written out: `[1, 2, x]`."""

    parts: tuple[Node, ...]


Node = Literal | Ref | Access | Chain | Negative | Compare | Logic | Not | Call | Items


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts directly below a node, left to right."""
    match node:
        case Ref():
            return tuple(step for step in node.steps if not isinstance(step, (str, int)))
        case Access():
            return (node.base, *(step for step in node.steps if not isinstance(step, (str, int))))
        case Chain():
            return (node.first, *(operand for _, operand in node.rest))
        case Negative() | Not():
            return (node.operand,)
        case Compare():
            return (node.left, node.right)
        case Logic() | Items():
            return node.parts
        case Call():
            return node.arguments
        case _:
            return ()
