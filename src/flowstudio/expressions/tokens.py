"""The words of an expression: numbers, texts, names and signs, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from flowstudio.errors import BadSyntax
from flowstudio.expressions.limits import MAX_SOURCE

Kind = Literal["number", "text", "name", "sign", "end"]

_WORD = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>\d+(?:\.\d+)?(?![\w]))
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<name>[^\W\d]\w*)
    |(?P<wrong>\*\*|//|&&|\|\||===|\{|\}(?!\})|[?:;!~^&@#$`\\](?!=)|=(?!=))
    |(?P<sign>\}\}|==|!=|<>|<=|>=|[-+*/%<>()\[\],.|])""",
    re.VERBOSE | re.DOTALL,
)
_HINTS = {
    "**": "There is no power; multiply instead.",
    "//": "Divide with / and round.",
    "&&": "Write and.",
    "||": "Write or.",
    "!": "Write not.",
    "=": "Compare with ==.",
    "===": "Compare with ==.",
    "?": "Write iif(test, a, b).",
    "{": "Braces stand around an expression only.",
}
_ESCAPES = {"n": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word: `value` is the number, the text without quotes, the name or the sign."""

    kind: Kind
    value: str | int | float
    start: int
    end: int


def _unescape(raw: str) -> str:
    if "\\" not in raw:
        return raw
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), raw, flags=re.DOTALL)


def refuse(message: str, position: int, hint: str = "") -> NoReturn:
    """Raise BadSyntax at a place of the source."""
    raise BadSyntax(message, hint=hint, position=position)


def tokenise(source: str, start: int = 0, *, braces: bool = False) -> list[Token]:
    """Cut an expression into its words, the last one of kind `end`.

    With `braces` the expression begins at `start` inside a template and ends at its `}}`; the end word spans the
    braces. Raises BadSyntax with the place of the first thing that is no word.
    """
    tokens: list[Token] = []
    position, stop = start, len(source)
    while position < stop:
        if position - start > MAX_SOURCE:
            refuse(f"The expression is longer than {MAX_SOURCE:,} characters.", start)
        found = _WORD.match(source, position)
        if found is None or found.lastgroup == "wrong":
            _wrong(source, position, found[0] if found else source[position])
        kind, raw, end = found.lastgroup, found[0], found.end()
        if kind == "number":
            tokens.append(Token("number", float(raw) if "." in raw else _whole(raw, position), position, end))
        elif kind == "text":
            tokens.append(Token("text", _unescape(raw[1:-1]), position, end))
        elif kind == "name":
            tokens.append(Token("name", raw, position, end))
        elif raw == "}}":
            if not braces:
                refuse("There is a }} without its {{.", position)
            tokens.append(Token("end", "", position, end))
            return tokens
        elif kind == "sign":
            tokens.append(Token("sign", raw, position, end))
        position = end
    if braces:
        refuse("The {{ is not closed with }}.", max(0, start - 2))
    tokens.append(Token("end", "", stop, stop))
    return tokens


def _whole(raw: str, position: int) -> int:
    if len(raw) > 30:
        refuse("The number is too long.", position)
    return int(raw)


def _wrong(source: str, position: int, sign: str) -> NoReturn:
    if sign in "'\"":
        refuse("A quotation mark is not closed.", position)
    if sign.isdigit():
        refuse(f'"{source[position : position + 20].split(maxsplit=1)[0]}" is neither a number nor a name.', position)
    refuse(f"{sign} has no meaning here.", position, _HINTS.get(sign, ""))
