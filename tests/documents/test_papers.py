"""Documents that steps make: they arrive with the mail, and their links open them for as long as they hold."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from flowstudio.api import routes
from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import ConfigRejected, NotFound
from flowstudio.kit.document_links import SECRET, link_signature
from flowstudio.services.papers import SignedLink
from flowstudio.web.headers import SecurityHeaders
from flowstudio.web.identity import Identity
from tests.support.servers import smtp_server
from tests.triggers.conftest import Open, Place

WORDS = "Bring the blue crate to gate seven."


def printed(pdf: bytes) -> str:
    """Return the text of a PDF made with its built-in fonts: what its pages show, line by line."""
    pages = [zlib.decompress(one) for one in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)]
    return "\n".join(text.decode("latin-1") for page in pages for text in re.findall(rb"\((.*?)\) Tj", page))


async def make(place: Place, **config: Any) -> dict[str, Any]:
    """Run a workflow that makes a document, and return its record."""
    nodes = [{"id": "made", "type": "action", "action": "generate_document", "outputs": ["document"],
              "config": {"template": "own sheet", "title": "Briefing", "variables": {"note": WORDS}, **config}}]  # fmt: skip
    before = {row["id"] for row in await place.records("documents")}
    await place.switch_on({"type": "manual", "config": {}}, nodes=nodes, edges=[{"from": "trigger", "to": "made"}])
    await place.studio.runs.execute(place.actor, "wf_1", {})
    await place.settle()
    [made] = [row for row in await place.records("documents") if row["id"] not in before]
    return made


@pytest.fixture
async def stranger(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who is not signed in."""
    application = FastAPI()
    routes.install(application, place.studio)
    application.add_middleware(Identity, sign_in=place.studio.sign_in)
    application.add_middleware(SecurityHeaders)
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://flowstudio.test") as made:
        yield made


