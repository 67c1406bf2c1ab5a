"""What every form field drawn in the browser has in common: a value, a label, and what stands underneath."""

from collections.abc import Callable
from pathlib import Path
from typing import Self

from nicegui import ui
from nicegui.events import GenericEventArguments

from flowstudio.domain.json import JsonObject, JsonValue

STATIC = Path(__file__).parent.parent / "static"
MODULE = {"flowstudio-canvas": str(STATIC / "canvas")}
"""The bundle's name in the import map and its folder; the canvas registers the same pair."""

OnChange = Callable[[JsonValue], object]


class FormField(ui.element):
    """A field of our bundle. The browser reports `change`; what it shows changes only by `set_value`."""

    def __init__(self, value: JsonValue = None, *, label: str = "", on_change: OnChange | None = None) -> None:
        """Show `value`; `on_change` gets each new value, at most every 250 ms while a person types."""
        super().__init__()
        self._value: JsonValue = value
        self._on_change = on_change
        with self._props.suspend_updates():
            self._props["value"] = value
            self._props["revision"] = 0
            self._props["label"] = label
        self.classes("full-width")
        self.on("change", self._changed)

    @property
    def value(self) -> JsonValue:
        """The value as the person left it."""
        return self._value

    def set_value(self, value: JsonValue) -> Self:
        """Show another value, in place of what is being written: after undo, or when another person changed it."""
        if value == self._value:
            return self
        self._value = value
        with self._props.suspend_updates():
            self._props["value"] = value
            self._props["revision"] += 1
        self.update()
        return self

    def set_prop(self, name: str, value: JsonValue) -> Self:
        """Change one prop of the component (`now`, `error`, `verdicts`, `sentence`, `next`, `options` …)."""
        if self._props.get(name) != value:
            self._props[name] = value
        return self

    def set_now(self, text: str | None) -> Self:
        """Show under the field what the sample gives now."""
        return self.set_prop("now", text)

    def set_error(self, sentence: str | None) -> Self:
        """Show under the field what is wrong, in one sentence; None takes it away."""
        return self.set_prop("error", sentence)

    def _set(self, props: JsonObject) -> None:
        """Give first props; what is None stays at the component's own default."""
        with self._props.suspend_updates():
            for name, value in props.items():
                if value is not None:
                    self._props[name] = value

    def _changed(self, event: GenericEventArguments) -> None:
        # the browser shows this already: sending it back could overtake the next letters
        self._value = event.args
        with self._props.suspend_updates():
            self._props["value"] = event.args
        if self._on_change is not None:
            self._on_change(event.args)
