"""What a widget's renderer gets, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Protocol, TypedDict, Union, get_args, get_origin

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.context import FormContext
from flowstudio.ui.forms.entered import Address


class Widget(Protocol):
    """A field of a form, whatever it is made of."""

    def set_value(self, value: JsonValue) -> object:
        """Show another value."""

    def set_now(self, text: str | None) -> object:
        """Show what the sample gives."""

    def set_error(self, sentence: str | None) -> object:
        """Show what is wrong."""

    def set_visibility(self, visible: bool) -> object:
        """Show or hide the field."""


class Shown(TypedDict):
    """What every field of ours shows around its input."""

    help: str
    now: str | None
    error: str | None
    required: bool
    disabled: bool
    entry: Address | None


@dataclass
class Desk:
    """The form while it is built and used: its values, its surroundings, and where changes go."""

    context: FormContext
    values: JsonObject
    on_change: Callable[[str, JsonValue], None]
    claimed: dict[str, str] = field(default_factory=dict)
    """Key of a setting → key of the one whose field shows it too."""
    refreshers: list[Callable[[], object]] = field(default_factory=list)

    def change(self, setting: Setting, value: JsonValue) -> None:
        """Take what a field reported and pass it on, unless the browser has sent it by itself."""
        self.values[setting.key] = value
        if self.context.address(setting.key) is None:
            self.on_change(setting.key, value)
        self.refresh()

    def put(self, setting: Setting, value: JsonValue) -> None:
        """Take what a button of the form did and pass it on."""
        self.values[setting.key] = value
        self.on_change(setting.key, value)
        self.refresh()

    def refresh(self) -> None:
        """Bring what depends on other settings up to date."""
        for refresher in self.refreshers:
            refresher()

    def follow(self, refresher: Callable[[], object]) -> None:
        """Call `refresher` after each change of the form."""
        self.refreshers.append(refresher)

    def changer(self, setting: Setting) -> Callable[[JsonValue], None]:
        """Return the listener of a setting's field."""
        return lambda value: self.change(setting, value)

    def shown(self, setting: Setting, *also: str, form: str = "") -> Shown:
        """Return what a setting's field shows around its input; it may set others `also`, or hold text in a `form`."""
        return {
            "help": setting.help,
            "now": self.context.now.get(setting.key),
            "error": self.context.errors.get(setting.key),
            "required": setting.required,
            "disabled": self.context.readonly,
            "entry": self.context.address(*(also or (setting.key,)), form=form),
        }


Renderer = Callable[[Setting, JsonValue, Desk], Widget]


def text_of(value: JsonValue) -> str:
    """Show a value as text; nothing for None."""
    return "" if value is None else str(value)


def placeholder_of(setting: Setting) -> str:
    """Return the example as a placeholder; one with variables would read as if it were filled in."""
    example = setting.example
    if isinstance(example, list):
        example = example[0] if example else None
    if example is None or isinstance(example, dict | list) or "{{" in str(example):
        return ""
    return str(example)


def takes_variables(setting: Setting) -> list[JsonObject] | None:
    """Return no variables for a setting that is read as written; None means those of the form."""
    return [] if setting.reading == "literal" else None


def allows(annotation: Any, wanted: type) -> bool:
    """Say whether a type stands in an annotation at its top: `list[str] | str` allows text, `list[str]` does not."""
    choices = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return any(one in (wanted, Any) or get_origin(one) is wanted for one in choices)
