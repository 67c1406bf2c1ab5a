"""What programs see is the same where workers carry runs on: the tests of the API, with a server and a worker."""

from __future__ import annotations

import pytest

from flowstudio.app import House
from tests.api.conftest import client, hook_document, web  # noqa: F401
from tests.api.test_approvals import *  # noqa: F403
from tests.api.test_calling import *  # noqa: F403
from tests.api.test_retry import *  # noqa: F403
from tests.api.test_retry import _may_call_loopback  # noqa: F401
from tests.api.test_runs import *  # noqa: F403  the tests, with the fixture below
from tests.workers.conftest import Fleet

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]


@pytest.fixture
async def house(fleet: Fleet) -> House:
    """The server of a fleet with one worker."""
    await fleet.hire("one")
    fleet.house.engine.idle = fleet.idle  # these tests ask the engine whether all is done
    return fleet.house
