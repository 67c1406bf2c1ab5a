"""The cases of a path choice: each with a name, and a value or a rule."""

from nicegui import ui

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.condition_builder import ConditionBuilder
from flowstudio.ui.forms.expression_field import ExpressionField
from flowstudio.ui.forms.widgets.rows import RowsEditor
from flowstudio.ui.forms.widgets.rules import tree_of
from flowstudio.ui.forms.widgets.seam import Desk, Widget, text_of
from flowstudio.ui.theme import button


class CasesEditor(RowsEditor):
    """One block per case, in the order in which they are tried."""

    def row(self, at: int, row: JsonObject) -> None:
        """Draw a case."""
        with ui.element("div").classes("fsf-case-head"):
            ExpressionField(
                text_of(row.get("name")),
                label=f"Case {at + 1}",
                placeholder="Name",
                variables=[],
                disabled=self.readonly,
                on_change=self.setter(at, "name"),
                entry=self.address(at, "name"),
            )
            if not self.readonly:
                button("", "quiet", "x", lambda: self.take_out(at), label=f"Remove case {at + 1}")
        if "condition" in row:
            self._rules(at, row)
        else:
            ExpressionField(
                text_of(row.get("value")),
                label="is",
                # a case without a value is compared by its name
                placeholder=text_of(row.get("name")),
                disabled=self.readonly,
                on_change=self.setter(at, "value"),
                entry=self.address(at, "value"),
            )

    def _rules(self, at: int, row: JsonObject) -> None:
        change = self.setter(at, "condition")

        def changed(tree: JsonValue) -> None:
            change(tree)
            builder.show(*self._desk.context.rules(self._setting, tree))

        builder = ConditionBuilder(
            tree_of(row["condition"]),
            disabled=self.readonly,
            on_change=changed,
            entry=self.address(at, "condition"),
        )
        if builder.value:
            builder.show(*self._desk.context.rules(self._setting, builder.value))

    def adding(self) -> None:
        """Offer both kinds of case."""
        name = f"case {len(self._rows) + 1}"
        button("Case with a value", "quiet", "plus", lambda: self.add({"name": name, "value": ""}))
        button("Case with a rule", "quiet", "plus", lambda: self.add({"name": name, "condition": None}))


def render(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw the cases."""
    return CasesEditor(setting, value, desk)
