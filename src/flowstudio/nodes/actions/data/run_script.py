"""Run a small script."""

from __future__ import annotations

import ast
import asyncio
import math
from datetime import date, datetime
from typing import Any, ClassVar

import pydantic_monty
from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import visible
from flowstudio.errors import ConfigRejected, ExpressionError, LimitReached, StepError, StepTimedOut
from flowstudio.expressions import compile_expression
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.moments import duration_of
from flowstudio.kit.words import shortened

_LONGEST_TIME = 30.0
_LONGEST_OUTPUT = 1_000_000
"""Signs and values that a script may give back."""
_MOST_PRINTED = 100_000
_LARGEST_NUMBER = 10**18
"""Beyond it neither JSON nor a database keeps a whole number whole."""
_DEEPEST = 60


class RunScriptConfig(Config):
    script: str = setting(
        label="Script",
        help="A formula, or a script in a subset of Python. The value is that of its last line.",
        widget="code",
        reading="literal",
        example="sum(line['amount'] for line in lines)",
        min_length=1,
        max_length=20_000,
    )
    inputs: dict[str, Any] = setting(
        default_factory=dict,
        label="Given to it",
        help="Further names and their values. All variables of the run can be read anyway.",
        widget="fields",
        example={"lines": "{{invoice.lines}}"},
        advanced=True,
    )
    timeout: str = setting(
        "1 second", label="Time", help="Up to 30 seconds.", widget="duration", reading="literal", advanced=True
    )
    memory_mb: int = setting(64, label="Memory in MB", reading="literal", ge=1, le=512, advanced=True)


class RunScriptOutput(Output):
    value: JsonValue = Field(description="The value of the last line.", examples=[42])


class RunScript(Action):
    """Runs a script in an interpreter of its own, with limits of time, memory and what it gives back.

    It reads the variables of the run and changes none. There are no files, no network and nothing of this computer.
    Records and objects are read as `invoice["amount"]`.
    """

    key = "run_script"
    title = "Run script"
    icon = "code"
    aliases = ("customAction", "Custom scripts", "custom_script")
    synonyms = ("python", "code", "formula", "program")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = RunScriptConfig
    Output = RunScriptOutput
    main = "value"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        script = str(config.get("script") or "")
        return shortened(" ".join(script.split())) or "No script yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence."""
        return "run a script"

    async def run(self, config: RunScriptConfig, ctx: RunContext) -> JsonObject:
        """Evaluate a formula here; run anything longer in a process of its own."""
        if _is_formula(config.script):
            return {"value": _Plain().of(await ctx.fill(f"{{{{{config.script}}}}}", **config.inputs))}
        names = {**await _read(config, ctx), **visible(config.inputs)}
        seconds = min(_LONGEST_TIME, max(0.01, duration_of(config.timeout, "timeout").total_seconds()))
        # One process per script: nothing of one run is left for the next. The pool for event loops may abort the
        # interpreter when the program ends, so the plain one runs in a thread.
        value = await asyncio.to_thread(_run, config.script, names, seconds, config.memory_mb)
        return {"value": await asyncio.to_thread(_Plain().of, value)}

    def preview(self, config: RunScriptConfig) -> Preview:
        return Preview("Runs a script")


def _is_formula(script: str) -> bool:
    try:
        compile_expression(script)
    except ExpressionError:
        return False
    return True


async def _read(config: RunScriptConfig, ctx: RunContext) -> JsonObject:
    """Return the variables of the run that the script names."""
    try:
        tree = ast.parse(config.script)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ConfigRejected(f"The script cannot be read: {error}.", setting="script") from None
    wanted = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found: JsonObject = {}
    for name in sorted(wanted - config.inputs.keys()):
        try:
            found[name] = visible(await ctx.fill(f"{{{{{name}}}}}"))
        except ExpressionError:  # a name of the script's own, or a function of Python
            continue
    return found


def _run(script: str, names: JsonObject, seconds: float, memory_mb: int) -> Any:
    limits = pydantic_monty.ResourceLimits(
        max_feed_duration_secs=seconds, max_memory=memory_mb * 1_000_000, max_total_sleep_secs=0.0
    )
    printed = pydantic_monty.CollectString(_MOST_PRINTED)
    try:
        with (
            pydantic_monty.Monty(max_processes=1, request_timeout=seconds + 1) as pool,
            pool.checkout(limits=limits) as session,
        ):
            return session.feed_run(script, external_lookup=names, print_callback=printed)
    except pydantic_monty.MontyError as error:
        raise _failed(error, seconds, memory_mb) from None


def _failed(error: pydantic_monty.MontyError, seconds: float, memory_mb: int) -> StepError:
    said = " ".join(str(error).split())[:500]
    if said.startswith("TimeoutError") or isinstance(error, pydantic_monty.MontyCrashedError):
        return StepTimedOut(f"The script did not end within {seconds:g} seconds.", hint="Give it less to do.")
    if said.startswith("MemoryError"):
        return LimitReached(f"The script used more than {memory_mb} MB of memory.", hint="Give it less to do.")
    return ConfigRejected(f"The script failed: {said}", setting="script")


class _Plain:
    """Makes data of a script's value, and counts what it takes: a little program can give a great deal."""

    def __init__(self) -> None:
        self._left = _LONGEST_OUTPUT

    def of(self, value: Any, depth: int = 0) -> JsonValue:
        """Return a value as data; raise ConfigRejected for what is none, LimitReached for too much."""
        if depth > _DEEPEST:
            raise ConfigRejected("The value of the script is nested too deeply.", setting="script")
        self._count(len(value) if isinstance(value, str) else 1)
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, (int, float)):
            return self._number(value)
        if isinstance(value, (date, datetime)):
            return value.isoformat()
        if isinstance(value, dict):
            return {self.of(str(key), depth): self.of(item, depth + 1) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.of(item, depth + 1) for item in value]
        if isinstance(value, (set, frozenset)):
            return sorted((self.of(item, depth + 1) for item in value), key=str)
        raise ConfigRejected(f"The script gives a {type(value).__name__}, which is no data.", setting="script")

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise LimitReached(
                f"The script gives more than {_LONGEST_OUTPUT:,} signs and values.",
                hint="Give back what later steps need, such as a sum or the first rows.",
            )

    @staticmethod
    def _number(value: float) -> JsonValue:
        if isinstance(value, int):
            if abs(value) >= _LARGEST_NUMBER:
                raise ConfigRejected("The script gives a number of more than 18 digits.", setting="script")
        elif not math.isfinite(value):
            raise ConfigRejected(f"The script gives {value}, which is no number.", setting="script")
        return value
