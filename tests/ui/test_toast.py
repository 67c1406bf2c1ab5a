"""The sentence at the bottom of the page."""

import pytest
from nicegui import ui
from nicegui.testing import User

from flowstudio.ui.theme import toast

pytestmark = pytest.mark.nicegui_main_file("")


async def test_what_is_quoted_cannot_turn_the_sentence_round(user: User) -> None:
    @ui.page("/says")
    def page() -> None:
        toast('"pay\u202elap\u202c\u200b" is no name of a record type.')

    await user.open("/says")
    await user.should_see('"paylap" is no name of a record type.')
