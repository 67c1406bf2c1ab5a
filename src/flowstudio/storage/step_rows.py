"""A step as one row: what is empty is left out, and a value beyond 32 kB is kept once, however many steps hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Row

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Effect, Iteration, Step
from flowstudio.domain.states import StepStatus
from flowstudio.storage.columns import to_micros

LARGE = 32_768
"""Bytes of JSON above which a value goes to the table of large values."""
_PARTS = ("input", "output", "assigned", "effects", "error", "detail")
_LIFTED = "large"
_OPTIONS = orjson.OPT_NON_STR_KEYS
_NOTHING_LARGE: Mapping[str, bytes] = MappingProxyType({})


@dataclass(slots=True)
class EncodedStep:
    """A step ready to be written, as it stood: later changes of the object do not matter."""

    seq: int
    status: str
    values: tuple[Any, ...]
    """The columns after run, seq and workspace: node_id, iteration, status, attempt, ways, body and the two times."""
    large: Mapping[str, bytes]
    """Its large values by their hash."""
    weight: int
    """Bytes of JSON in it."""


def iteration_text(iteration: Iteration) -> str:
    """Write an iteration: empty outside loops, else its indices with commas."""
    return ",".join(map(str, iteration)) if iteration else ""


def read_iteration(text: str) -> Iteration:
    """Read an iteration."""
    return tuple(int(part) for part in text.split(",")) if text else ()


def encode_step(step: Step) -> EncodedStep:
    """Write a step as it stands now."""
    content: JsonObject = {}
    if step.input is not None:
        content["input"] = step.input
    if step.output:
        content["output"] = step.output
    if step.assigned:
        content["assigned"] = step.assigned
    if step.effects:
        content["effects"] = [(effect.kind, effect.content) for effect in step.effects]
    if step.error is not None:
        content["error"] = step.error
    if step.detail:
        content["detail"] = step.detail
    body = orjson.dumps(content, option=_OPTIONS)
    weight = len(body)
    large: Mapping[str, bytes] = _NOTHING_LARGE
    if weight > LARGE:
        body, large = _without_large(content)
    status, ways = str(step.status), step.ways
    values = (
        step.node_id, iteration_text(step.iteration), status, step.attempt,
        ways[0] if len(ways) == 1 else "\n".join(ways), body.decode(), to_micros(step.started_at),
        to_micros(step.completed_at),
    )  # fmt: skip
    return EncodedStep(step.seq, status, values, large, weight)


def decode_step(row: Row[Any], large: Mapping[str, bytes]) -> Step:
    """Read a step from its row (`body` parsed); `large` holds the large values it needs."""
    body = row.body
    if _LIFTED in body:
        body = _put_back(body, large)
    return Step(
        seq=row.seq,
        node_id=row.node_id,
        iteration=read_iteration(row.iteration),
        status=StepStatus(row.status),
        attempt=row.attempt,
        ways=tuple(row.ways.split("\n")) if row.ways else (),
        input=body.get("input"),
        output=body.get("output", {}),
        assigned=body.get("assigned", {}),
        effects=tuple(Effect(kind, content) for kind, content in body.get("effects", ())),
        error=body.get("error"),
        detail=body.get("detail", {}),
        started_at=row.started_at,
        completed_at=row.completed_at,
    )


def large_values(bodies: Iterable[JsonObject]) -> set[str]:
    """Return the hashes of the large values that these bodies need."""
    return {key for body in bodies for *_, key in body.get(_LIFTED, ())}


def _without_large(content: JsonObject) -> tuple[bytes, dict[str, bytes]]:
    """Return a body without its large values, and these by their hash."""
    large: dict[str, bytes] = {}
    return orjson.dumps(_lift(content, large), option=_OPTIONS), large


def _lift(content: JsonObject, large: dict[str, bytes]) -> JsonObject:
    """Replace large values by entries `[part, (name,) hash]` under a key of their own."""
    left: JsonObject = {}
    lifted: list[list[str]] = []
    for part, value in content.items():
        encoded = orjson.dumps(value, option=_OPTIONS)
        if len(encoded) <= LARGE:
            left[part] = value
        elif isinstance(value, dict):
            left[part] = {}
            for name, item in value.items():
                item_encoded = orjson.dumps(item, option=_OPTIONS)
                if len(item_encoded) <= LARGE:
                    left[part][name] = item
                else:
                    lifted.append([part, name, _keep(item_encoded, large)])
        else:
            lifted.append([part, _keep(encoded, large)])
    left[_LIFTED] = lifted
    return left


def _keep(encoded: bytes, large: dict[str, bytes]) -> str:
    key = sha256(encoded).hexdigest()
    large[key] = encoded
    return key


def _put_back(body: JsonObject, large: Mapping[str, bytes]) -> JsonObject:
    whole = {part: dict(value) if isinstance(value, dict) else value for part, value in body.items() if part in _PARTS}
    for *place, key in body[_LIFTED]:
        value: JsonValue = orjson.loads(large[key])
        if len(place) == 1:
            whole[place[0]] = value
        else:
            whole.setdefault(place[0], {})[place[1]] = value
    return whole
