"""A workflow's name can be read in every list."""

import pytest

from flowstudio.interchange import read_document
from flowstudio.interchange.reader import LONGEST_NAME, UNNAMED
from tests.support.workflows import drawing, end, registry


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Invoice reminder", "Invoice reminder"),
        ("  Erinnerung für Größe 👩‍👧 ", "Erinnerung für Größe 👩‍👧"),
        ("\u202elive\u202c", "live"),
        ("pay\u200bpal", "paypal"),
        ("a\x00b", "ab"),
        ("two\r\nlines", "two lines"),
        ("\u200b\u200b", UNNAMED),
        ("", UNNAMED),
        ("   ", UNNAMED),
    ],
)
def test_what_nobody_sees_is_left_out_of_a_name(given: str, kept: str) -> None:
    read = read_document({**drawing("T>z", end("z")), "name": given}, registry())
    assert read.workflow is not None
    assert read.workflow.name == kept
    unseen = any(sign in given for sign in "\u202e\u200b\x00\r")
    assert ("unseen_characters" in {one.code for one in read.problems}) is unseen


def test_a_name_longer_than_a_line_is_refused_with_its_limit() -> None:
    document = {**drawing("T>z", end("z")), "name": "n" * (LONGEST_NAME + 1)}
    read = read_document(document, registry())
    assert read.workflow is None
    assert "has 201 characters; it may have 200" in read.problems[0].message
