"""A deed that takes long turns its button into the sign of it, but not while it asks a person."""

import asyncio
from collections.abc import Callable

import pytest
from nicegui import ui
from nicegui.testing import User

from flowstudio.ui.components.ask import confirm
from flowstudio.ui.theme import button, patience

pytestmark = pytest.mark.nicegui_main_file("")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sign comes at once, so that nothing here waits for a clock."""
    monkeypatch.setattr(patience, "PATIENT", 0.0)


async def until(condition: Callable[[], bool]) -> None:
    """Let everything else go on until a condition holds."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0)


async def test_the_sign_stands_as_long_as_the_deed_takes(user: User) -> None:
    may_end = asyncio.Event()

    @ui.page("/long")
    def page() -> None:
        button("Go", on_click=may_end.wait)

    await user.open("/long")
    user.find("Go").click()
    (element,) = user.find("Go").elements
    await until(lambda: "loading" in element.props)
    assert element.props["aria-busy"] == "true"
    may_end.set()
    await until(lambda: "loading" not in element.props)
    assert "aria-busy" not in element.props


async def test_a_question_is_no_long_deed(user: User) -> None:
    answers: list[bool] = []
    may_end = asyncio.Event()

    async def deed() -> None:
        answers.append(await confirm("Really?", "It goes.", "Let it go"))
        await may_end.wait()

    @ui.page("/asks")
    def page() -> None:
        button("Go", on_click=deed)

    await user.open("/asks")
    user.find("Go").click()
    await user.should_see("Really?")
    (element,) = user.find("Go").elements
    for _ in range(20):
        await asyncio.sleep(0)
        assert "loading" not in element.props
    user.find("Let it go").click()
    await until(lambda: "loading" in element.props)
    assert answers == [True]
    may_end.set()
    await until(lambda: "loading" not in element.props)
