"""A context for expressions: Monday 2 March 2026, 09:00, in Berlin."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from flowstudio.expressions import DictScope, EvalContext, compile_template

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=BERLIN)


@pytest.fixture
def given() -> Callable[..., EvalContext]:
    """Make a context over the names given."""

    def make(**names: object) -> EvalContext:
        return EvalContext(DictScope(names), NOW, BERLIN)

    return make


@pytest.fixture
def render(given: Callable[..., EvalContext]) -> Callable[..., object]:
    """Fill a setting in with the names given."""

    def fill(setting: object, **names: object) -> object:
        return compile_template(setting).render(given(**names))

    return fill
