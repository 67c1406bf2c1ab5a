"""Signing in: passwords cannot be tried without end, and nobody is led to a foreign place."""

from __future__ import annotations

import pytest

from flowstudio.app import House
from flowstudio.errors import NotSignedIn, TooMany
from flowstudio.services.signin import MOST_WRONG, MOST_WRONG_HERE, SignIn
from flowstudio.web.identity import place_here
from tests.support.databases import StillClock

WHO = "owner@brightline.example"


async def test_wrong_passwords_are_taken_so_often_and_no_oftener(house: House) -> None:
    clock = StillClock(house.studio.clock.now())
    sign_in = SignIn(house.studio.sign_in._people, clock)
    for _ in range(MOST_WRONG):
        with pytest.raises(NotSignedIn):
            await sign_in.with_password(WHO, "not this one", "203.0.113.7")
    with pytest.raises(TooMany, match="Too many wrong passwords"):
        await sign_in.with_password(f" {WHO.upper()}", "not this one", "203.0.113.7")
    with pytest.raises(NotSignedIn):  # others, elsewhere, are not kept out by it
        await sign_in.with_password(WHO, "not this one", "203.0.113.8")
    clock.forward(minutes=11)
    with pytest.raises(NotSignedIn):
        await sign_in.with_password(WHO, "not this one", "203.0.113.7")


async def test_one_password_is_not_tried_on_everybody(house: House) -> None:
    for number in range(MOST_WRONG_HERE):
        with pytest.raises(NotSignedIn):
            await house.studio.sign_in.with_password(f"{number}@brightline.example", "summer", "203.0.113.9")
    with pytest.raises(TooMany):
        await house.studio.sign_in.with_password("one@brightline.example", "summer", "203.0.113.9")


@pytest.mark.parametrize(
    ("wished", "led_to"),
    [
        ("/runs/run_1?step=2", "/runs/run_1?step=2"),
        ("/", "/"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/%2Fok", "/%2Fok"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/runs\r\nset-cookie: a=b", "/"),
        ("/sign-in?to=/sign-in", "/"),
        ("/" + "a" * 3000, "/"),
    ],
)
def test_after_signing_in_one_is_led_to_places_of_this_house_only(wished: str, led_to: str) -> None:
    assert place_here(wished) == led_to
