"""The workflow as a sentence: each part underlined in the colour of its step, and tied to it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from nicegui import ui

if TYPE_CHECKING:
    from flowstudio.analysis import Explanation

Go = Callable[[str], object]
_PART = """(event) => { const part = event.target.closest('[data-node]'); emit(part ? part.dataset.node : ''); }"""


def voice(explanation: Explanation, on_click: Go, on_point: Go) -> ui.html:
    """Draw the sentence; `on_click` and `on_point` get a step's id, or nothing where no step is."""
    text = ui.html(sentence_html(explanation), sanitize=False).classes("fs-voice")
    text.on("click", lambda event: on_click(str(event.args or "")), js_handler=_PART)
    text.on("mouseover", lambda event: on_point(str(event.args or "")), js_handler=_PART)
    text.on("mouseleave", lambda: on_point(""))
    return text


def sentence_html(explanation: Explanation) -> str:
    """Return the sentence as HTML; all words are escaped."""
    parts = []
    for span in explanation.spans:
        text, node_id = escape(str(span["text"])), span.get("node_id")
        if node_id:
            kind = escape(str(span["kind"]))
            text = f'<span class="fs-voice__part fs-voice__part--{kind}" data-node="{escape(node_id)}">{text}</span>'
        parts.append(text)
    return "".join(parts)
