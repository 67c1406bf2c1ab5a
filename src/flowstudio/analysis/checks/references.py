"""The message texts, workflows and connections that settings name are there."""

from __future__ import annotations

from collections.abc import Iterator

from flowstudio.analysis.checks.look import Look, hint_for
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node, Trigger
from flowstudio.kit import Setting
from flowstudio.kit.uses import settings_map


def check(look: Look) -> Iterator[Problem]:
    """Find names of message texts, workflows and connections that do not exist."""
    for part, node_type in look.parts():
        for setting in settings_map(node_type).values() if node_type is not None else ():
            value = part.config.get(setting.key)
            if isinstance(value, str) and value and "{{" not in value:
                yield from _reference(look, part, setting, value)


def _reference(look: Look, part: Node | Trigger, setting: Setting, value: str) -> Iterator[Problem]:
    where, name = ("config", setting.key), look.called(part)
    if setting.widget == "message_text" and look.facts.messages and value not in look.facts.messages:
        message = f'{name} uses the message text "{value}", which does not exist.'
        hint = hint_for(value, sorted(look.facts.messages), "There are")
        fix = look.put_nearest(part, where, value, sorted(look.facts.messages))
        yield look.problem(part, where, "unknown_message", message, hint=hint, severity="warning", fix=fix)
    elif setting.widget == "workflow" and value not in look.facts.workflow_ids:
        if value == look.workflow.id:
            if part.key == "action.schedule_workflow":
                return  # starting it again later is how a workflow keeps an eye on something
            message = f"{name} runs this workflow itself."
            yield look.problem(
                part, where, "runs_itself", message, hint="Use For each to repeat steps.", severity="warning"
            )
        elif value in look.facts.template_ids:
            message = f'{name} runs the workflow "{value}", which is a template that is not in use yet.'
            yield look.problem(
                part, where, "unknown_workflow", message, hint="Make it from the template.", severity="hint"
            )
        else:
            message = f'{name} runs the workflow "{value}", which does not exist.'
            hint = hint_for(value, sorted(look.facts.workflow_ids), "There are")
            fix = look.put_nearest(part, where, value, sorted(look.facts.workflow_ids))
            yield look.problem(part, where, "unknown_workflow", message, hint=hint, fix=fix)
    elif setting.widget == "credential" and value not in look.facts.credentials:
        message = f'{name} uses the connection "{value}", which does not exist.'
        hint = hint_for(value, sorted(look.facts.credentials), "There are") or "Add it under Connections."
        fix = look.put_nearest(part, where, value, sorted(look.facts.credentials))
        if fix is None and not setting.required:
            fix = look.put(part, where, None, "Use the one of the workspace")
        yield look.problem(part, where, "unknown_credential", message, hint=hint, severity="warning", fix=fix)
