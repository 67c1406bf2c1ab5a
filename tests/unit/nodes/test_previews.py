"""What a preview shows is what is sent, for any text."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from flowstudio.kit.message_texts import html_of
from flowstudio.kit.words import said, shortened

TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=300)
MARKUP = st.lists(
    st.sampled_from(["<script>", "</script>", "<img src=x onerror=y>", "[a](javascript:x)", "**", "# ", "\n", "\n\n", "{{", "}}", "`", "| a |", "word "]),
    max_size=30,
).map("".join)  # fmt: skip
ALLOWED = re.compile(
    r"</?(a|b|blockquote|br|code|del|div|em|h[1-4]|hr|i|li|ol|p|pre|s|strong|table|tbody|td|th|thead|tr|ul)\b"
)


@given(TEXTS | MARKUP)
@settings(max_examples=300, deadline=None)
def test_the_html_of_a_text_is_the_same_every_time_and_harmless(text: str) -> None:
    html = html_of(text)
    assert html == html_of(text)
    assert all(ALLOWED.match(tag[0]) for tag in re.finditer(r"<[^>]*>", html))
    assert not re.search(r"<[^>]*(onerror|javascript:)", html)


@given(TEXTS | MARKUP, st.integers(10, 100))
@settings(max_examples=200, deadline=None)
def test_words_on_a_card_are_short_and_on_one_line(text: str, limit: int) -> None:
    line = said(text, limit)
    assert len(line) <= limit
    assert "\n" not in line
    assert line == said(text, limit)
    assert len(shortened(text, limit)) <= max(limit, 1)
