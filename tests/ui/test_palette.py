"""The list of steps: what most people mean comes first."""

import pytest

from flowstudio.services.shipped import registry_of
from flowstudio.ui.editor.palette import steps_of


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("create record", "create_record"),
        ("change record", "update_record"),
        ("email", "send_email"),
        ("if", "condition"),
        ("find", "query_records"),
        ("form", "form"),
    ],
)
def test_enter_takes_the_plain_step_that_the_words_name(typed: str, key: str):
    """Among the titles that hold all the words typed; Enter takes the first one."""
    titles = [one for _, steps in steps_of(registry_of()) for one in steps]
    found = next(one for one in titles if all(word in one.title.lower() for word in typed.split()))
    assert found.key == key
