"""The builder of rules in groups of all, any and none."""

from collections.abc import Mapping, Sequence
from typing import Self

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.ui.forms.field import MODULE, STATIC, FormField, OnChange


class ConditionBuilder(FormField, component=STATIC / "condition_builder.js", esm=MODULE):
    """A condition tree as documents hold it; a lone comparison is understood and a group is written.

    A rule without a field is not written yet.
    """

    def __init__(
        self,
        value: JsonObject | None = None,
        *,
        label: str = "",
        on_change: OnChange | None = None,
        fields: Sequence[JsonObject] | None = None,
        variables: Sequence[JsonObject] | None = None,
        operators: Sequence[JsonObject] | None = None,
        sentence: str = "",
        **shown: JsonValue,
    ) -> None:
        """`fields` is what the left side may name; left out, the variables. A filter gives its record type's fields."""
        super().__init__(value, label=label, on_change=on_change)
        self._set({"sentence": sentence, **shown})
        for name, given in (("fields", fields), ("variables", variables), ("operators", operators)):
            if given is not None:
                self._set({name: list(given)})

    def warn(self, warnings: Mapping[str, str]) -> Self:
        """Show at single rules and groups what is wrong with them: path in the tree → one sentence."""
        return self.set_prop("warnings", dict(warnings))

    def show(self, sentence: str, verdicts: Mapping[str, JsonValue] | None = None) -> Self:
        """Show what the rules say, and what the sample gives.

        `verdicts`: path in the tree (`""` the whole, `"0"`, `"2.1"`) → `{"result": bool, "now": text, "count": text}`;
        without `count` a group counts its rules itself (`3 of 3`).
        """
        return self.set_prop("sentence", sentence).set_prop("verdicts", None if verdicts is None else dict(verdicts))
