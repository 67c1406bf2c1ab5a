"""The grammar: words of an expression in, its tree out.

From loose to tight: `or`, `and`, `not`, comparisons and `in`, filters after `|`, `+ -`, `* / %`, unary minus, paths and
calls. A filter takes everything arithmetic to its left: `price * quantity | round(2)` rounds the product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowstudio.expressions.limits import MAX_DEPTH
from flowstudio.expressions.syntax import Access, Call, Chain, Compare, Items, Literal, Logic, Negative, Node, Not, Ref
from flowstudio.expressions.tokens import Token, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

_CONSTANTS: dict[str, bool | None] = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "none": None, "None": None,
}  # fmt: skip
_KEYWORDS = {"and", "or", "not", "in", *_CONSTANTS}
_COMPARISONS = {"==", "!=", "<>", "<", "<=", ">", ">="}


class Grammar:
    """Reads one expression from its words."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def read(self) -> Node:
        """Return the tree of the whole expression; raise BadSyntax at the first word that does not fit."""
        if len(self._tokens) == 1:
            refuse("The expression is empty.", self._now.start)
        node = self._either()
        if self._now.kind != "end":
            self._unexpected()
        return node

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _take(self, *signs: str) -> str | None:
        token = self._now
        if token.kind == "sign" and token.value in signs:
            self._at += 1
            return str(token.value)
        return None

    def _word(self, word: str) -> bool:
        if self._now.kind == "name" and self._now.value == word:
            self._at += 1
            return True
        return False

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            self._unexpected(f"{sign} is missing here.")

    def _unexpected(self, message: str = "") -> None:
        token = self._now
        what = "The expression ends too early." if token.kind == "end" else f'"{token.value}" does not fit here.'
        refuse(message or what, token.start)

    def _inside(self, rule: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            refuse(f"The expression is nested deeper than {MAX_DEPTH} levels.", self._now.start)
        node = rule()
        self._depth -= 1
        return node

    def _either(self) -> Node:
        return self._logic("or", self._both)

    def _both(self) -> Node:
        return self._logic("and", self._negated)

    def _logic(self, word: str, rule: Callable[[], Node]) -> Node:
        parts = [rule()]
        while self._word(word):
            parts.append(rule())
        return parts[0] if len(parts) == 1 else Logic(word, tuple(parts))

    def _negated(self) -> Node:
        if self._word("not"):
            return Not(self._inside(self._negated))
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._filtered()
        sign = self._comparison_sign()
        if sign is None:
            return left
        node = Compare(sign, left, self._filtered())
        place = self._now.start
        if self._comparison_sign() is not None:
            refuse("Comparisons do not chain.", place, "Join two of them with and.")
        return node

    def _comparison_sign(self) -> str | None:
        if self._word("in"):
            return "in"
        if self._now.kind == "name" and self._now.value == "not" and self._tokens[self._at + 1].value == "in":
            self._at += 2
            return "not in"
        sign = self._take(*_COMPARISONS)
        return "!=" if sign == "<>" else sign

    def _filtered(self) -> Node:
        node = self._sum()
        filters = 0
        while self._take("|"):
            filters += 1
            if filters + self._depth > MAX_DEPTH:
                refuse(f"There are more than {MAX_DEPTH} filters.", self._now.start)
            node = self._filter(node)
            if self._now.kind == "sign" and self._now.value in {"+", "-", "*", "/", "%"}:
                node = self._sum(node)
        return node

    def _filter(self, value: Node) -> Node:
        name = self._next()
        if name.kind != "name" or name.value in _KEYWORDS:
            refuse("After | stands the name of a filter.", name.start)
        arguments = self._arguments() if self._take("(") else ()
        return Call(str(name.value), (value, *arguments), name.start, name.end)

    def _sum(self, first: Node | None = None) -> Node:
        return self._chain(self._product(first), ("+", "-"), self._product)

    def _product(self, first: Node | None = None) -> Node:
        return self._chain(first or self._signed(), ("*", "/", "%"), self._signed)

    def _chain(self, first: Node, signs: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        rest: list[tuple[str, Node]] = []
        while sign := self._take(*signs):
            rest.append((sign, operand()))
        return Chain(first, tuple(rest)) if rest else first

    def _signed(self) -> Node:
        start = self._now.start
        if self._take("-"):
            operand = self._inside(self._signed)
            if isinstance(operand, Literal) and type(operand.value) in (int, float):
                return Literal(-operand.value, start, operand.end)  # type: ignore[operator]
            return Negative(operand)
        if self._take("+"):
            return self._inside(self._signed)
        return self._way(self._primary())

    def _primary(self) -> Node:
        token = self._now
        if token.kind in ("number", "text"):
            self._next()
            return Literal(token.value, token.start, token.end)
        if token.kind == "name" and token.value not in _KEYWORDS:
            return self._named(self._next())
        if token.kind == "name" and token.value in _CONSTANTS:
            self._next()
            return Literal(_CONSTANTS[str(token.value)], token.start, token.end)
        if self._take("("):
            node = self._inside(self._either)
            self._need(")")
            return node
        if self._take("["):
            return Items(self._list("]"))
        self._unexpected()
        raise AssertionError

    def _named(self, name: Token) -> Node:
        text = str(name.value)
        if self._take("("):
            arguments = self._arguments()
            return Call(text, arguments, name.start, name.end)
        visible(text, name.start)
        return Ref(text, (), name.start, name.end)

    def _arguments(self) -> tuple[Node, ...]:
        return self._list(")")

    def _list(self, close: str) -> tuple[Node, ...]:
        parts: list[Node] = []
        while not self._take(close):
            if parts:
                self._need(",")
            parts.append(self._inside(self._either))
        return tuple(parts)

    def _way(self, base: Node) -> Node:
        steps: list[str | int | Node] = []
        end = self._tokens[self._at - 1].end
        while sign := self._take(".", "["):
            steps.append(self._field() if sign == "." else self._place())
            end = self._tokens[self._at - 1].end
        if self._now.kind == "sign" and self._now.value == "(":
            refuse("Only functions can be called.", self._now.start, "Write the function first: lower(name).")
        if not steps:
            return base
        return Ref(base.root, tuple(steps), base.start, end) if isinstance(base, Ref) else Access(base, tuple(steps))

    def _field(self) -> str:
        name = self._next()
        if name.kind != "name":
            refuse("After the dot stands the name of a field.", name.start)
        return visible(str(name.value), name.start)

    def _place(self) -> str | int | Node:
        start = self._now.start
        index = self._inside(self._either)
        self._need("]")
        if not isinstance(index, Literal):
            return index
        if isinstance(index.value, str):
            return visible(index.value, start)
        if isinstance(index.value, int) and not isinstance(index.value, bool):
            return index.value
        return refuse("In [ ] stands a whole number or the name of a field.", start)


def visible(name: str, position: int) -> str:
    """Return a name that data may have; raise BadSyntax for what is not data."""
    if name.startswith(("__", "$")):
        refuse(f'"{name}" is not a field of a record.', position, "Expressions read data only.")
    return name
