"""One expression, such as the list a loop goes through."""

import re

from flowstudio.domain.json import JsonValue
from flowstudio.kit import Setting
from flowstudio.ui.forms.expression_field import ExpressionField
from flowstudio.ui.forms.widgets.seam import Desk, Widget, placeholder_of

_PATH = re.compile(r"[A-Za-z_][\w.\[\]]*")


class _Expression(ExpressionField):
    def set_value(self, value: JsonValue) -> "_Expression":
        super().set_value(with_braces(value))
        return self


def with_braces(value: JsonValue) -> str:
    """Show `invoices` as `{{invoices}}`, so that it stands as a pill; documents may hold either."""
    text = "" if value is None else str(value)
    return f"{{{{{text}}}}}" if _PATH.fullmatch(text) else text


def render(setting: Setting, value: JsonValue, desk: Desk) -> Widget:
    """Draw an expression."""
    return _Expression(
        with_braces(value),
        label=setting.label,
        on_change=desk.changer(setting),
        placeholder=placeholder_of(setting),
        **desk.shown(setting),
    )
