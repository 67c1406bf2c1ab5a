"""Actions that a user writes: a function under a name becomes a node type as complete as one of ours."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

import orjson
from pydantic import BaseModel

from flowstudio.domain.json import JsonObject
from flowstudio.errors import StepError
from flowstudio.kit.context import RunContext
from flowstudio.kit.nodes import Action, Preview
from flowstudio.kit.settings import Config, setting
from flowstudio.kit.words import human

OWN = "own"
"""The category of actions that users write: in the palette under "Your own"."""
Work = Callable[[JsonObject, RunContext], Any]

_collected: ContextVar[list[type[Action]] | None] = ContextVar("collected", default=None)
_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s\-.]+")


class FreeSettings(Config):
    """Settings of an action that declares none: whatever its user fills in."""

    params: dict[str, Any] = setting(
        default_factory=dict, label="Settings", help="Names and values that the action is given.", widget="fields"
    )


@contextmanager
def collecting() -> Iterator[list[type[Action]]]:
    """Collect the actions that `register_action` makes meanwhile."""
    found: list[type[Action]] = []
    token = _collected.set(found)
    try:
        yield found
    finally:
        _collected.reset(token)


def register_action(
    name: str,
    work: Work | None = None,
    *,
    title: str = "",
    help: str = "",
    icon: str = "code",
    settings: type[Config] | None = None,
    output: type[BaseModel] | None = None,
    main: str | None = None,
    effect: Literal["reads", "writes", "sends"] = "sends",
    idempotent: bool = False,
    synonyms: tuple[str, ...] = (),
) -> Any:
    """Make an action of a function `(params, context)`: `register_action("customGreeting", greet)`, or as a decorator.

    `customGreeting` is kept as an alias of `custom_greeting`. `params` holds the filled-in settings, `context` is the
    RunContext; what the function returns becomes the output. An ordinary function runs in a thread of its own.
    Without `effect` it counts as one that sends: after a crash with unknown outcome a person is asked.
    """

    def register(made: Work) -> type[Action]:
        key = _CAPITALS.sub("_", name.strip()).lower()
        told = help or inspect.getdoc(made) or f"Does {key.replace('_', ' ')}, as your own file says."
        parts: dict[str, Any] = {
            "__doc__": told,
            "__module__": made.__module__,
            "key": key,
            "title": title or human(key)[:30],
            "icon": icon,
            "category": OWN,
            "aliases": (name,) if name != key else (),
            "synonyms": synonyms,
            "effect": effect,
            "idempotent": idempotent,
            "Config": settings or FreeSettings,
            "Output": output,
            "main": main or ("*" if output is not None else None),
            "work": staticmethod(made),
            "free": settings is None,
        }
        found = type("".join(part.capitalize() for part in key.split("_")) or "Own", (_FunctionAction,), parts)
        collected = _collected.get()
        if collected is not None:
            collected.append(found)
        return found

    return register if work is None else register(work)


class _FunctionAction(Action):
    """An action whose work is one function."""

    work: Work
    free: bool

    async def run(self, config: Any, ctx: RunContext) -> JsonObject:
        params: JsonObject = dict(config.params) if self.free else config.model_dump(mode="json")
        if inspect.iscoroutinefunction(self.work):
            answer = await self.work(params, ctx)
        else:
            answer = await asyncio.to_thread(self.work, params, ctx)
            if inspect.isawaitable(answer):
                answer = await answer
        if isinstance(answer, BaseModel):
            answer = answer.model_dump(mode="json")
        return _plain(answer if isinstance(answer, dict) else {} if answer is None else {"result": answer})

    def preview(self, config: Any) -> Preview:
        return Preview(f"Would do: {self.title}")


def _plain(answer: dict[str, Any]) -> JsonObject:
    """Return an answer as it will be read from disk; raise StepError where it is no data."""
    try:
        plain: JsonObject = orjson.loads(orjson.dumps(answer))
    except (TypeError, orjson.JSONDecodeError) as error:
        raise StepError(
            "The action gave back something that is no data.", hint=f"Return texts, numbers, lists and objects: {error}"
        ) from error
    return plain
