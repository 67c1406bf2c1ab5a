"""The whole outside of a test run in one piece: what is handed to `flowstudio.engine.test_run.Twins`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from flowstudio.connectors.service import Service
from flowstudio.connectors.simulated.http import SimulatedHttp
from flowstudio.connectors.simulated.mail import SimulatedMail
from flowstudio.connectors.simulated.secrets import SimulatedSecrets
from flowstudio.domain.json import JsonValue
from flowstudio.kit.ports import Http, Outside


def simulated_outside(services: Iterable[Service]) -> Outside:
    """Return fresh twins; providers among `services` answer as they do to what they take."""
    known = tuple(services)

    def http_with(answers: Mapping[str, JsonValue]) -> Callable[[str], Http]:
        return SimulatedHttp(answers, known).for_node

    return Outside(mail=SimulatedMail(), secrets=SimulatedSecrets(), http_with=http_with)
