"""What is asked of whoever starts a workflow: names, types, and whether an answer is needed."""

from collections.abc import Sequence
from dataclasses import replace

from nicegui import ui

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.entered import entered
from flowstudio.ui.forms.expression_field import ExpressionField
from flowstudio.ui.forms.value_field import ValueField
from flowstudio.ui.forms.widgets.rows import RowsEditor
from flowstudio.ui.forms.widgets.seam import Desk, Widget, text_of
from flowstudio.ui.theme import button

TYPES: Sequence[JsonObject] = (
    {"value": "text", "label": "Text"},
    {"value": "number", "label": "Number"},
    {"value": "integer", "label": "Whole number"},
    {"value": "date", "label": "Date"},
    {"value": "boolean", "label": "Yes or no"},
    {"value": "email", "label": "Email address"},
)


class QuestionsEditor(RowsEditor):
    """One block per question."""

    def row(self, at: int, row: JsonObject) -> None:
        """Draw a question."""
        with ui.element("div").classes("fsf-case-head"):
            ExpressionField(
                text_of(row.get("name")),
                label=f"Question {at + 1}",
                placeholder="name",
                variables=[],
                disabled=self.readonly,
                on_change=self.setter(at, "name"),
                entry=self.address(at, "name"),
            )
            if not self.readonly:
                button("", "quiet", "x", lambda: self.take_out(at), label=f"Remove question {at + 1}")
        ValueField(
            row.get("type") or "text",
            kind="choice",
            label="Kind",
            options=self._types(),
            free=True,
            variables=[],
            disabled=self.readonly,
            on_change=self.setter(at, "type"),
            entry=self.address(at, "type"),
        )
        needed = self.setter(at, "required")
        switch = ui.switch(
            "An answer is needed", value=bool(row.get("required")), on_change=lambda event: needed(event.value)
        )
        entered(switch, self.address(at, "required"))
        switch.set_enabled(not self.readonly)

    def adding(self) -> None:
        """Offer a question."""
        button("Question", "quiet", "plus", lambda: self.add({"name": "", "type": "text", "required": True}))

    def _types(self) -> list[JsonObject]:
        entities = self._desk.context.choices(replace(self._setting, widget="entity"), self._desk.values)
        records = [{"value": f"record:{one['value']}", "label": f"Record of {one['label']}"} for one in entities]
        return [*TYPES, *records]


def render(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw the questions."""
    return QuestionsEditor(setting, value, desk)