def behind(url: str) -> str:
    """Return the part of a link that stands behind the host."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize("kind", ["pdf", "html", "docx"])
async def test_a_document_arrives_with_the_mail(open_place: Open, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    async with smtp_server() as server:
        monkeypatch.setenv("FLOWSTUDIO_SMTP_URL", server.url)
        place = await open_place()
        nodes = [
            {"id": "made", "type": "action", "action": "generate_document", "outputs": ["document"],
             "config": {"template": "own sheet", "title": "Briefing", "variables": {"note": WORDS},
                        **({} if kind == "pdf" else {"format": kind})}},
            {"id": "sent", "type": "action", "action": "send_email",
             "config": {"to": "crew@x.example", "subject": "Today", "attachments": ["{{document}}"]}},
        ]  # fmt: skip
        edges = [{"from": "trigger", "to": "made"}, {"from": "made", "to": "sent"}]
        await place.switch_on({"type": "manual", "config": {}}, nodes=nodes, edges=edges)
        await place.studio.runs.execute(place.actor, "wf_1", {})
        await place.settle()
    [mail] = server.mails
    [attached] = list(mail.iter_attachments())
    assert isinstance(attached, EmailMessage)
    assert attached.get_filename() == f"Briefing.{kind}"
    content = attached.get_content()
    if kind == "pdf":
        assert attached.get_content_type() == "application/pdf"
        assert content.startswith(b"%PDF-")
        assert WORDS in printed(content)
    elif kind == "html":
        assert attached.get_content_type() == "text/html"
        assert WORDS in content
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            assert WORDS in packed.read("word/document.xml").decode()


async def test_a_link_opens_the_document_for_whoever_has_it(place: Place, stranger: httpx.AsyncClient) -> None:
    made = await make(place)
    assert made["url"].startswith(f"{place.studio.base_url}/documents/{made['id']}?expires=")
    answer = await stranger.get(behind(made["url"]))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith('inline; filename="Briefing.pdf"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    assert WORDS in printed(answer.content)


async def test_the_workspace_may_have_another_address(place: Place) -> None:
    await place.studio.settings.set(place.actor, "base_url", "https://flows.x.example/")
    assert (await make(place))["url"].startswith("https://flows.x.example/documents/")


async def test_html_is_a_download_that_can_do_nothing(place: Place, stranger: httpx.AsyncClient) -> None:
    made = await make(place, format="html", title="Ärger & <b>Lärm</b>")
    answer = await stranger.get(behind(made["url"]))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"_rger _ _b_L_rm__b_.html\"; filename*=utf-8''%C3%84rger%20_%20_b_L%C3%A4rm__b_.html"
    )
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "<b>Lärm</b>" not in answer.text
    assert WORDS in answer.text


async def test_word_files_are_downloads(place: Place, stranger: httpx.AsyncClient) -> None:
    made = await make(place, format="docx")
    answer = await stranger.get(behind(made["url"]))
    assert answer.headers["content-disposition"].startswith('attachment; filename="Briefing.docx"')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert WORDS in packed.read("word/document.xml").decode()


async def test_a_link_holds_for_thirty_days(place: Place, stranger: httpx.AsyncClient) -> None:
    made = await make(place)
    place.clock.forward(days=30)
    assert (await stranger.get(behind(made["url"]))).status_code == 200
    place.clock.forward(seconds=1)
    answer = await stranger.get(behind(made["url"]))
    assert answer.status_code == 410
    assert "This link has expired" in answer.text
    assert WORDS not in answer.text


async def test_a_link_that_was_tampered_with_opens_nothing(place: Place, stranger: httpx.AsyncClient) -> None:
    made = await make(place)
    other = await make(place, title="Another")
    query = {name: values[0] for name, values in parse_qs(urlsplit(made["url"]).query).items()}
    expires, signature = query["expires"], query["signature"]
    for wrong in (
        {"expires": str(int(expires) + 1), "signature": signature},
        {"expires": expires, "signature": signature[:-1] + ("0" if signature[-1] != "0" else "1")},
        {"expires": expires, "signature": ""},
        {"expires": "", "signature": signature},
        {"expires": "9" * 5000, "signature": signature},
        {"expires": "-1", "signature": signature},
        {"expires": "²", "signature": signature},
        {"expires": expires, "signature": "ä\x00"},
    ):
        answer = await stranger.get(f"/documents/{made['id']}", params=wrong)
        assert answer.status_code == 404, wrong
    assert (await stranger.get(f"/documents/{other['id']}", params=query)).status_code == 404
    assert (await stranger.get("/documents/%2e%2e%2fx%00", params=query)).status_code == 404


async def test_a_link_of_another_workspace_opens_nothing(place: Place, stranger: httpx.AsyncClient) -> None:
    made = await make(place)
    secret = place.house.studio.credentials.get(SECRET)
    assert secret
    expires = int(place.clock.now().timestamp()) + 60
    foreign = {"expires": expires, "signature": link_signature(secret, "elsewhere", made["id"], expires)}
    assert (await stranger.get(f"/documents/{made['id']}", params=foreign)).status_code == 404
    member = Actor("elsewhere", "u", "Eve", Role.OWNER)
    with pytest.raises(NotFound):
        await place.studio.papers.open(member, made["id"], SignedLink(expires, foreign["signature"]))


async def test_members_need_no_link_and_strangers_are_asked_to_sign_in(
    place: Place, client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    made = await make(place)
    assert WORDS in printed((await client.get(f"/documents/{made['id']}")).content)
    assert (await client.get("/documents/none")).status_code == 404
    answer = await stranger.get(f"/documents/{made['id']}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_a_document_without_a_text_shows_its_title(place: Place, client: httpx.AsyncClient) -> None:
    assert "Invoice INV-1130" in printed((await client.get("/documents/docu_904")).content)


async def test_a_document_has_a_longest_text(place: Place) -> None:
    nodes = [{"id": "made", "type": "action", "action": "generate_document",
              "config": {"template": "own sheet", "title": "T", "variables": {"note": "{{ trigger.note }}"}}}]  # fmt: skip
    asked = {"type": "manual", "config": {"inputs": [{"name": "note", "type": "text"}]}}
    await place.switch_on(asked, nodes=nodes, edges=[{"from": "trigger", "to": "made"}])
    await place.studio.runs.execute(place.actor, "wf_1", {"note": "x" * 200_001})
    await place.settle()
    [run] = await place.runs()
    assert run.error["code"] == ConfigRejected.code
    assert "at most 200,000" in run.error["message"]
