"""What can be said to a run in memory: everything from outside reaches it through its inbox, one after another."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.run import Iteration

if TYPE_CHECKING:
    from flowstudio.engine.attempt import Attempt
    from flowstudio.engine.frames import Turn


@dataclass(frozen=True, slots=True)
class Done:
    """An attempt has come to its end, good or bad."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Ready:
    """A turn can be tried again: the record it needed is here."""

    turn: Turn
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Wake:
    """A timer is due."""

    node: str
    iteration: Iteration
    kind: Literal["delay", "retry", "deadline", "timeout"]


@dataclass(frozen=True, slots=True)
class Decide:
    """A person answers an approval."""

    node: str
    iteration: Iteration
    decision: Literal["approved", "rejected"]
    by: str = ""
    comment: str | None = None
    reply: asyncio.Future[bool] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Deliver:
    """What a step waits for has come: an event, a webhook call, or the end of a run it started."""

    node: str
    iteration: Iteration
    event: JsonValue
    reply: asyncio.Future[bool] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Settle:
    """A person says what became of a step: in doubt, waiting or failed."""

    node: str
    iteration: Iteration
    choice: Literal["happened", "repeat", "skip", "fail"]
    by: str = ""
    output: JsonObject | None = None
    reply: asyncio.Future[bool] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Cancel:
    """The run is to end now."""

    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing more is to start."""

    by: str = ""


@dataclass(frozen=True, slots=True)
class Unpause:
    """The run may go on."""


Message = Done | Ready | Wake | Decide | Deliver | Settle | Cancel | Pause | Unpause
