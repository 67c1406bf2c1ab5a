"""Message texts from files, documents made from Markdown, links to them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from flowstudio.connectors.documents import file_name, lines_of, render_document
from flowstudio.connectors.messages import FileMessageTexts
from flowstudio.kit.document_links import link_is_ours, link_signature
from flowstudio.kit.message_texts import html_of

FOLDER = Path(__file__).parents[3] / "assets" / "messages"
BODY = "# Report\n\nIntro with **weight**.\n\n- one\n- two 4.800 €\n\n## End\n\nLast"


def test_the_shipped_texts_are_there() -> None:
    texts = FileMessageTexts(FOLDER)
    assert len(texts.all()) >= 30
    reminder = texts.get("invoice_reminder")
    assert reminder is not None
    assert reminder["variables"] == ["invoice_number", "amount", "due_date"]
    assert {"email", "sms", "slack", "document"} == {text.channel for text in texts.all()}
    assert texts.get("no_such_text") is None


@pytest.mark.parametrize(
    "content",
    ["{", '{"name": "other", "title": "T", "channel": "email", "text": "x"}', '{"name": "a", "title": "T", "more": 1}'],
)
def test_a_file_that_is_not_right_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(ValueError, match=r"a\.json"):
        FileMessageTexts(tmp_path)


def test_a_document_has_its_lines_in_every_format() -> None:
    assert lines_of(BODY) == [
        ("h1", "Report"), ("p", "Intro with weight."), ("li", "one"), ("li", "two 4.800 €"), ("h2", "End"), ("p", "Last"),
    ]  # fmt: skip
    assert render_document("T", BODY, "pdf").startswith(b"%PDF-")
    assert b"<h1>Report</h1>" in render_document("T", BODY, "html")
    with zipfile.ZipFile(io.BytesIO(render_document("T", BODY, "docx"))) as docx:
        assert docx.testzip() is None
        assert "two 4.800 €" in docx.read("word/document.xml").decode()


@pytest.mark.parametrize("title", ["../../etc/passwd", "a\x00b", "C:\\x", "", "....", "x" * 500, "Rechnung Müller"])
def test_a_file_name_stays_in_its_folder(title: str) -> None:
    name = file_name(title, "pdf")
    assert name.endswith(".pdf")
    assert not set(name) & set("/\\\x00:")
    assert len(name) <= 110


def test_html_keeps_no_script() -> None:
    html = html_of("<script>x</script> <img src=x onerror=y> [a](javascript:b) [c](https://d.example) **e**")
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html.split("</a>")[-1] or 'href="javascript' not in html
    assert 'href="https://d.example"' in html
    assert "<strong>e</strong>" in html


def test_a_link_is_ours_for_its_document_workspace_and_time_alone() -> None:
    signature = link_signature("secret", "ws", "d1", 1000)
    assert link_is_ours("secret", "ws", "d1", 1000, signature)
    assert not link_is_ours("secret", "ws", "d1", 1001, signature)
    assert not link_is_ours("secret", "ws", "d2", 1000, signature)
    assert not link_is_ours("secret", "other", "d1", 1000, signature)
    assert not link_is_ours("other", "ws", "d1", 1000, signature)
    assert not link_is_ours("secret", "ws", "d1", 1000, "ä\x00")
