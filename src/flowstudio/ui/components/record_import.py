"""A table comes in: which file, how rows find their record, what would happen, and then what did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import events, ui

from flowstudio.kit.csv_text import LARGEST_FILE
from flowstudio.kit.words import human
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.words import count_of, printed
from flowstudio.ui.theme import button, dialog_title, icon, toast

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.record import RecordType
    from flowstudio.services.record_files import Intake
    from flowstudio.services.studio import Studio

SHOWN_FAULTS = 50
SHOWN_COLUMNS = 6


class RecordImport:
    """The dialog."""

    def __init__(
        self, studio: Studio, actor: Actor, record_type: RecordType, done: Callable[[], Awaitable[object]]
    ) -> None:
        self._studio = studio
        self._actor = actor
        self._type = record_type
        self._done = done
        self._name = ""
        self._raw = b""
        self._match = "id"
        self._events = False
        self._found: Intake | None = None

    def open(self) -> None:
        """Ask for the file."""
        with ui.dialog() as self._dialog, ui.card().classes("fs-dialog fs-dialog--wide"):
            dialog_title(self._dialog, f"Bring in {human(self._type.name).lower()} from a table")
            ui.label(
                "A CSV file whose first line names the fields. A row without a partner becomes a new record; "
                "one that finds its record changes it."
            ).classes("fs-text fs-text-2")
            self._upload = ui.upload(
                on_upload=self._uploaded, on_rejected=self._rejected, auto_upload=True, max_file_size=LARGEST_FILE
            )
            self._upload.classes("fs-away").props('accept=".csv,text/csv,.txt,.tsv" aria-hidden=true')
            with ui.element("div").classes("fs-toolbar"):
                button("Choose a file", icon="upload", on_click=lambda: self._upload.run_method("pickFiles"))
            with ui.element("div").classes("fs-form-grid"):
                self._choices()
            self._preview()
            with ui.element("div").classes("fs-dialog__deeds"):
                button("Not now", "quiet", on_click=self._dialog.close)
                self._deed = button("Bring them in", "primary", on_click=self._take)
                self._deed.set_enabled(False)
        self._dialog.open()

    def _choices(self) -> None:
        names = {name: human(name) for name, spec in self._type.fields.items() if not spec.computed}
        with ui.element("div").classes("fs-field"):
            ui.label("Rows find their record by").classes("fs-field-label")
            ui.select(names, value="id", on_change=self._matched).props(
                'outlined dense options-dense aria-label="Rows find their record by"'
            )
        with ui.element("div").classes("fs-field"):
            ui.label("Workflows").classes("fs-field-label")
            ui.switch("These changes may start workflows", on_change=self._allowed).props(
                'aria-label="These changes may start workflows"'
            )

    async def _matched(self, event: events.ValueChangeEventArguments[Any]) -> None:
        self._match = str(event.value)
        await self._look()

    def _allowed(self, event: events.ValueChangeEventArguments[Any]) -> None:
        self._events = bool(event.value)

    @staticmethod
    def _rejected() -> None:
        toast(f"Tables end with .csv and have at most {LARGEST_FILE // 1024 // 1024} MB.")

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        self._name, self._raw = event.file.name, await event.file.read()
        self._upload.reset()
        await self._look()

    async def _look(self) -> None:
        if not self._name:
            return
        found: list[Intake] = []
        with said():
            looked = await self._studio.record_files.preview(self._actor, self._type.name, self._raw, match=self._match)
            found.append(looked)
        self._found = found[0] if found else None
        good = self._found.count("create") + self._found.count("change") if self._found is not None else 0
        self._deed.set_enabled(good > 0)
        self._deed.set_text(f"Bring in {count_of(good, 'row')}" if good else "Bring them in")
        self._preview.refresh()

    @ui.refreshable_method
    def _preview(self) -> None:
        if self._found is None:
            return
        found = self._found
        with ui.element("section").props('aria-label="What would happen" aria-live=polite'):
            ui.label(f"{self._name}: {_sentence(found)}").classes("fs-strong")
            if found.ignored:
                ui.label(f"No field for: {', '.join(found.ignored)}. These columns are left out.").classes("fs-caption")
            self._sample(found)
            _faults(found)

    def _sample(self, found: Intake) -> None:
        columns = list(found.used)[:SHOWN_COLUMNS]
        with ui.element("div").classes("fs-scroll"), ui.element("table").classes("fs-table"):
            with ui.element("thead"), ui.element("tr"):
                for name in columns:
                    with ui.element("th"):
                        ui.label(human(name.removesuffix("_id")))
            with ui.element("tbody"):
                for row in found.sample:
                    with ui.element("tr"):
                        for name in columns:
                            with ui.element("td"):
                                ui.label(printed(row.get(name), 40))

    async def _take(self) -> None:
        self._deed.set_enabled(False)
        with said():
            done = await self._studio.record_files.take_in(
                self._actor, self._type.name, self._raw, match=self._match, raising=self._events
            )
            self._dialog.close()
            toast(f"{_sentence(done)}.")
            if done.count("fault"):
                _left_out(self._name, done)
        await self._done()


def _sentence(found: Intake) -> str:
    parts = [f"{found.count('create'):,} new", f"{found.count('change'):,} changed"]
    if found.count("fault"):
        parts.append(f"{found.count('fault'):,} with a fault")
    return ", ".join(parts)


def _faults(found: Intake) -> None:
    faults = [one for one in found.rows if one.deed == "fault"]
    if not faults:
        return
    with ui.element("div").classes("fs-problems").props('role=list aria-label="Rows with a fault"'):
        for one in faults[:SHOWN_FAULTS]:
            with ui.element("div").classes("fs-problem").props("role=listitem"):
                icon("alert-triangle").classes("fs-warn")
                ui.label(f"Line {one.line}: {one.fault}").classes("fs-text")
    if len(faults) > SHOWN_FAULTS:
        ui.label(f"And {len(faults) - SHOWN_FAULTS:,} more.").classes("fs-caption")


def _left_out(name: str, done: Intake) -> None:
    with ui.dialog() as dialog, ui.card().classes("fs-dialog fs-dialog--wide"):
        dialog_title(dialog, f"Rows of {name} that were left out")
        _faults(done)
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Back", "primary", on_click=partial(dialog.close))
    dialog.open()
