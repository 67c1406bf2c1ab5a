"""The frame of a form: what its fields share travels to the browser once."""

from collections.abc import Sequence
from typing import Self

from nicegui import ui

from flowstudio.domain.json import JsonObject
from flowstudio.ui.forms.field import MODULE, STATIC


class FormScope(ui.element, component=STATIC / "form_scope.js", esm=MODULE):
    """Put fields inside it: they offer these variables, formats and operators."""

    def __init__(
        self,
        variables: Sequence[JsonObject] = (),
        formatters: Sequence[JsonObject] = (),
        operators: Sequence[JsonObject] = (),
    ) -> None:
        super().__init__()
        self._props["variables"] = list(variables)
        self._props["formatters"] = list(formatters)
        self._props["operators"] = list(operators)

    def set_variables(self, variables: Sequence[JsonObject]) -> Self:
        """Offer other variables, or the same with newer samples; the fields keep what is written in them."""
        self._props["variables"] = list(variables)
        return self
