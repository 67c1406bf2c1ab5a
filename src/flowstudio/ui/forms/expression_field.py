"""The field for a text with variables: `{{ … }}` stands in it as pills."""

from collections.abc import Sequence

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.ui.forms.field import MODULE, STATIC, FormField, OnChange


class ExpressionField(FormField, component=STATIC / "expression_field.js", esm=MODULE):
    """A text with variables, in one line or several. Its value is the plain text with `{{ }}`."""

    def __init__(
        self,
        value: str = "",
        *,
        label: str = "",
        on_change: OnChange | None = None,
        multiline: bool = False,
        mono: bool = False,
        wanted: str = "",
        placeholder: str = "",
        variables: Sequence[JsonObject] | None = None,
        formatters: Sequence[JsonObject] | None = None,
        **shown: JsonValue,
    ) -> None:
        """`wanted` is the type that fits (`number`, `date` …); `shown` takes help, now, error, required and disabled.

        Without `variables` the field offers those of the `FormScope` around it.
        """
        super().__init__(value, label=label, on_change=on_change)
        self._set({"multiline": multiline, "mono": mono, "wanted": wanted, "placeholder": placeholder, **shown})
        self._set({"variables": variables and list(variables), "formatters": formatters and list(formatters)})
