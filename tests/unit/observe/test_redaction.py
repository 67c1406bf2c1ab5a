"""Secrets never reach what is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowstudio.observe import MASK, Redactor


@pytest.mark.parametrize(
    "name",
    ["password", "smtp_password", "api_key", "apikey", "SLACK_BOT_TOKEN", "client_secret", "Authorization", "Cookie"],
)
def test_fields_with_secret_names_are_masked(name):
    assert Redactor().value({name: "anything", "other": 1}) == {name: MASK, "other": 1}


@pytest.mark.parametrize("name", ["tokens_used", "author", "passengers", "keyboard", "subject"])
def test_ordinary_names_stay(name):
    assert Redactor().value({name: "text"}) == {name: "text"}


def test_known_values_are_masked_wherever_they_stand():
    redactor = Redactor()
    redactor.protect(["sk_live_123", "short"])
    data = {"a": ["x sk_live_123 y", {"b": ("sk_live_123",)}], "c": "short stays"}
    assert redactor.value(data) == {"a": [f"x {MASK} y", {"b": [MASK]}], "c": "short stays"}


def test_a_longer_secret_is_masked_whole_when_it_contains_another():
    redactor = Redactor()
    redactor.protect(["abcdef", "abcdef-ghijkl"])
    assert redactor.text("abcdef-ghijkl") == MASK


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("smtp://me:pw@mail:25", f"smtp://me:{MASK}@mail:25"),
        ("GET https://x.example/a?access_token=abc&b=1", f"GET https://x.example/a?access_token={MASK}&b=1"),
        ("Authorization: Bearer abcdefghijkl", f"Authorization: Bearer {MASK}"),
        ("https://x.example:8080/a@b", "https://x.example:8080/a@b"),
    ],
)
def test_secrets_inside_texts_are_masked(text, clean):
    assert Redactor().text(text) == clean


@given(st.text(min_size=6, max_size=30), st.text(max_size=20), st.text(max_size=20))
def test_no_protected_value_survives(secret, before, after):
    redactor = Redactor()
    redactor.protect([secret])
    if secret not in MASK:
        assert secret not in redactor.text(secret)
    assert redactor.text(f"{before}{secret}{after}").count(secret) <= f"{before}{MASK}{after}".count(secret)


def test_circles_end():
    ring: list = []
    ring.append(ring)
    assert MASK in str(Redactor().value(ring))
