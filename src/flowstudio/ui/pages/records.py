"""Records: the business data that workflows read and write."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.domain.actor import Role
from flowstudio.domain.record import RecordType, visible
from flowstudio.kit.csv_text import value_of
from flowstudio.kit.files import files_in, is_file
from flowstudio.kit.words import human
from flowstudio.services.papers import DOCUMENTS
from flowstudio.services.ports import Page
from flowstudio.ui.components.ask import confirm
from flowstudio.ui.components.asked_fields import with_odd, written
from flowstudio.ui.components.empty import empty
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.pager import Pager
from flowstudio.ui.components.record_import import RecordImport
from flowstudio.ui.components.record_names import names_of
from flowstudio.ui.components.record_type_form import RecordTypeForm
from flowstudio.ui.components.row_table import Cell, Column, Row, RowTable, Since
from flowstudio.ui.components.search import search_field
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.side_list import Place, side_list
from flowstudio.ui.components.words import printed
from flowstudio.ui.theme import button, dialog_title, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.record import FieldSpec
    from flowstudio.services.studio import Studio

SIZE = 50
FIRST: tuple[Since, ...] = ("", "", "tablet")
"""From which width the first columns are shown; those after them need a desk."""
COLUMNS = 6
DATA = ("list", "object")
"""Kinds of fields that hold several values."""
PREFERRED = ("number", "name", "title", "subject", "email", "status", "priority", "amount", "balance", "due_date")


class RecordList:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor, entity: str) -> None:
        self.studio = studio
        self.actor = actor
        self.entity = entity
        self.search = ""
        self.number = 1
        self.rows: dict[str, JsonObject] = {}

    async def draw(self) -> None:
        """Draw the whole page: record types at the left, records at the right."""
        types = await self.studio.records.types(self.actor)
        names = [record_type.name for record_type, _ in types]
        if self.entity not in names:
            self.entity = "invoices" if "invoices" in names else names[0]
        record_type = self.record_type = self.studio.records.type_of(self.actor, self.entity)
        with shell(self.actor, "/records", "Records"):
            with ui.element("header").classes("fs-page__head"):
                ui.label(human(self.entity)).classes("fs-page__title").props("role=heading aria-level=1")
                self._deeds(record_type)
            with ui.element("div").classes("fs-split"):
                side_list("Record types", "Find a record type", [
                    Place(f"/records?type={one.name}", human(one.name), count, current=one.name == self.entity)
                    for one, count in types
                ])  # fmt: skip
                with ui.element("section").classes("fs-split__main"):
                    if record_type.system:
                        ui.label("FlowStudio writes these records itself; workflows and people read them.").classes(
                            "fs-caption"
                        )
                    search_field(f"Find in {human(self.entity).lower()}", "Find a record", self._find)
                    self.table = RowTable(human(self.entity), (), mark="record", on_open=self._open)
                    self.nothing = ui.element("div").classes("fs-card")
                    self.pager = Pager(SIZE, "record", ("Earlier records", "Later records"), self._turn)
                    await self.fill()

    def _deeds(self, record_type: RecordType) -> None:
        """Draw the buttons at the top that a person's role allows."""
        forms = partial(RecordTypeForm, self.studio, self.actor)
        if self.actor.may(Role.BUILDER):
            button("New record type", icon="table", on_click=lambda: forms().open())
            if self.studio.record_types.is_own(record_type.name):
                button("Fields", icon="columns", on_click=lambda: forms(record_type).open())
        button("Export CSV", icon="file-export", on_click=partial(self._export, record_type))
        if not record_type.system and self.actor.may(Role.OPERATOR):
            bring_in = RecordImport(self.studio, self.actor, record_type, self.fill)
            button("Import CSV", icon="file-import", on_click=bring_in.open)
            button("New record", "primary", icon="plus", on_click=partial(self._edit, record_type, None))

    async def _export(self, record_type: RecordType) -> None:
        with said():
            files = self.studio.record_files
            raw = b"".join([piece async for piece in files.out(self.actor, record_type.name, search=self.search)])
            ui.download(raw, f"{record_type.name}.csv", "text/csv")

    async def fill(self) -> None:
        """Show the records that are asked for, as they stand now."""
        page = Page(self.number, SIZE)
        rows, total = await self.studio.records.page(self.actor, self.entity, page, search=self.search)
        columns = columns_of(self.record_type, rows)
        names = await names_of(self.studio, self.actor, self.record_type, columns, rows)
        self.rows = {str(row["id"]): row for row in rows}
        self.table.show(
            [Row(key, tuple(self._cell(name, row, names) for name in columns)) for key, row in self.rows.items()],
            [self._column(name, at) for at, name in enumerate(columns)],
        )
        self.table.set_visibility(bool(rows))
        self.pager.show(self.number, total)
        self.nothing.set_visibility(not rows)
        self.nothing.clear()
        if not rows:
            with self.nothing:
                empty("No record fits." if self.search else f"There are no {human(self.entity).lower()} yet.")

    def _column(self, name: str, at: int) -> Column:
        figure = _is_figure(self.record_type, name)
        width = "28%" if at == 0 else ""
        since = FIRST[at] if at < len(FIRST) else "desk"
        return Column(human(name.removesuffix("_id")), width, figure=figure, since=since)

    def _cell(self, name: str, row: JsonObject, names: Mapping[tuple[str, str], str]) -> Cell:
        told = names.get((name, str(row.get(name))))
        return Cell(told or _shown(self.record_type, name, row.get(name)))

    async def _turn(self, number: int) -> None:
        self.number = number
        await self.fill()

    async def _find(self, text: str) -> None:
        self.search, self.number = text, 1
        await self.fill()

    def _open(self, key: str) -> None:
        if row := self.rows.get(key):
            self._edit(self.record_type, row)

    def _edit(self, record_type: RecordType, row: JsonObject | None) -> None:
        values: JsonObject = dict(visible(row)) if row else {}
        changed: JsonObject = {}
        with ui.dialog() as dialog, ui.card().classes("fs-dialog fs-dialog--wide"):
            dialog_title(dialog, printed(row) if row else f"New in {human(record_type.name).lower()}")
            if row and record_type.name == DOCUMENTS:
                ui.link("Open the document", f"/documents/{row['id']}", new_tab=True).classes("fs-link")
            for file in files_in(values):
                place = f"/records/{record_type.name}/{values.get('id')}/files/{file['digest']}"
                ui.link(f"Download {file['name']}", place).classes("fs-link").props("download")
            with ui.element("div").classes("fs-form-grid"):
                for name, field in record_type.fields.items():
                    if name == "id" and row is None:
                        continue
                    _field(name, field, values.get(name), changed, locked=record_type.system or name == "id")
            with ui.element("div").classes("fs-dialog__deeds"):
                if row and not record_type.system:
                    button("Delete", "danger", on_click=partial(self._delete, record_type, row, dialog))
                ui.element("div").classes("fs-bar__gap")
                button("Back" if record_type.system else "Not now", "quiet", on_click=dialog.close)
                if not record_type.system:
                    button(
                        "Save the record", "primary", on_click=partial(self._save, record_type, row, changed, dialog)
                    )
        dialog.open()

    async def _save(
        self, record_type: RecordType, row: JsonObject | None, changed: JsonObject, dialog: ui.dialog
    ) -> None:
        with said():
            if row is None:
                await self.studio.records.create(self.actor, record_type.name, changed)
            elif changed:
                await self.studio.records.update(self.actor, record_type.name, row["id"], changed)
            dialog.close()
            toast("Record saved.")
        await self.fill()

    async def _delete(self, record_type: RecordType, row: JsonObject, dialog: ui.dialog) -> None:
        if await confirm(
            f"Delete {printed(row)}?",
            "Workflows will not find this record any more.",
            "Delete the record",
            destroys=True,
        ):
            with said():
                await self.studio.records.delete(self.actor, record_type.name, row["id"])
                dialog.close()
                toast("Record deleted.")
            await self.fill()


