"""The same bin emptied on PostgreSQL: each test on a schema of its own."""

import pytest

from tests.admission.test_turns_on_postgres import open_place
from tests.retention.test_emptying import *  # noqa: F403  the tests, with the fixture above

pytestmark = [pytest.mark.postgres]
__all__ = ["open_place"]
