"""Where the panel shows a problem of a step: at a setting, or at a single rule inside one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowstudio.domain.problem import Problem

_PART = re.compile(r"^\$\.(?:nodes\[\d+\]|triggers\[\d+\]|trigger)\.?")
"""The step or trigger at the beginning of a problem's path."""
_RULES = re.compile(r"(?:\.conditions\[\d+\])+")
_ABOUT = re.compile(r'^"[^"]*" of "[^"]*":? ')
"""What a sentence begins with to say where it belongs; at the rule itself that is seen."""
_SIDES = (".field", ".operator", ".value")
Errors = dict[str, str]
Warnings = dict[str, dict[str, str]]


def faults_of(part: str, problems: Sequence[Problem]) -> tuple[Errors, Warnings]:
    """Return what is wrong with a step, by setting, and with single rules, by setting and place in its rules."""
    errors: Errors = {}
    warnings: Warnings = {}
    for problem in problems:
        if problem.node_id != part or problem.severity == "hint":
            continue
        key = setting_of(problem)
        place = _place(_inside(problem)[len(key) :])
        if place is None:
            errors.setdefault(key, problem.message)
        else:
            said = _ABOUT.sub("", problem.message)
            warnings.setdefault(key, {}).setdefault(place, said[:1].upper() + said[1:])
    return errors, warnings


def setting_of(problem: Problem) -> str:
    """Return the key of the setting that a problem of a step is about."""
    return re.split(r"[.\[]", _inside(problem), maxsplit=1)[0]


def _inside(problem: Problem) -> str:
    return _PART.sub("", problem.path).removeprefix("config.")


def _place(rest: str) -> str | None:
    """Return which rule a path leads to; None where it leads to the setting as a whole."""
    found = _RULES.match(rest)
    if found is not None:
        return ".".join(re.findall(r"\d+", found[0]))
    return "0" if rest in _SIDES else None