def columns_of(record_type: RecordType, rows: list[JsonObject]) -> list[str]:
    """Choose the columns that tell most: names and figures first, those that hold anything."""
    values = [(name, value) for row in rows for name, value in row.items()]
    filled = {name for name, value in values if value is not None and not name.startswith("$")}
    filled -= {name for name, value in values if _has_no_column(value)}
    ordered = [name for name in PREFERRED if name in record_type.fields] + list(record_type.fields)
    chosen = [name for name in dict.fromkeys(ordered) if name in filled and name != "id"][:COLUMNS]
    return chosen or ["id"]


def _has_no_column(value: JsonValue) -> bool:
    """Say whether a cell could not tell a value: a text of several lines, or data of several fields."""
    return isinstance(value, str) and "\n" in value if not isinstance(value, dict) else not is_file(value)


def _is_figure(record_type: RecordType, name: str) -> bool:
    field = record_type.fields.get(name)
    return field is not None and field.type in ("number", "integer")


def _shown(record_type: RecordType, name: str, value: JsonValue) -> str:
    """Return a value as the table shows it: figures with their thousands apart, choices as words."""
    field = record_type.fields.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and _is_figure(record_type, name):
        return f"{value:,.2f}".removesuffix(".00")
    return human(value) if isinstance(value, str) and field is not None and field.enum else printed(value, 48)


def _field(name: str, field: FieldSpec, value: JsonValue, changed: JsonObject, *, locked: bool) -> None:
    data = isinstance(value, dict | list) or field.type in DATA

    def note(event: object) -> None:
        given = getattr(event, "value", None)
        changed[name] = None if given == "" else value_of(given, field) if data and isinstance(given, str) else given

    shown = printed(value) if field.type in ("file", "boolean") else written(value)
    long = "\n" in shown
    with ui.element("div").classes("fs-field fs-field--long" if long else "fs-field"):
        ui.label(human(name) + (" *" if field.required and not locked else "")).classes("fs-field-label")
        off = locked or bool(field.computed) or field.type == "file"
        named = f'outlined dense aria-label="{human(name)}"' + (" readonly" if off else "")
        if field.enum and not off:
            choices = {one: human(one) for one in with_odd(field.enum, shown)}
            ui.select(choices, value=shown or None, clearable=True, on_change=note).props(named)
        elif field.type == "boolean" and not off:
            ui.switch(value=bool(value), on_change=note).props(f'aria-label="{human(name)}"')
        elif field.type in ("number", "integer") and not off:
            ui.number(value=value if isinstance(value, int | float) else None, on_change=note).props(named)
        elif long:
            mono = "fs-mono fs-json-field" if data else ""
            ui.textarea(value=shown, on_change=note).props(named + " rows=8").classes(mono)
        else:
            kind = {"date": " type=date", "email": " type=email"}.get(field.type, "") if not off else ""
            ui.input(value=human(shown) if field.enum else shown, on_change=note).props(named + kind)
        if field.type == "list" and not long and not off:
            ui.label("With commas between").classes("fs-field-help")
        if field.type == "file":
            ui.label("A step of a workflow fills this in").classes("fs-field-help")
        if field.computed:
            ui.label("Worked out by FlowStudio").classes("fs-field-help")


def register(studio: Studio) -> None:
    """Add the page."""

    @ui.page("/records", response_timeout=PATIENCE)
    async def page(type: str = "") -> None:
        await RecordList(studio, current_actor(), type).draw()
