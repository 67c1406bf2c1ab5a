"""What is asked of whoever starts a workflow: names, types, and whether an answer is needed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from nicegui import ui

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.entered import entered
from flowstudio.ui.forms.expression_field import ExpressionField
from flowstudio.ui.forms.list_editor import ListEditor
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
FILE: Sequence[JsonObject] = ({"value": "file", "label": "File"},)
"""Asked for by forms only: whoever starts a workflow by hand has no file at hand."""

CHOICE = "choice"
IN_FORMS: Sequence[JsonObject] = (
    {"value": "longtext", "label": "Long text"},
    {"value": CHOICE, "label": "One of a list"},
    {"value": "datetime", "label": "Date with time"},
    {"value": "url", "label": "Web address"},
    {"value": "phone", "label": "Phone number"},
)
"""Further kinds of what others fill in."""


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
        if self._public:
            self._plain(at, row, "label", "Shown as", "What people read in the form. Left empty, the name above.")
        ValueField(
            row.get("type") or "text",
            kind="choice",
            label="Kind",
            options=self._types(),
            free=True,
            variables=[],
            disabled=self.readonly,
            on_change=self._turned(at),
            entry=self.address(at, "type"),
        )
        if self._public and row.get("type") == CHOICE:
            ListEditor(
                row.get("choices") or [],
                label="Choices",
                noun="choice",
                variables=[],
                disabled=self.readonly,
                on_change=self.setter(at, "choices"),
                entry=self.address(at, "choices"),
            )
        if self._public:
            self._plain(at, row, "help", "Explanation", "")
        needed = self.setter(at, "required")
        switch = ui.switch(
            "An answer is needed", value=bool(row.get("required")), on_change=lambda event: needed(event.value)
        )
        entered(switch, self.address(at, "required"))
        switch.set_enabled(not self.readonly)

    @property
    def _public(self) -> bool:
        """Whether others read the questions: in a form, not in what starts a workflow by hand."""
        return self._setting.key == "fields"

    def _plain(self, at: int, row: JsonObject, key: str, label: str, hint: str) -> None:
        ExpressionField(
            text_of(row.get(key)),
            label=label,
            help=hint,
            variables=[],
            disabled=self.readonly,
            on_change=self.setter(at, key),
            entry=self.address(at, key),
        )

    def _turned(self, at: int) -> Callable[[JsonValue], None]:
        """Return the listener of a question's kind: a choice has choices, nothing else has."""
        change = self.setter(at, "type")

        def turn(value: JsonValue) -> None:
            before = self._rows[at].get("type")
            change(value)
            if self._public and CHOICE in (before, value):
                self._draw()

        return turn

    def adding(self) -> None:
        """Offer a question."""
        button("Question", "quiet", "plus", lambda: self.add({"name": "", "type": "text", "required": True}))

    def _types(self) -> list[JsonObject]:
        entities = self._desk.context.choices(replace(self._setting, widget="entity"), self._desk.values)
        records = [{"value": f"record:{one['value']}", "label": f"Record of {one['label']}"} for one in entities]
        return [*TYPES, *((*IN_FORMS, *FILE) if self._public else ()), *records]


def render(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw the questions."""
    return QuestionsEditor(setting, value, desk)
