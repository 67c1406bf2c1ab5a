"""Secrets stay out of what a step records."""

from __future__ import annotations

from flowstudio.domain.run import Step
from flowstudio.observe.redaction import redactor


def without_secrets(step: Step) -> Step:
    """Mask secrets in a step's input, output and error: by the name of a field and by known values."""
    step.input = redactor.value(step.input)
    step.output = redactor.value(step.output)
    if step.error is not None:
        step.error = redactor.value(step.error)
    return step
