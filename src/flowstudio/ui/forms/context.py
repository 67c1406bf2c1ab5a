"""What a form needs to know from its surroundings: variables, choices, and what the sample gives now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.entered import Address
from flowstudio.ui.forms.formatters import FORMATTERS

Options = Sequence[JsonObject]
"""`{"value", "label", "caption"?}` each."""
Groups = Sequence[JsonObject]
"""Groups of the variable picker: `{"title", "icon", "items": [item]}`, an item is `{"path", "label", "type",
"sample", "available", "reason", "children", "choices"?}`. Types: text, number, money, email, date, boolean, choice,
list, record and any."""


def _no_options(setting: Setting, values: JsonObject) -> Options:
    del setting, values
    return ()


def _no_names(setting: Setting, values: JsonObject) -> Options | None:
    del setting, values
    return None


def _no_schedule(value: JsonValue) -> tuple[str, Sequence[str]]:
    del value
    return "", ()


def no_address(*keys: str, inside: tuple[str | int, ...] = (), form: str = "") -> Address | None:
    """Name no place: a form whose changes Python alone is told of."""
    del keys, inside, form
    return None


class AddressOf(Protocol):
    """Names the place of one or several settings, or of a part inside one."""

    def __call__(self, *keys: str, inside: tuple[str | int, ...] = (), form: str = "") -> Address | None:
        """Return the address, None where the browser does not send what is typed by itself."""


def _no_rules(setting: Setting, value: JsonValue) -> tuple[str, Mapping[str, JsonValue] | None]:
    del setting, value
    return "", None


@dataclass(frozen=True)
class Known:
    """The values that a step gets with the sample."""

    data: JsonObject
    """As expressions name them: `{"invoice": {…}, "steps": {"find": {…}}}`."""
    missing: tuple[str, ...] = ()
    """What the sample does not tell, as the picker calls it."""


@dataclass(frozen=True)
class FormContext:
    """Data, and four questions that the editor answers; each may be left out."""

    variables: Groups = ()
    operators: Sequence[JsonObject] = ()
    """As in the operator registry: `{"key", "label", "types", "arity"}`."""
    formatters: Sequence[JsonObject] = FORMATTERS
    now: Mapping[str, str] = field(default_factory=dict)
    """Key of a setting → what it gives with the sample, as text."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Key of a setting → one sentence."""
    warnings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Key of a setting that holds rules → place in them (`"0"`, `"2.1"`) → one sentence."""
    choices: Callable[[Setting, JsonObject], Options] = _no_options
    """Choices of an entity, credential, workflow or message_text setting; also better words for a closed choice."""
    fields: Callable[[Setting, JsonObject], Groups] = _no_options
    """Fields of the record type that a filter looks at, given all values of the form."""
    names: Callable[[Setting, JsonObject], Options | None] = _no_names
    """Known names of a `fields` setting (`{"value", "label", "type"?}`); None where any name may stand."""
    schedule: Callable[[JsonValue], tuple[str, Sequence[str]]] = _no_schedule
    """Sentence and next times of a schedule."""
    rules: Callable[[Setting, JsonValue], tuple[str, Mapping[str, JsonValue] | None]] = _no_rules
    """Sentence and verdicts of a condition, see `ConditionBuilder.show`."""
    address: AddressOf = no_address
    """Where the values of settings belong, in forms whose browser sends what is typed by itself."""
    known: Known | None = None
    """What the variables hold; without it they are shown as names only."""
    readonly: bool = False
