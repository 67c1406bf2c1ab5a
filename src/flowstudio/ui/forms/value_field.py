"""The field for one value that is no free text: number, date, duration, choice, yes or no."""

from collections.abc import Sequence
from typing import Literal

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.ui.forms.field import MODULE, STATIC, FormField, OnChange

ValueKind = Literal[
    "text", "number", "date", "datetime", "boolean", "choice", "choices", "list", "days", "count", "duration", "range",
    "tolerance",
]  # fmt: skip


class ValueField(FormField, component=STATIC / "value_field.js", esm=MODULE):
    """One value of a kind; every kind also takes a variable."""

    def __init__(
        self,
        value: JsonValue = None,
        *,
        kind: ValueKind = "text",
        of: str = "text",
        label: str = "",
        on_change: OnChange | None = None,
        options: Sequence[JsonObject] = (),
        free: bool = False,
        placeholder: str = "",
        variables: Sequence[JsonObject] | None = None,
        **shown: JsonValue,
    ) -> None:
        """Show a value.

        `options` are `{"value", "label", "caption"?}`, `free` lets a person write another; `of` is the kind of a
        range's ends, or the first unit of a duration.
        """
        super().__init__(value, label=label, on_change=on_change)
        self._set({"kind": kind, "of": of, "options": list(options), "free": free, "placeholder": placeholder, **shown})
        self._set({"variables": variables and list(variables)})
