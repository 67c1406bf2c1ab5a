"""Buttons, icons, chips and tiles as the design draws them."""

from collections.abc import Awaitable, Callable
from typing import Literal

from nicegui import ui
from nicegui.events import ClickEventArguments, handle_event

from flowstudio.ui.theme.install import icon_url
from flowstudio.ui.theme.patience import watched

ButtonKind = Literal["secondary", "primary", "quiet", "danger", "destroy"]
Kind = Literal["trigger", "action", "condition", "flow", "end", "plain"]
State = Literal["ok", "bad", "warn", "busy", "idle", "data", "plain"]
OnClick = Callable[[ClickEventArguments], object] | Callable[[], object] | Callable[[], Awaitable[object]]

_BUTTON_CLASS: dict[ButtonKind, str] = {
    "secondary": "",
    "primary": "fs-btn--pri",
    "quiet": "fs-btn--quiet",
    "danger": "fs-btn--danger",
    "destroy": "fs-btn--destroy",
}
_ONE_DEED: frozenset[ButtonKind] = frozenset({"primary", "destroy"})
_ONE_CLICK = "(event) => { if (event.detail < 2) emit(); }"


def icon(name: str, size: int = 18) -> ui.icon:
    """Draw an icon of the sprite, `size` pixels square, in the colour of the text around it."""
    return ui.icon(icon_url(name), size=f"{size}px").props("aria-hidden=true")


def svg(name: str, size: int = 17) -> str:
    """Return an icon of the sprite as HTML, `size` pixels square, for lists that are drawn in one piece."""
    address = icon_url(name).removeprefix("svguse:")
    return f'<svg width="{size}" height="{size}" class="fs-svg" aria-hidden="true"><use href="{address}"></use></svg>'


def button(
    text: str,
    kind: ButtonKind = "secondary",
    icon: str | None = None,
    on_click: OnClick | None = None,
    *,
    label: str | None = None,
) -> ui.button:
    """Draw a button; without `text` it shows its icon alone, and `label` is its accessible name and tooltip.

    A deed that takes longer than a second turns the button into the sign of it. A double click on what makes, sends or
    destroys something is one click.
    """
    element = ui.button(text, color=None, icon=icon_url(icon) if icon else None)
    if on_click is not None and kind in _ONE_DEED:
        deed = watched(element, on_click)
        told = ClickEventArguments(sender=element, client=element.client)
        element.on("click", lambda: handle_event(deed, told), js_handler=_ONE_CLICK)
    elif on_click is not None:
        element.on_click(watched(element, on_click))
    element.props("unelevated no-caps :ripple=false").classes(f"fs-btn {_BUTTON_CLASS[kind]}")
    if not text:
        element.classes("fs-btn--icon")
    if label:
        element.props["aria-label"] = label
        if not text:
            with element:
                ui.tooltip(label).props("delay=400")
    return element


def dialog_title(dialog: ui.dialog, text: str) -> ui.label:
    """Draw the title of a dialog; the dialog has the same words as its accessible name."""
    dialog.props["aria-label"] = text
    return ui.label(text).classes("fs-title--large").props("role=heading aria-level=2")


def chip(text: str, state: State = "idle", icon: str | None = None) -> ui.element:
    """Draw a chip: mark and word on the tint of a state."""
    with ui.element("span").classes(f"fs-chip fs-chip--{state}") as element:
        if icon:
            ui.icon(icon_url(icon), size="14px").props("aria-hidden=true")
        ui.label(text)
    return element


def tile(kind: Kind, icon: str, *, tint: bool = False, large: bool = False) -> ui.element:
    """Draw a node's tile, 28 px or 36 px: solid where kinds differ row by row, else on the tint."""
    classes = f"fs-tile fs-tile--{kind}" + (" fs-tile--tint" if tint else "") + (" fs-tile--large" if large else "")
    with ui.element("span").classes(classes) as element:
        ui.icon(icon_url(icon), size="20px" if large else "17px").props("aria-hidden=true")
    return element


def segments(options: dict[str, str], value: str, on_change: Callable[[str], object]) -> ui.toggle:
    """Draw a segmented control; `options` maps values to words, `on_change` gets the value chosen."""
    element = ui.toggle(options, value=value, on_change=lambda event: on_change(event.value))
    # Quasar would paint the chosen segment in its own brand colour: names without a rule leave that to our classes.
    return element.props("no-caps unelevated :ripple=false toggle-color=seg-on toggle-text-color=seg-on").classes(
        "fs-seg"
    )
