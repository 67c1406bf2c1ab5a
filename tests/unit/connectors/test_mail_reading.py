"""Mails as strangers write them: every one is read as far as it goes, and none keeps the next from being read."""

from __future__ import annotations

import orjson
import pytest

from flowstudio.connectors.mail_reading import read_mail

HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n"


@pytest.mark.parametrize(
    ("raw", "field", "value"),
    [
        (b"Subject: =?koi8-r?B?8NLJ18XU?=\r\n\r\nx", "subject", "Привет"),
        (b"Content-Type: text/plain; charset=koi8-r\r\n\r\n\xf0\xd2\xc9\xd7\xc5\xd4", "text", "Привет"),
        (b"Content-Type: text/plain; charset=windows-1252\r\n\r\n5 \x80", "text", "5 €"),
        (b"Content-Type: text/plain; charset=x-nobody-knows\r\n\r\ngr\xc3\xbcn", "text", "grün"),
        (b"Subject: caf\xe9\r\n\r\nx", "subject", "caf\ufffd"),
        (b"Message-ID: <[\r\nSubject: Still read\r\n\r\nx", "subject", "Still read"),
        (b"Subject: a\0b\r\n\r\nx", "subject", "ab"),
        (b"Subject: x\r\n\r\na\0b", "text", "ab"),
        (b"Date: Mon, 02 Mar 2026 08:00:00 -0000\r\n\r\nx", "received_at", "2026-03-02T08:00:00+00:00"),
        (b"Date: yesterday\r\n\r\nx", "received_at", None),
        (HTML + b"<style>p {}</style><p>Fish &amp; chips</p><p>5 &lt; 6</p>", "text", "Fish & chips 5 < 6"),
        (HTML + b"<p>Open <b", "text", "Open"),
        (b"Content-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF", "attachments", ["a.pdf"]),
        (b"To: A: a@x.example, b@x.example;\r\n\r\nx", "to", "a@x.example, b@x.example"),
        (b"", "text", ""),
    ],
)
def test_is_read_as_it_is_meant(raw: bytes, field: str, value: object) -> None:
    assert read_mail(raw)[field] == value


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3_000)) + b"x",
        b"From: " + b"(" * 100_000 + b"\r\n\r\nx",
        b"From: " + b'"' * 100_000 + b"\r\n\r\nx",
        b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\r\n\r\nx",
        b"Content-Type: text/plain; " + b"a=b; " * 100_000 + b"\r\n\r\nx",
        HTML + b"<style " * 200_000,
        HTML + b"<" * 2_000_000,
        HTML + b"<style>" * 200_000,
    ],
    ids=["parts in parts", "brackets", "quotes", "encoded words", "parameters", "open tags", "signs", "styles"],
)
@pytest.mark.timeout(60)
def test_what_is_made_to_keep_us_busy_does_not(raw: bytes) -> None:
    """Each takes minutes to hours where the time grows with the square of the size."""
    assert orjson.dumps(read_mail(raw))
