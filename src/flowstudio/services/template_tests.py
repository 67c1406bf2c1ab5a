"""The samples of a template, run and compared with what they promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowstudio.engine.test_run import run_virtually
from flowstudio.errors import FlowStudioError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.engine.test_run import Twins
    from flowstudio.kit import Registry
    from flowstudio.services.template_library import Template

LISTS = ("created", "updated", "deleted", "messages", "approvals", "external_calls", "waits", "path")
"""What is compared entry by entry; a promise that leaves one out promises none of these."""
PLAIN = ("status", "outcome", "reason")


@dataclass(frozen=True, slots=True)
class Tested:
    """What became of a template's samples."""

    id: str
    differences: tuple[str, ...]
    """One line per difference: the sample, the place, what was promised and what came. None: all passed."""
    observed: tuple[JsonObject, ...]
    """Per sample what happened, in the form of `expects`."""

    @property
    def passed(self) -> bool:
        """Say whether every sample did what it promises."""
        return not self.differences

    def json(self) -> JsonObject:
        """Return the row of `templates test --json`."""
        return {
            "id": self.id,
            "passed": self.passed,
            "differences": list(self.differences),
            "observed": list(self.observed),
        }


async def run_samples(template: Template, registry: Registry, twins: Twins) -> Tested:
    """Run every sample of a template on virtual time; nothing leaves and nothing is kept."""
    differences: list[str] = []
    observed: list[JsonObject] = []
    for one in template.samples:
        try:
            run = await run_virtually(template.workflow, registry, one["sample"], twins)
        except FlowStudioError as error:
            differences.append(f"{one['name']}: {error.message}")
            observed.append({"name": one["name"]})
            continue
        result = run.result()
        seen = {key: result[key] for key in (*PLAIN, *LISTS)}
        observed.append({"name": one["name"], **seen})
        expects = one.get("expects", {})  # a sample of people's own may promise nothing
        differences += [f"{one['name']}: {line}" for line in compared(expects, seen)]
        if result["error"] and expects.get("status") != "failed":
            differences.append(f"{one['name']}: {result['error'].get('message')}")
    return Tested(template.row.id, tuple(differences), tuple(observed))


def compared(expects: JsonObject, observed: JsonObject) -> list[str]:
    """Return how a run differs from its promise. Fields may be more than promised, entries may not."""
    plain = [key for key in PLAIN if key in expects and expects[key] != observed.get(key)]
    found = [_line(key, expects[key], observed.get(key)) for key in plain]
    for key in LISTS:
        if key == "path" and key not in expects:
            continue
        found += _listed(key, expects.get(key) or [], observed.get(key) or [])
    return found


def _listed(key: str, wanted: Sequence[JsonValue], seen: Sequence[JsonValue]) -> list[str]:
    found: list[str] = []
    for index in range(max(len(wanted), len(seen))):
        place = f"{key}[{index}]"
        if index >= len(seen):
            found.append(f"{place} is missing: {wanted[index]!r}")
        elif index >= len(wanted):
            found.append(f"{place} was not promised: {seen[index]!r}")
        else:
            found += _differing(place, wanted[index], seen[index])
    return found


def _differing(place: str, wanted: JsonValue, seen: JsonValue) -> list[str]:
    if isinstance(wanted, dict) and isinstance(seen, dict):
        return [line for key, one in wanted.items() for line in _differing(f"{place}.{key}", one, seen.get(key))]
    if isinstance(wanted, list) and isinstance(seen, list):
        return _listed(place, wanted, seen)
    return [] if _same(wanted, seen) else [_line(place, wanted, seen)]


def _same(wanted: Any, seen: Any) -> bool:
    """Numbers are the same by value, as long as neither is a yes or no."""
    if isinstance(wanted, bool) or isinstance(seen, bool):
        return wanted is seen
    return bool(wanted == seen)


def _line(place: str, wanted: JsonValue, seen: JsonValue) -> str:
    return f"{place} is {seen!r}, promised was {wanted!r}"
