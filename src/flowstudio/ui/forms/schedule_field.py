"""The field for a schedule: chosen in words, with the sentence it makes and the next times."""

from collections.abc import Sequence
from typing import Self

from flowstudio.domain.json import JsonValue
from flowstudio.ui.forms.field import MODULE, STATIC, FormField, OnChange


class ScheduleField(FormField, component=STATIC / "schedule_field.js", esm=MODULE):
    """A schedule trigger's settings (`{"mode", "time", "day", "every", "cron"}`), or with `text` a cron line alone."""

    def __init__(
        self,
        value: JsonValue = None,
        *,
        label: str = "",
        on_change: OnChange | None = None,
        text: bool = False,
        sentence: str = "",
        next_times: Sequence[str] = (),
        **shown: JsonValue,
    ) -> None:
        super().__init__(value, label=label, on_change=on_change)
        self._set({"text": text, "sentence": sentence, "next": list(next_times), **shown})

    def show(self, sentence: str, next_times: Sequence[str]) -> Self:
        """Say in words what is chosen, and when it is due next."""
        return self.set_prop("sentence", sentence).set_prop("next", list(next_times))
