"""The editor of a list of texts, one field each: recipients, choices, names."""

from collections.abc import Sequence

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.ui.forms.field import MODULE, STATIC, FormField, OnChange


class ListEditor(FormField, component=STATIC / "list_editor.js", esm=MODULE):
    """A list of texts with variables."""

    def __init__(
        self,
        value: JsonValue = None,
        *,
        label: str = "",
        on_change: OnChange | None = None,
        noun: str = "entry",
        single: bool = False,
        placeholder: str = "",
        variables: Sequence[JsonObject] | None = None,
        **shown: JsonValue,
    ) -> None:
        """With `single` one entry is written as a text, not as a list of one."""
        super().__init__(value, label=label, on_change=on_change)
        self._set({"noun": noun, "single": single, "placeholder": placeholder, **shown})
        self._set({"variables": variables and list(variables)})
