"""One thing that is not right about a workflow, with its place and what to do."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from flowstudio.domain.json import JsonObject

Severity = Literal["error", "warning", "hint"]


class Problem(BaseModel):
    """A fault, doubt or hint: `path` is a JSON path into the document (`$.nodes[3].config.to`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    node_id: str | None = None
    severity: Severity = "error"
    code: str
    message: str
    hint: str = ""
    fix: JsonObject | None = None
    """A one-click remedy: `{"label": …, "ops": [editor operations]}`, where there is one."""


def has_errors(problems: list[Problem] | tuple[Problem, ...]) -> bool:
    """Say whether any of the problems keeps the workflow from being published."""
    return any(problem.severity == "error" for problem in problems)
