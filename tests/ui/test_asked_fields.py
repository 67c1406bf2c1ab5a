"""What a workflow asks of whoever starts it, as fields: shown by kind, read back, wrong ones named at their place."""

from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from flowstudio.domain.workflow import Trigger
from flowstudio.services.forms import asked_by
from flowstudio.ui.components.asked_fields import AskedFields, with_odd

ROWS = {"customers": {"c1": {"id": "c1", "name": "Harbor Print"}, "c2": {"id": "c2", "name": "Lund & Sons"}}}


class Shown:
    """Fields on a page, and what they told."""

    def __init__(self, asked: list[dict[str, Any]], given: dict[str, Any], kind: str = "manual") -> None:
        key = "inputs" if kind == "manual" else "fields"
        self.asked = asked_by(Trigger(id="trigger", type=kind, config={key: asked}))
        self.given = given
        self.told: list[tuple[str, Any]] = []
        self.fields: AskedFields

    async def _tell(self, name: str, value: Any) -> None:
        self.told.append((name, value))

    async def open(self, user: User) -> "Shown":
        @ui.page("/asked")
        def page() -> None:
            self.fields = AskedFields(self.asked, self.given, ROWS, self._tell)

        await user.open("/asked")
        return self

    def control(self, name: str) -> Any:
        return next(one.control for one in self.fields._fields if one.asked.name == name)

    def fault(self, name: str) -> str:
        return next(one.wrong.text for one in self.fields._fields if one.asked.name == name)


KINDS = [
    ({"type": "text"}, "Hello", "Hello"),
    ({"type": "number"}, "2.5", 2.5),
    ({"type": "integer"}, "3", 3),
    ({"type": "boolean"}, True, True),
    ({"type": "date"}, "2026-03-02", "2026-03-02"),
    ({"type": "email"}, "kim@example.com", "kim@example.com"),
    ({"type": "choice", "choices": ["A", "B"]}, "B", "B"),
    ({"type": "record:customers"}, "c2", "c2"),
    ({"type": "list"}, "red, blue", ["red", "blue"]),
    ({"type": "list:record:customers"}, '[{"id": "c1"}]', [{"id": "c1"}]),
    ({"type": "object:name,cost"}, '{"name": "Fair", "cost": 3}', {"name": "Fair", "cost": 3}),
    ({"type": "open"}, "[1, 2]", [1, 2]),
]


@pytest.mark.parametrize(("asked", "typed", "value"), KINDS, ids=[str(one[0]["type"]) for one in KINDS])
async def test_an_answer_comes_back_in_its_kind(user: User, asked: Any, typed: Any, value: Any) -> None:
    shown = await Shown([{"name": "answer", **asked}], {}).open(user)
    shown.control("answer").value = typed
    assert shown.fields.read() == {"answer": value}


WRONG = [
    ({"type": "text", "required": True}, "", "Answer is missing."),
    ({"type": "integer"}, "1.5", "Answer is not a whole number."),
    ({"type": "email"}, "kim", "Answer is no email address."),
    ({"type": "record:customers", "required": True}, None, "Answer is missing."),
    ({"type": "object"}, "[1]", "Fields and values are needed here, in { and }."),
    ({"type": "list"}, "[1", "This is not complete yet. Brackets and quotes must close."),
]


@pytest.mark.parametrize(("asked", "typed", "sentence"), WRONG)
async def test_what_is_wrong_is_said_at_its_field_alone(user: User, asked: Any, typed: Any, sentence: str) -> None:
    shown = await Shown([{"name": "answer", **asked}, {"name": "other", "type": "text"}], {"other": "Fine"}).open(user)
    shown.control("answer").value = typed
    assert shown.fields.read() is None
    assert shown.fault("answer") == sentence
    assert shown.fault("other") == ""


async def test_what_nobody_changes_stays_as_it_is(user: User) -> None:
    given = {
        "customer": {"id": "gone", "name": "Gone & Co", "tier": "gold"}, "status": "on_hold", "amount": "a lot",
        "lines": [{"sku": "A"}], "note": "one\ntwo", "proof": {"name": "a.pdf", "type": "", "size": 1, "digest": f"sha256:{0:064}"},
    }  # fmt: skip
    kinds = {"customer": "record:customers", "status": "choice", "amount": "number", "lines": "list", "proof": "file"}
    asked: list[dict[str, Any]] = [{"name": name, "type": kinds.get(name, "text")} for name in given]
    asked[1]["choices"] = ["open", "done"]
    shown = await Shown(asked, given, "form").open(user)
    assert shown.control("customer").options["gone"] == "Gone & Co"
    assert shown.control("status").options == ["open", "done", "on_hold"]
    assert shown.control("proof").value == "a.pdf"
    assert await shown.fields.settle()
    assert shown.told == []
    assert shown.fields.read() == given


async def test_settling_takes_what_is_typed_and_says_whether_all_is_right(user: User) -> None:
    shown = await Shown([{"name": "days", "type": "integer"}, {"name": "mail", "type": "email"}], {"days": 2}).open(
        user
    )
    shown.control("days").value = "4"
    shown.control("mail").value = "kim"
    assert not await shown.fields.settle()
    assert shown.told == [("days", 4)]
    shown.control("mail").value = ""
    assert await shown.fields.settle()
    assert shown.told == [("days", 4)]
    assert shown.fault("mail") == ""


async def test_a_default_stands_there_and_counts(user: User) -> None:
    shown = await Shown([{"name": "copies", "type": "integer", "default": 2}], {}).open(user)
    assert shown.fields.read() == {"copies": 2}


def test_an_odd_value_is_one_more_choice():
    assert with_odd(["a", "b"], "c") == ["a", "b", "c"]
    assert with_odd(["a", "b"], "b") == with_odd(["a", "b"], "") == ["a", "b"]
