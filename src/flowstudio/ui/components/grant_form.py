"""What OAuth 2 and QuickBooks need of a connection: who we are with the other system, where its tokens come from."""

from __future__ import annotations

import orjson
from nicegui import ui

FLOWS = {"client": "FlowStudio signs in by itself", "code": "A person gives leave on the other system's page"}
_FIELDS = (
    ("client_id", "Client id", ""),
    ("client_secret", "Client secret", " type=password autocomplete=new-password"),
    ("token_url", "Token address", ""),
    ("authorize_url", "Sign-in address", ""),
    ("scope", "Scope", ""),
)


class GrantForm:
    """The fields; `box` holds them all."""

    def __init__(self, redirect: str) -> None:
        """`redirect` is the address that the other system must know."""
        with ui.element("div").classes("fs-fieldlines") as self.box:
            with ui.element("div").classes("fs-field"):
                ui.label("How").classes("fs-field-label")
                self._flow = ui.select(FLOWS, value="client").props('outlined dense options-dense aria-label="How"')
            self._fields: dict[str, ui.input] = {}
            for key, label, props in _FIELDS:
                with ui.element("div").classes("fs-field") as place:
                    self._fields[key] = _field(label, props)
                    if key == "authorize_url":
                        _registered(redirect)
                        place.bind_visibility_from(self._flow, "value", value="code")

    def text(self) -> str:
        """Return what was filled in, as a connection keeps it; the service says what is not right."""
        given = {key: str(field.value or "").strip() for key, field in self._fields.items()}
        return orjson.dumps({"flow": self._flow.value, **given}).decode()


class QuickBooksForm:
    """What QuickBooks needs of a connection; where its tokens come from is known, and its company is chosen there."""

    def __init__(self, redirect: str) -> None:
        """`redirect` is the address that Intuit must know."""
        self._fields: dict[str, ui.input] = {}
        with ui.element("div").classes("fs-fieldlines") as self.box:
            for key, label, props in _FIELDS[:2]:
                with ui.element("div").classes("fs-field"):
                    self._fields[key] = _field(label, props)
            with ui.element("div").classes("fs-field"):
                ui.label("Intuit's page for developers gives out both for an app of yours.").classes("fs-field-help")
                _registered(redirect)
                self._sandbox = ui.switch("A company of the sandbox, for trying out")

    def text(self) -> str:
        """Return what was filled in, as a connection keeps it; the service says what is not right."""
        given = {key: str(field.value or "").strip() for key, field in self._fields.items()}
        return orjson.dumps({**given, "sandbox": bool(self._sandbox.value)}).decode()


def _field(label: str, props: str) -> ui.input:
    ui.label(label).classes("fs-field-label")
    return ui.input().props(f'outlined dense aria-label="{label}"{props}')


def _registered(redirect: str) -> None:
    ui.label(f"Register this address there: {redirect}").classes("fs-field-help").style(
        "overflow-wrap:anywhere;user-select:all"
    )
