"""Something starts the workflow."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Trigger
from flowstudio.kit.words import listed, spaced

_PARTS = ("event", "inactivity", "kpi_threshold", "new_message", "poll", "stage_change", "ticket_created")
"""What can be one of two things that happen together: what FlowStudio notices, not what is asked of it."""


def check(look: Look) -> Iterator[Problem]:
    """Find a workflow that nothing starts, triggers that lead nowhere, and two webhooks of one address."""
    if not look.workflow.triggers:
        message = "Nothing starts this workflow."
        yield look.problem(
            None, ("triggers",), "no_trigger", message, hint="Add a trigger: a time, an event, a call, or by hand."
        )
    slugs: dict[str, str] = {}
    for trigger in look.workflow.triggers:
        if look.workflow.nodes and not look.shape.starts.get(trigger.id):
            message = f"{look.called(trigger)} leads to no step."
            yield look.problem(trigger, (), "leads_nowhere", message, hint="Draw an arrow from it.", severity="warning")
        yield from _parts(look, trigger)
        slug = trigger.config.get("slug")
        if isinstance(slug, str) and slug in slugs:
            message = (
                f'{look.called(trigger)} has the address "{slug}", which another trigger of this workflow has too.'
            )
            yield look.problem(
                trigger, ("config", "slug"), "repeated_slug", message, hint="Give one of them another address."
            )
        elif isinstance(slug, str):
            slugs[slug] = trigger.id


def _parts(look: Look, trigger: Trigger) -> Iterator[Problem]:
    parts = trigger.config.get("parts") if trigger.type == "both_of" else None
    for index, part in enumerate(parts if isinstance(parts, list) else ()):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in _PARTS:
            message = f"{look.called(trigger)} cannot wait for a part of the type {spaced(str(kind))}."
            hint = f"A part is one of {listed([spaced(one) for one in _PARTS])}."
            yield look.problem(trigger, ("config", "parts", index), "wrong_part", message, hint=hint)
