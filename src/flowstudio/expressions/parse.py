"""Reading expressions and the settings that hold them; compiled texts are kept."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flowstudio.errors import BadSyntax
from flowstudio.expressions.compiling import Run, check_depth, closure
from flowstudio.expressions.grammar import Grammar
from flowstudio.expressions.limits import MAX_CHUNKS, MAX_SOURCE, MAX_TEXT, checked_length
from flowstudio.expressions.printing import print_value
from flowstudio.expressions.syntax import Literal
from flowstudio.expressions.tokens import refuse, tokenise

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.domain.json import JsonValue
    from flowstudio.expressions.context import EvalContext
    from flowstudio.expressions.syntax import Node

_KEPT = 4096
_LONGEST_KEPT = 4_000


class Expression:
    """A compiled expression: `source` as written, `tree` for checks, `run` for evaluation inside another one."""

    __slots__ = ("run", "source", "tree")

    def __init__(self, source: str, tree: Node) -> None:
        check_depth(tree)
        self.source = source
        self.tree = tree
        self.run: Run = closure(tree)

    def evaluate(self, ctx: EvalContext) -> JsonValue:
        """Return the value; raises an ExpressionError, or RecordNeeded from the scope."""
        ctx.spent = 0
        return self.run(ctx)


class Chunk:
    """One `{{ … }}` of a text: its expression, and where the braces begin and end."""

    __slots__ = ("end", "expression", "start")

    def __init__(self, expression: Expression, start: int, end: int) -> None:
        self.expression = expression
        self.start = start
        self.end = end


class Template:
    """A compiled setting: plain data, one expression that keeps its type, a text with some, or lists of these."""

    __slots__ = ("chunks", "constant", "items", "run", "source")

    def __init__(
        self,
        source: JsonValue,
        run: Run,
        *,
        chunks: tuple[Chunk, ...] = (),
        items: tuple[tuple[str | int, Template], ...] = (),
    ) -> None:
        self.source = source
        self.run = run
        self.chunks = chunks
        self.items = items
        self.constant: bool = not chunks and all(item.constant for _, item in items)
        """Whether it holds no expression at all."""

    def render(self, ctx: EvalContext) -> JsonValue:
        """Return the setting filled in; raises an ExpressionError, or RecordNeeded from the scope."""
        ctx.spent = 0
        return self.run(ctx)


def compile_expression(text: str) -> Expression:
    """Read an expression, with or without braces around it; raises BadSyntax or WrongType with the place."""
    return _kept_expression(text) if len(text) <= _LONGEST_KEPT else _read_expression(text)


def _read_expression(text: str) -> Expression:
    stripped = text.strip()
    if stripped.startswith("{{"):
        start = text.index("{{")
        tokens = tokenise(text, start + 2, braces=True)
        if text[tokens[-1].end :].strip():
            refuse("Something follows after the }}.", tokens[-1].end)
    else:
        if len(text) > MAX_SOURCE:
            refuse(f"The expression is longer than {MAX_SOURCE:,} characters.", 0)
        tokens = tokenise(text)
    return Expression(text, Grammar(tokens).read())


_kept_expression = lru_cache(maxsize=_KEPT)(_read_expression)


def compile_template(value: JsonValue) -> Template:
    """Read a setting: text with `{{ }}`, or lists and objects of such; keys of objects are never evaluated.

    Raises BadSyntax or WrongType with the place inside the text.
    """
    if isinstance(value, str):
        return _kept_text(value) if len(value) <= _LONGEST_KEPT else _read_text(value)
    if isinstance(value, list):
        parts = tuple(enumerate(compile_template(item) for item in value))
        return Template(value, lambda ctx: [part.run(ctx) for _, part in parts], items=parts)
    if isinstance(value, dict):
        named = tuple((key, compile_template(item)) for key, item in value.items())
        return Template(value, lambda ctx: {key: part.run(ctx) for key, part in named}, items=named)
    return Template(value, lambda _: value)


def _read_text(text: str) -> Template:
    if "{{" not in text:
        _no_blocks(text, 0, len(text))
        return Template(text, lambda _: text)
    chunks = _chunks(text)
    if len(chunks) == 1 and not text[: chunks[0].start].strip() and not text[chunks[0].end :].strip():
        return Template(text, chunks[0].expression.run, chunks=chunks)
    return Template(text, _printer(text, chunks), chunks=chunks)


_kept_text = lru_cache(maxsize=_KEPT)(_read_text)


def _chunks(text: str) -> tuple[Chunk, ...]:
    if len(text) > MAX_TEXT:
        refuse(f"The text is longer than {MAX_TEXT:,} characters.", 0)
    if text.count("{{") > MAX_CHUNKS:
        refuse(f"The text holds more than {MAX_CHUNKS:,} expressions.", 0)
    chunks: list[Chunk] = []
    place = 0
    while (start := text.find("{{", place)) >= 0:
        _no_blocks(text, place, start)
        tokens = tokenise(text, start + 2, braces=True)
        end = tokens[-1].end
        chunks.append(Chunk(Expression(text[start:end], Grammar(tokens).read()), start, end))
        place = end
    _no_blocks(text, place, len(text))
    return tuple(chunks)


def _no_blocks(text: str, start: int, end: int) -> None:
    block = text.find("{%", start, end)
    if block >= 0 and text.find("%}", block, end) >= 0:
        raise BadSyntax(
            "{% %} has no meaning here.",
            hint="Use a For each step for repetition and iif(test, a, b) for a choice.",
            position=block,
        )


def _printer(text: str, chunks: tuple[Chunk, ...]) -> Run:
    pieces: list[str | Run] = []
    place = 0
    for chunk in chunks:
        if chunk.start > place:
            pieces.append(text[place : chunk.start])
        tree = chunk.expression.tree
        pieces.append(print_value(tree.value) if isinstance(tree, Literal) else chunk.expression.run)
        place = chunk.end
    if place < len(text):
        pieces.append(text[place:])
    return _joined(pieces)


def _joined(pieces: list[str | Callable[[EvalContext], JsonValue]]) -> Run:
    def run(ctx: EvalContext) -> JsonValue:
        done: list[str] = []
        length = 0
        for piece in pieces:
            text = piece if isinstance(piece, str) else print_value(piece(ctx))
            length += len(text)
            if length > MAX_TEXT:
                checked_length(length)
            done.append(text)
        return "".join(done)

    return run
