"""The editor of names with values: the fields a record gets, what a message text fills in."""

from collections.abc import Sequence

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.ui.forms.field import MODULE, STATIC, FormField, OnChange


class FieldsEditor(FormField, component=STATIC / "fields_editor.js", esm=MODULE):
    """Pairs of a name and a text with variables; its value is an object."""

    def __init__(
        self,
        value: JsonObject | None = None,
        *,
        label: str = "",
        on_change: OnChange | None = None,
        names: Sequence[JsonObject] | None = None,
        fixed: bool = False,
        noun: str = "field",
        **shown: JsonValue,
    ) -> None:
        """`names` are the known ones (`{"value", "label", "type"?}`); with `fixed` these and no others are asked."""
        super().__init__(value or {}, label=label, on_change=on_change)
        self._set({"names": names and list(names), "fixed": fixed, "noun": noun, **shown})
