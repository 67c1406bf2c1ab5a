"""The look: style sheets, fonts and icons given to every page, and the few small builders that pages share."""

from flowstudio.ui.theme.builders import ButtonKind, Kind, State, button, chip, dialog_title, icon, segments, svg, tile
from flowstudio.ui.theme.install import icon_url, install
from flowstudio.ui.theme.toast import toast

__all__ = [
    "ButtonKind", "Kind", "State", "button", "chip", "dialog_title", "icon", "icon_url", "install", "segments", "svg",
    "tile", "toast",
]  # fmt: skip
