"""The table of functions: each is one decorated Python function, callable as `name(x)` and as the filter `x | name`."""

from __future__ import annotations

import difflib
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, ParamSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.domain.json import JsonValue

P = ParamSpec("P")
Returns = Literal["number", "text", "date", "boolean", "list", "record", "any"]

FUNCTIONS: dict[str, Function] = {}
"""Every function by name and by alias."""


@dataclass(frozen=True, slots=True)
class Function:
    """What a function is called, takes and does; `example` is an expression and its value."""

    name: str
    signature: str
    summary: str
    family: str
    returns: Returns
    example: tuple[str, JsonValue]
    least: int
    most: int
    aliases: tuple[str, ...]
    run: Callable[..., JsonValue]
    """Called with the context, then the arguments."""


def function(
    name: str,
    signature: str,
    summary: str,
    *,
    returns: Returns,
    example: tuple[str, JsonValue],
    aliases: tuple[str, ...] = (),
) -> Callable[[Callable[P, JsonValue]], Callable[P, JsonValue]]:
    """Register a function of the language; how many arguments it takes follows from the Python signature."""

    def register(run: Callable[P, JsonValue]) -> Callable[P, JsonValue]:
        parameters = list(inspect.signature(run).parameters.values())[1:]
        open_ended = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)
        fixed = [parameter for parameter in parameters if parameter.kind is not parameter.VAR_POSITIONAL]
        least = sum(parameter.default is parameter.empty for parameter in fixed)
        family = run.__module__.rpartition(".")[2]
        most = 1_000 if open_ended else len(fixed)
        entry = Function(name, signature, summary, family, returns, example, least, most, aliases, run)
        for word in (name, *aliases):
            if word in FUNCTIONS:
                message = f"two functions are called {word}"
                raise ValueError(message)
            FUNCTIONS[word] = entry
        return run

    return register


def nearest(name: str) -> str:
    """Return a hint that names the nearest function, or where to look."""
    close = difflib.get_close_matches(name, FUNCTIONS, n=1)
    return f"Did you mean {close[0]}?" if close else f"Functions: {', '.join(sorted(FUNCTIONS))}."
