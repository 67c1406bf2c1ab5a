"""What settings of the workspace may hold; business hours and holidays as people write them."""

import pytest

from flowstudio.calendar import read_business_hours
from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, NotAllowed
from flowstudio.services.setting_rules import hours_of, merged, read_holidays, read_hours

ADA = Actor("main", "usr_ada", "Ada", Role.ADMIN)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("sales_email", "sales", "is no mail address"), ("sales_email", "", "not empty"),
        ("base_url", "example.com", "is no address"), ("base_url", "ftp://example.com", "is no address"),
        ("leadership_emails", "maya@x.example", "is a list"), ("leadership_emails", ["maya"], "is no mail address"),
        ("timezone", "Mars/Olympus", "no time zone"), ("timezone", "", "no time zone"),
        ("business_hours", {"monday": ["17:00", "09:00"]}, "end before they begin"),
        ("business_hours", {"someday": ["09:00", "17:00"]}, "not a day"),
        ("holidays", "2026-12-25", "list of days"), ("holidays", ["2026-13-25"], "is not a day"),
        ("holidays", [f"{year}-01-01" for year in range(1000, 2001)], "at most 1,000"),
        ("own value", "x", "letters, digits"),
    ],
)  # fmt: skip
async def test_a_value_that_does_not_fit_is_refused_and_nothing_kept(house, key, value, told):
    before = await house.studio.settings.all(ADA)
    with pytest.raises(BadRequest, match=told):
        await house.studio.settings.set(ADA, key, value)
    assert await house.studio.settings.all(ADA) == before


async def test_what_fits_is_kept_and_removed_gives_the_example_again(house):
    settings = house.studio.settings
    example = (await settings.all(ADA))["sales_email"]
    assert "sales_email" not in await settings.own(ADA)
    for key, value in (
        ("sales_email", "us@harbor.example"), ("own_value", 7), ("holidays", [{"date": "12-25", "name": "Christmas"}]),
        ("business_hours", {"monday": [["09:00", "12:00"], ["13:00", "24:00"]]}), ("base_url", "https://x.example/"),
    ):  # fmt: skip
        await settings.set(ADA, key, value)
        assert (await settings.all(ADA))[key] == value
    assert "sales_email" in await settings.own(ADA)
    await settings.set(ADA, "sales_email", None)
    await settings.set(ADA, "own_value", None)
    assert (await settings.all(ADA))["sales_email"] == example
    assert "own_value" not in await settings.all(ADA)
    with pytest.raises(NotAllowed):
        await settings.set(Actor("main", "usr_bo", "Bo", Role.BUILDER), "sales_email", "bo@x.example")


def test_hours_are_read_as_they_are_shown():
    texts = {"monday": "9:00 to 12:00, 13:00-17:30", "tuesday": "closed", "saturday": "10:00 – 24:00"}
    hours = read_hours(texts)
    assert hours == {"monday": [["09:00", "12:00"], ["13:00", "17:30"]], "saturday": [["10:00", "24:00"]]}
    shown = hours_of(hours)
    assert (shown["monday"], shown["tuesday"]) == ("09:00 to 12:00, 13:00 to 17:30", "")
    assert shown["saturday"] == "10:00 to 24:00"
    assert read_hours(shown) == hours
    assert read_hours(hours_of(None)) == {day: [["09:00", "17:00"]] for day in list(shown)[:5]}


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ({}, "at least one open day"),
        ({"friday": "morning"}, "Friday: these hours"),
        ({"friday": "25:00 to 26:00"}, "25:00"),
    ],
)
def test_hours_that_cannot_be_read_name_the_day(texts, told):
    with pytest.raises(BadRequest, match=told):
        read_hours(texts)


def test_holidays_come_from_lines_and_from_a_calendar_file():
    days = read_holidays("2026-12-25 Christmas Day\n\n01-01; New Year\n3.10.2026, Unity\n2026-12-25 Christmas")
    assert days == [
        {"date": "01-01", "name": "New Year"}, {"date": "2026-10-03", "name": "Unity"},
        {"date": "2026-12-25", "name": "Christmas"},
    ]  # fmt: skip
    assert len(read_business_hours(None, days).holidays) == 3
    calendar = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas\\, first\r\n  day\r\n"
        "END:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20261226T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert read_holidays(calendar) == [
        {"date": "2026-12-25", "name": "Christmas, first day"}, {"date": "2026-12-26"},
    ]  # fmt: skip
    assert merged(["2026-12-25"], [{"date": "2026-12-25", "name": "Christmas"}]) == [
        {"date": "2026-12-25", "name": "Christmas"}
    ]
    for text, told in (
        ("Christmas", "Line 1"),
        ("2026-01-01\n2026-02-30 x", "Line 2: there is no day"),
        (" ", "no day"),
    ):
        with pytest.raises(BadRequest, match=told):
            read_holidays(text)
