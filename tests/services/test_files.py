"""Files travel through runs: from a form, a mail, a document or an answer to a mail, a record or another system."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import update

from flowstudio.app import House
from flowstudio.config import load_settings
from flowstudio.connectors.mail_reading import files_of
from flowstudio.domain.actor import Actor, Role
from flowstudio.domain.states import RunStatus
from flowstudio.errors import BadRequest, LimitReached, NotFound
from flowstudio.kit.files import LARGEST_FILE, FileContent, file_name, files_in, media_type
from flowstudio.kit.multipart import answered_name, multipart
from flowstudio.storage import tables
from tests.support.servers import HttpServer, SmtpServer, http_server, reply, smtp_server

OWNER = Actor("main", "per_o", "Olga", Role.OWNER)
VIEWER = Actor("main", "per_v", "Vera", Role.VIEWER)
STRANGER = Actor("other", "per_x", "Xaver", Role.OWNER)
CONTRACT = b"%PDF-1.7 contract \x00\xff of Acme"
DIGEST = f"sha256:{hashlib.sha256(CONTRACT).hexdigest()}"
FIELDS = [
    {"name": "email", "type": "email", "required": True},
    {"name": "contract", "type": "file", "required": True},
]


@pytest.fixture
async def post() -> AsyncIterator[SmtpServer]:
    async with smtp_server() as found:
        yield found


@pytest.fixture
async def web() -> AsyncIterator[HttpServer]:
    async with http_server(reply(200, b"%PDF label", content_type="application/pdf")) as found:
        yield found


@pytest.fixture
async def house(
    tmp_path: Path, post: SmtpServer, web: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setenv("FLOWSTUDIO_SMTP_URL", post.url)
    monkeypatch.setenv("FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    found = House(load_settings(data_dir=tmp_path))
    await found.open(server=False)
    yield found
    await found.close()


def workflow(url: str) -> dict[str, Any]:
    """A contract comes by a form; it is filed, sent on, and mailed with a receipt and a label from elsewhere."""
    nodes = [
        {"id": "label", "type": "action", "action": "http_request", "name": "Fetch the label",
         "config": {"method": "GET", "url": f"{url}/labels/L%201.pdf", "keep_file": True}},
        {"id": "paper", "type": "action", "action": "generate_document", "name": "Receipt",
         "config": {"template": "plain", "title": "Receipt", "format": "html"}},
        {"id": "filed", "type": "action", "action": "create_record", "name": "File it",
         "config": {"entity": "contracts_signed", "fields": {"who": "{{email}}", "paper": "{{contract}}"}}},
        {"id": "sent", "type": "action", "action": "http_request", "name": "Hand it on",
         "config": {"method": "POST", "url": f"{url}/archive", "body": {"who": "{{email}}", "pages": 3},
                    "files": {"scan": "{{contract}}", "more": ["{{steps.label.file}}"]}}},
        {"id": "mailed", "type": "action", "action": "send_email", "name": "Mail it",
         "config": {"to": "{{email}}", "subject": "Your contract", "body": "Here it is.",
                    "attachments": ["{{contract}}", "{{steps.label.file}}", "{{steps.paper.file}}", ["{{contract}}"]]}},
    ]  # fmt: skip
    order = ["trigger", *(node["id"] for node in nodes)]
    edges = [{"from": one, "to": other} for one, other in pairwise(order)]
    trigger = {"type": "form", "config": {"heading": "Contracts", "slug": "contracts", "fields": FIELDS}}
    return {
        "id": "wf_files", "name": "Contracts", "status": "active", "trigger": trigger, "nodes": nodes, "edges": edges,
    }  # fmt: skip


async def listen(house: House, url: str) -> str:
    """Switch the workflow on; return the token of its form."""
    studio = house.studio
    fields = {"who": {"type": "email", "required": True}, "paper": {"type": "file"}}
    await studio.record_types.save(OWNER, "contracts_signed", fields)
    await studio.exchange.import_document(OWNER, orjson.dumps(workflow(url)), activate=True)
    await house.triggers.load()
    stored = await house._stores.workflows.get("main", "wf_files")
    assert stored is not None
    return stored.hook_token


async def fill_in(house: House, token: str, content: bytes = CONTRACT, name: str = "../Vertrag “A”.pdf") -> str:
    files = {"contract": FileContent(name, "application/pdf", content)}
    return await house.studio.forms.submit(token, "contracts", {"email": "ana@acme.example"}, files=files)


async def finished(house: House, run_id: str) -> Any:
    assert await house.studio.runs.wait(OWNER, run_id, 30)
    run, steps = await house.studio.runs.get(OWNER, run_id)
    assert run.status is RunStatus.COMPLETED, [step.error for step in steps if step.error]
    return run, {step.node_id: step for step in steps}


async def test_a_file_travels_from_a_form_to_a_record_another_system_and_a_mail(
    house: House, post: SmtpServer, web: HttpServer, tmp_path: Path
) -> None:
    token = await listen(house, web.url("").rstrip("/"))
    run_id = await fill_in(house, token)
    run, steps = await finished(house, run_id)

    reference = {"name": "Vertrag “A”.pdf", "type": "application/pdf", "size": len(CONTRACT), "digest": DIGEST}
    assert run.event["contract"] == reference, "a value: the bytes are elsewhere"
    record = steps["filed"].output["record"]
    assert record["paper"] == reference
    label = steps["label"].output["file"]
    assert (label["name"], label["type"], label["size"]) == ("L 1.pdf", "application/pdf", 10)
    assert steps["label"].output["body"] is None

    sent = next(request for request in web.requests if request.method == "POST")
    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert CONTRACT in sent.body
    assert b'name="scan"; filename="Vertrag' in sent.body
    assert b'name="who"\r\n\r\nana@acme.example\r\n' in sent.body
    assert b'name="pages"\r\n\r\n3\r\n' in sent.body
    assert b"%PDF label" in sent.body

    attached = [(one.get_filename(), one.get_content_type(), one.get_payload(decode=True)) for one in
                post.mails[0].iter_attachments()]  # fmt: skip
    assert attached[0] == ("Vertrag “A”.pdf", "application/pdf", CONTRACT)
    assert attached[1] == ("L 1.pdf", "application/pdf", b"%PDF label")
    assert attached[2][:2] == ("Receipt.html", "text/html")
    assert attached[3] == attached[0]

    names = [one["name"] for one in await house.studio.files.of_run(VIEWER, run_id)]
    assert names == ["Vertrag “A”.pdf", "L 1.pdf", "Receipt.html"]
    paper = await house.studio.files.open_of_run(VIEWER, run_id, DIGEST)
    assert (paper.name, paper.media_type, paper.content) == ("Vertrag “A”.pdf", "application/pdf", CONTRACT)
    again = await house.studio.files.open_of_record(VIEWER, "contracts_signed", record["id"], DIGEST)
    assert again.content == CONTRACT

    other = House(load_settings(data_dir=tmp_path))
    await other.open(server=False)
    try:
        assert (await other.studio.files.open_of_run(VIEWER, run_id, DIGEST)).content == CONTRACT, "after a restart too"
    finally:
        await other.close()


async def test_only_who_may_see_the_run_gets_its_files_and_only_those_of_the_run(house: House, web: HttpServer) -> None:
    token = await listen(house, web.url("").rstrip("/"))
    run_id = await fill_in(house, token)
    await finished(house, run_id)
    elsewhere = await house._files.keep("main", FileContent("secret.txt", "text/plain", b"of another run"))
    for actor, digest in ((VIEWER, elsewhere["digest"]), (VIEWER, "sha256:x"), (STRANGER, DIGEST)):
        with pytest.raises(NotFound):
            await house.studio.files.open_of_run(actor, run_id, digest)
    with pytest.raises(NotFound):
        await house.studio.files.open_of_record(VIEWER, "contracts_signed", "nothing", DIGEST)
    assert await house._files.get("other", DIGEST) is None


async def test_a_form_without_its_file_or_with_one_too_large_comes_back(house: House, web: HttpServer) -> None:
    token = await listen(house, web.url("").rstrip("/"))
    with pytest.raises(BadRequest, match="Contract is missing"):
        await house.studio.forms.submit(token, "contracts", {"email": "a@x.example"})
    with pytest.raises(BadRequest, match="larger than 10 MB"):
        await fill_in(house, token, b"x" * (LARGEST_FILE + 1))
    with pytest.raises(BadRequest):
        files = {"contract": FileContent("a", "", b"kept only when all is right")}
        await house.studio.forms.submit(token, "contracts", {"email": "no address"}, files=files)
    unkept = hashlib.sha256(b"kept only when all is right").hexdigest()
    assert await house._files.get("main", f"sha256:{unkept}") is None


async def test_all_files_together_have_a_limit_that_names_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWSTUDIO_FILES_MB", "1")
    house = House(load_settings(data_dir=tmp_path))
    await house.open(server=False)
    try:
        first = await house._files.keep("main", FileContent("a", "", b"a" * 600_000))
        assert await house._files.keep("main", FileContent("b", "", b"a" * 600_000)) == {**first, "name": "b"}
        with pytest.raises(LimitReached, match="no room") as caught:
            await house._files.keep("main", FileContent("c", "", b"c" * 600_000))
        assert "FLOWSTUDIO_FILES_MB" in caught.value.hint
        await house._files.keep("other", FileContent("c", "", b"c" * 600_000))
    finally:
        await house.close()


async def test_a_file_goes_with_the_last_run_and_record_that_hold_it(house: House, web: HttpServer) -> None:
    token = await listen(house, web.url("").rstrip("/"))
    run_id = await fill_in(house, token)
    _, steps = await finished(house, run_id)
    store, now = house.studio.retention._store, house.clock.now()
    nobodys = await house._files.keep("main", FileContent("x", "", b"nobody's"))
    later = now + timedelta(hours=1)
    assert await store.remove_files(now - timedelta(hours=1)) == 0, "what is young may be on its way into a run"
    assert await store.remove_files(later) == 1
    assert await house._files.get("main", nobodys["digest"]) is None
    await store.remove("main", later, "wf_files", 10)
    assert await store.remove_files(later) == 2, "label and receipt; the contract is in a record"
    assert await house._files.get("main", DIGEST) == CONTRACT
    await house.studio.records.delete(OWNER, "contracts_signed", steps["filed"].output["record"]["id"])
    handed_on = update(tables.event).values(done_at=now)
    await house.database.writer.run(lambda connection: connection.execute(handed_on))
    await store.remove_events(later, 100)
    assert await store.remove_files(later) == 1
    assert await house._files.get("main", DIGEST) is None


async def test_a_test_run_has_simulated_files(house: House, post: SmtpServer, web: HttpServer) -> None:
    await listen(house, web.url("").rstrip("/"))
    read = house.studio.documents.read(workflow("https://archive.example"))
    assert read.workflow is not None
    made_up = {"name": "c.pdf", "type": "application/pdf", "size": 9, "digest": f"sha256:{'0' * 64}"}
    sample = {"trigger": {"email": "a@x.example", "contract": made_up}}
    result = await house.studio.testing.run(OWNER, read.workflow, sample)
    assert result["status"] == "completed", result
    [mail] = [one for one in result["effects"] if one["kind"] == "message"]
    assert [one["title"] for one in mail["attachments"]] == ["c.pdf", "L 1.pdf", "Receipt.html", "c.pdf"]
    assert web.requests == []
    assert post.mails == []
    assert await house._files.get("main", made_up["digest"]) is None, "nothing of it is kept"


def test_the_attachments_of_a_mail_are_files() -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Offer", "a@x.example"
    mail.set_content("See the offer.")
    mail.add_attachment(b"%PDF offer", maintype="application", subtype="pdf", filename="offer.pdf")
    mail.add_attachment("a,b\n1,2\n", subtype="csv", filename="rows.csv")
    first, second = files_of(mail.as_bytes(), whole=True)
    assert (first.name, first.media_type, first.content) == ("offer.pdf", "application/pdf", b"%PDF offer")
    assert (second.name, second.media_type) == ("rows.csv", "text/csv")
    assert [one.name for one in files_of(mail.as_bytes(), whole=False)] == ["offer.pdf"], "half a file is none"
    assert files_of(b"\xff\x00 no mail", whole=True) == ()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\secret\\a.txt", "a.txt"), ("a\r\nb\x00.pdf", "a__b_.pdf"), ("", "file"),
        ("...", "file"), ("x" * 300 + ".pdf", "x" * 116 + ".pdf"), ('q"<>.txt', "q___.txt"), ("Straße 1.pdf", "Straße 1.pdf"),
    ],
)  # fmt: skip
def test_a_name_is_safe_on_every_file_system(given: str, name: str) -> None:
    assert file_name(given) == name


def test_a_media_type_is_one_or_that_of_any_file() -> None:
    assert media_type("Text/HTML; charset=utf-8") == "text/html"
    for odd in ("", "pdf", "a/b\r\nX: y", "a b/c"):
        assert media_type(odd) == "application/octet-stream"


def test_a_form_with_files_is_the_same_every_time_and_cannot_be_broken_out_of() -> None:
    files = [("f", FileContent('a"\r\nX: y.txt', "text/plain", b"--flowstudio-"))]
    kind, body = multipart({'n"\r\n': "v"}, files, "run_1/step//0")
    assert (kind, body) == multipart({'n"\r\n': "v"}, files, "run_1/step//0")
    assert b"\r\nX: y" not in body
    assert body.count(kind.partition("boundary=")[2].encode()) == 3


def test_the_name_of_an_answer() -> None:
    said = {"content-disposition": "attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf"}
    assert answered_name(said, "https://x.example/a") == "Grüße.pdf"
    assert answered_name({"content-disposition": 'attachment; filename="../x.pdf"'}, "") == "x.pdf"
    assert answered_name({}, "https://x.example/a/b%20c.pdf?d=e") == "b c.pdf"
    assert answered_name({}, "https://x.example/") == "file"


def test_files_are_found_at_any_depth() -> None:
    one = {"name": "a", "type": "t/x", "size": 1, "digest": DIGEST}
    assert list(files_in({"a": [{"b": {**one, "more": 1}}], "c": {"name": "x", "digest": "sha256:short"}})) == [one]
