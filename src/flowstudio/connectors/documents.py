"""Documents made from Markdown: PDF, HTML and DOCX."""

from __future__ import annotations

import base64
import html
import io
import re
import zipfile

from markdown_it import MarkdownIt

from flowstudio.domain.json import JsonObject
from flowstudio.kit.message_texts import html_of
from flowstudio.services.papers import Paper

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ics": "text/calendar",
}
_LATIN = str.maketrans({
    "€": "EUR", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "…": "...", "•": "-",
    "\u202f": " ",
})  # fmt: skip
_DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_SIZES = {"h1": 18, "h2": 15, "h3": 13, "h4": 12}


def render_document(title: str, body: str, kind: str = "pdf") -> bytes:
    """Return the bytes of a document with that title and Markdown body; `kind` is pdf, html or docx."""
    if kind == "html":
        return f"<!doctype html>\n<title>{html.escape(title)}</title>\n{html_of(body)}".encode()
    return _docx(title, body) if kind == "docx" else _pdf(title, body)


def paper_of(document: JsonObject) -> Paper:
    """Return a document as a file: its bytes as they came (`content`, base64), or made from its text."""
    title, kind = str(document.get("title") or "Document"), str(document.get("format") or "pdf")
    if "media_type" in document:  # a file as it came
        return Paper(title, str(document["media_type"]), base64.b64decode(str(document["content"])))
    if document.get("content"):
        content = base64.b64decode(str(document["content"]))
    else:
        content = render_document(title, str(document.get("body") or title), kind)
    return Paper(file_name(title, kind), MEDIA_TYPES.get(kind, "application/octet-stream"), content)


def file_name(title: str, kind: str) -> str:
    """Return a name that every file system takes: no path, no control characters."""
    bare = re.sub(r"[^\w .()-]", "_", title).strip(" .")[:100] or "document"
    return bare if bare.lower().endswith(f".{kind}") else f"{bare}.{kind}"


def lines_of(body: str) -> list[tuple[str, str]]:
    """Return a Markdown text as plain lines, each with its kind: h1 … h4, li, p."""
    found: list[tuple[str, str]] = []
    kind, in_list = "p", 0
    for token in MarkdownIt("commonmark", {"html": False}).enable("table").parse(body):
        if token.type == "heading_open":
            kind = token.tag
        elif token.type in ("list_item_open", "list_item_close"):
            in_list += 1 if token.type.endswith("open") else -1
        elif token.type == "inline":
            text = "".join(child.content or ("\n" if "break" in child.type else "") for child in token.children or ())
            found.append(("li" if in_list and kind == "p" else kind, text))
        elif token.type.endswith("_close"):
            kind = "p"
    return found


def _pdf(title: str, body: str) -> bytes:
    from fpdf import FPDF  # with its fonts half a second of every start

    pdf = FPDF()
    pdf.set_title(_latin(title))
    pdf.set_margin(22)
    pdf.add_page()
    lines = lines_of(body)
    if not any(kind == "h1" for kind, _ in lines):
        lines.insert(0, ("h1", title))
    for kind, text in lines:
        pdf.set_font("Helvetica", "B" if kind in _SIZES else "", _SIZES.get(kind, 11))
        shown = f"- {text}" if kind == "li" else text
        pdf.multi_cell(0, _SIZES.get(kind, 11) * 0.5, _latin(shown), new_x="LMARGIN", new_y="NEXT")
        pdf.ln(1 if kind == "li" else 3)
    return bytes(pdf.output())


def _latin(text: str) -> str:
    """Write what the built-in fonts of PDF lack in signs that they have."""
    return text.translate(_LATIN).encode("latin-1", "replace").decode("latin-1")


def _docx(title: str, body: str) -> bytes:
    lines = lines_of(body)
    if not any(kind == "h1" for kind, _ in lines):
        lines.insert(0, ("h1", title))
    paragraphs = "".join(_paragraph(kind, text) for kind, text in lines)
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{namespace}"><w:body>{paragraphs}</w:body></w:document>'
    files = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_DOCX_MAIN}"/></Types>'
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" Target="word/document.xml" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
        ),
        "word/document.xml": document,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
    return packed.getvalue()


def _paragraph(kind: str, text: str) -> str:
    look = f'<w:rPr><w:b/><w:sz w:val="{_SIZES[kind] * 2}"/></w:rPr>' if kind in _SIZES else ""
    shown = html.escape(f"• {text}" if kind == "li" else text)
    runs = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in shown.split("\n"))
    return f"<w:p><w:r>{look}{runs}</w:r></w:p>"
