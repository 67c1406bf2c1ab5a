"""The generated pages of docs/reference say what the source says."""

import pytest

from tools.reference import FOLDER, PAGES


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_reference_page_is_fresh(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run: python3 run.py reference"
