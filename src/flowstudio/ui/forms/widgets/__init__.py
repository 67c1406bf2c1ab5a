"""One file per widget, and the table that finds a setting's widget by its name."""

from typing import Final

from flowstudio.ui.forms.widgets import (
    cases,
    choice,
    data,
    entries,
    expression,
    pairs,
    questions,
    rules,
    schedule,
    switch,
    text,
)
from flowstudio.ui.forms.widgets.seam import Desk, Renderer, Widget
from flowstudio.ui.forms.widgets.value import value_of

WIDGETS: Final[dict[str, Renderer]] = {
    "assignments": pairs.render,
    "cases": cases.render,
    "choice": choice.render,
    "code": text.render_code,
    "condition": rules.render_condition,
    "credential": choice.render,
    "datetime": value_of("datetime"),
    "duration": value_of("duration"),
    "email": text.render_text,
    "entity": choice.render,
    "event": choice.render,
    "expression": expression.render,
    "fields": pairs.render,
    "filter": rules.render_filter,
    "inputs": questions.render,
    "json": data.render,
    "list": entries.render_list,
    "longtext": text.render_longtext,
    "message_text": choice.render,
    "number": value_of("number"),
    "recipients": entries.render_recipients,
    "record": text.render_record,
    "schedule": schedule.render,
    "switch": switch.render,
    "text": text.render_text,
    "triggers": data.render,
    "url": text.render_text,
    "variable_name": text.render_text,
    "when": text.render_text,
    "workflow": choice.render,
}
"""The names that `flowstudio.kit.setting` documents; an unknown one is drawn as text."""

__all__ = ["WIDGETS", "Desk", "Renderer", "Widget"]
