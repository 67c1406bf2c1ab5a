"""A record type of one's own: its name and its fields, one line each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import ui

from flowstudio.kit.words import human
from flowstudio.ui.components.ask import confirm
from flowstudio.ui.components.failing import said
from flowstudio.ui.theme import button, dialog_title, toast

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.record import FieldSpec, RecordType
    from flowstudio.services.studio import Studio

KINDS = {
    "text": "Text", "number": "Number", "integer": "Whole number", "boolean": "Yes or no", "date": "Day",
    "datetime": "Day and time", "enum": "One of a list", "email": "Mail address", "phone": "Phone number",
    "url": "Web address", "reference": "Another record", "list": "List of texts",
    "file": "File",
}  # fmt: skip


@dataclass
class _Line:
    """One field as it stands in the form."""

    name: str = ""
    type: str = "text"
    required: bool = False
    more: str = ""
    """The choices of a list, with commas; the record type that a record leads to."""
    kept: bool = False
    """The field is there already: its name and kind stay."""
    default: Any = None
    computed: str | None = None

    @classmethod
    def of(cls, name: str, spec: FieldSpec) -> _Line:
        more = ", ".join(spec.enum or ()) or spec.references or ""
        return cls(name, spec.type, spec.required, more, True, spec.default, spec.computed)

    def told(self) -> JsonObject:
        """Return the field as the service takes it."""
        told: JsonObject = {"type": self.type, "required": self.required}
        if self.type == "enum":
            told["enum"] = [part.strip() for part in self.more.split(",") if part.strip()]
        if self.type == "reference":
            told["references"] = self.more
        return told | {
            key: value for key, value in (("default", self.default), ("computed", self.computed)) if value is not None
        }

    def key(self) -> str:
        """Return the field's name as documents write it."""
        bare = "_".join(self.name.strip().lower().replace("-", " ").split())
        return f"{bare}_id" if self.type == "reference" and not bare.endswith("_id") else bare


class RecordTypeForm:
    """The dialog, for a new record type or for one that users made."""

    def __init__(self, studio: Studio, actor: Actor, before: RecordType | None = None) -> None:
        self._studio = studio
        self._actor = actor
        self._before = before
        self._name = before.name if before else ""
        self._targets: list[str] = []
        fields = before.fields.items() if before else ()
        self._lines = [_Line.of(name, spec) for name, spec in fields if name != "id"] or [_Line("name")]

    async def open(self) -> None:
        """Show the form."""
        types = await self._studio.records.types(self._actor)
        self._targets = [one.name for one, _ in types if not one.system]
        with ui.dialog() as dialog, ui.card().classes("fs-dialog fs-dialog--wide"):
            title = f"Fields of {human(self._before.name).lower()}" if self._before else "New record type"
            dialog_title(dialog, title)
            if self._before is None:
                with ui.element("div").classes("fs-field"):
                    ui.label("Name, in the plural").classes("fs-field-label")
                    ui.input(placeholder="bookings", on_change=lambda event: setattr(self, "_name", event.value)).props(
                        'outlined dense maxlength=60 autofocus aria-label="Name, in the plural"'
                    )
            self._fields()
            with ui.element("div").classes("fs-toolbar"):
                button("Add a field", icon="plus", on_click=self._add)
            with ui.element("div").classes("fs-dialog__deeds"):
                if self._before is not None:
                    button("Delete", "danger", on_click=partial(self._delete, dialog))
                ui.element("div").classes("fs-bar__gap")
                button("Not now", "quiet", on_click=dialog.close)
                button("Keep the record type", "primary", on_click=partial(self._keep, dialog))
        dialog.open()

    @ui.refreshable_method
    def _fields(self) -> None:
        with ui.element("div").classes("fs-fieldlines").props('role=list aria-label="Fields"'):
            for line in self._lines:
                with ui.element("div").classes("fs-fieldline").props("role=listitem data-field"):
                    self._line(line)

    def _line(self, line: _Line) -> None:
        locked = " readonly" if line.kept else ""
        ui.input(value=line.name, placeholder="Field", on_change=lambda e: setattr(line, "name", e.value or "")).props(
            f'outlined dense maxlength=60 aria-label="Name of the field"{locked}'
        )
        kinds = KINDS if line.type in KINDS else {**KINDS, line.type: human(line.type)}
        ui.select(kinds, value=line.type, on_change=partial(self._turned, line)).props(
            f'outlined dense options-dense aria-label="Kind of the field"{locked}'
        )
        if line.type == "enum":
            ui.input(
                value=line.more, placeholder="asked, booked", on_change=lambda e: setattr(line, "more", e.value)
            ).props('outlined dense aria-label="Choices, with commas"')
        if line.type == "reference":
            ui.select(
                {name: human(name) for name in self._targets},
                label=None if line.more else "Which kind of record",
                value=line.more or None, on_change=lambda e: setattr(line, "more", e.value or ""), with_input=True,
            ).props('outlined dense options-dense aria-label="Leads to"' + locked)  # fmt: skip
        if line.type not in ("enum", "reference"):
            ui.element("span").classes("fs-fieldline__none").props("aria-hidden=true")
        ui.switch("Needed", value=line.required, on_change=lambda e: setattr(line, "required", bool(e.value)))
        button("", icon="trash", label=f"Take {line.name or 'this field'} away", on_click=partial(self._drop, line))

    def _turned(self, line: _Line, event: object) -> None:
        line.type, line.more = str(getattr(event, "value", "text")), ""
        self._fields.refresh()

    def _add(self) -> None:
        self._lines.append(_Line())
        self._fields.refresh()

    def _drop(self, line: _Line) -> None:
        self._lines.remove(line)
        self._fields.refresh()

    async def _keep(self, dialog: ui.dialog) -> None:
        with said():
            name = self._before.name if self._before else "_".join(self._name.strip().lower().split())
            fields = {line.key(): line.told() for line in self._lines if line.name.strip()}
            made = await self._studio.record_types.save(self._actor, name, fields)
            dialog.close()
            toast("The record type is kept.")
            ui.navigate.to(f"/records?type={made.name}")

    async def _delete(self, dialog: ui.dialog) -> None:
        assert self._before is not None
        if await confirm(
            f"Delete the record type {human(self._before.name).lower()}?",
            "Workflows that use it fail from then on.",
            "Delete the record type",
            destroys=True,
        ):
            with said():
                await self._studio.record_types.delete(self._actor, self._before.name)
                dialog.close()
                ui.navigate.to("/records")
