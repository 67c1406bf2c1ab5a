"""The dialog that offers a workflow as a picture: SVG from here, PNG made of it by the browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.editor.picture import file_name, picture_of
from flowstudio.ui.theme import button, dialog_title, toast

if TYPE_CHECKING:
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry

_PNG = """
const [svg, name] = %s;
const url = URL.createObjectURL(new Blob([svg], {type: 'image/svg+xml'}));
try {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  const most = 16000;
  const scale = Math.min(2, most / picture.naturalWidth, most / picture.naturalHeight);
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.naturalWidth * scale);
  canvas.height = Math.round(picture.naturalHeight * scale);
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  const made = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  if (!made) return false;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(made);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return true;
} catch {
  return false;
} finally {
  URL.revokeObjectURL(url);
}
"""
"""Draws the SVG twice as large into a PNG, as far as browsers can, and gives it as a file; says whether it could."""
PATIENCE = 30.0
"""Seconds that the browser may draw."""


async def offer_picture(workflow: Workflow, registry: Registry) -> None:
    """Ask for the kind of file, and give it."""
    with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
        dialog_title(dialog, "Download as a picture")
        about = "The whole drawing in the light look. An SVG stays sharp at every size, a PNG can be pasted anywhere."
        ui.label(about).classes("fs-text fs-text-2")
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button("SVG", icon="download", on_click=lambda: dialog.submit("svg"))
            button("PNG", "primary", icon="download", on_click=lambda: dialog.submit("png"))
    kind = await answer_of(dialog)
    if kind is None:
        return
    drawn = picture_of(workflow, registry)
    if kind == "svg":
        ui.download.content(drawn, file_name(workflow.name, "svg"), "image/svg+xml")
        return
    given = json.dumps([drawn, file_name(workflow.name, "png")])
    made = await ui.run_javascript(_PNG % given, timeout=PATIENCE)
    if not made:
        toast("The browser could not draw it as a PNG. The SVG shows the same.", wrong=True)
