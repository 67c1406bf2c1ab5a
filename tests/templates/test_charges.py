"""What a charge answers in a test run: what the sample gives under `stripe`, else that it went well."""

from __future__ import annotations

import pytest

from flowstudio.domain.json import JsonObject
from flowstudio.engine.simulated import SimulatedWeb
from flowstudio.kit.ports import HttpRequest

CHARGE = HttpRequest("POST", "/payment_intents", {}, service="stripe")


@pytest.mark.parametrize(
    ("answers", "status", "said"),
    [
        ({}, 200, {"id": "pi_test", "status": "succeeded"}),
        ({"stripe": {"status": "succeeded", "id": "ch_1"}}, 200, {"id": "ch_1", "status": "succeeded"}),
        ({"stripe": {"status": "failed", "code": "expired_card"}}, 402, "expired_card"),
        ({"stripe": {"status": "succeeded"}, "charge": {"status": "failed"}}, 402, "card_declined"),
    ],
)
async def test_a_charge_gives_the_answer_of_the_sample(answers: JsonObject, status: int, said: object) -> None:
    response = await SimulatedWeb(answers).of("charge").request(CHARGE)
    assert response.status == status
    assert response.body["error"]["code"] == said if status == 402 else response.body == said


async def test_other_calls_are_answered_by_node() -> None:
    web = SimulatedWeb({"weather": {"rain": True}, "stripe": {"status": "failed"}})
    assert (await web.of("weather").request(HttpRequest("GET", "https://weather.example"))).body == {"rain": True}
    assert (await web.of("other").request(HttpRequest("GET", "https://weather.example"))).body == {}
