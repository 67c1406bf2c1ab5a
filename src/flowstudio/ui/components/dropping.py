"""Workflow files by button and by drop: a file let go anywhere on the page is taken in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import events, ui

from flowstudio.ui.theme import icon, toast

MAX_FILE = 10 * 1024 * 1024
OnFile = Callable[[str, bytes], Awaitable[None]]
"""Gets the name and the content of a file."""


class FileDoor:
    """Takes files in; one per page."""

    def __init__(self, on_file: OnFile, invitation: str = "Let go to bring the workflow in") -> None:
        """Draw what is not seen until a file hovers over the page."""
        self._on_file = on_file
        self._upload = ui.upload(
            on_upload=self._uploaded, on_rejected=self._rejected, auto_upload=True, max_file_size=MAX_FILE
        )
        self._upload.classes("fs-away").props('accept=".json,application/json" multiple aria-hidden=true')
        with ui.element("div").classes("fs-drop").props("hidden aria-hidden=true data-drop"):
            icon("file-import", 32)
            ui.label(invitation).classes("fs-voice")
        ui.run_javascript(_LISTEN.replace("UPLOAD", str(self._upload.id)))

    def ask(self) -> None:
        """Open the browser's own list of files; call it while a click is being answered."""
        self._upload.run_method("pickFiles")

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        raw = await event.file.read()
        self._upload.reset()
        await self._on_file(event.file.name, raw)

    @staticmethod
    def _rejected() -> None:
        toast("Files end with .json and have at most 10 MB. Nothing was brought in.")


_LISTEN = """(() => {
  const sheet = document.querySelector('[data-drop]');
  const carries = (event) => event.dataTransfer?.types.includes('Files');
  let depth = 0;
  const show = (on) => { sheet.hidden = !on; if (!on) depth = 0; };
  document.addEventListener('dragenter', (event) => {
    if (carries(event)) { depth += 1; show(true); event.preventDefault(); }
  });
  document.addEventListener('dragover', (event) => { if (carries(event)) event.preventDefault(); });
  document.addEventListener('dragleave', (event) => { if (carries(event) && (depth -= 1) <= 0) show(false); });
  document.addEventListener('drop', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    show(false);
    getElement(UPLOAD).$refs.qRef.addFiles(event.dataTransfer.files);
  });
  sheet.dataset.listens = '';
})()"""
