"""How a step of a run is told: sentences that end once, and advice that fits what went wrong."""

from zoneinfo import ZoneInfo

import pytest

from flowstudio.analysis.step_story import StepTeller
from flowstudio.domain.run import Step
from flowstudio.domain.states import StepStatus
from tests.support.workflows import registry


def teller() -> StepTeller:
    return StepTeller(None, registry(), ZoneInfo("UTC"), test=False)


@pytest.mark.parametrize(
    ("subject", "end"), [("May this be paid?", "paid?"), ("The report", "report."), ("Pay.", "Pay.")]
)
def test_a_question_that_waits_ends_with_one_sign(subject: str, end: str) -> None:
    detail = {"wait": "approval", "approvers": ["boss@firm.example"], "subject": subject}
    told = teller().tell(Step(1, "ask", (), StepStatus.WAITING, detail=detail))
    assert told is not None
    assert told[1].endswith(f"boss@firm.example: {subject.rstrip('.')}{'' if subject.endswith('?') else '.'}")
    assert told[1].endswith(end)


def test_a_missing_mail_server_is_not_blamed_on_the_other_system() -> None:
    error = {"code": "unauthorized", "message": "No mail server is set.", "hint": "Set one."}
    advice = teller().advice(Step(1, "mail", (), StepStatus.FAILED, error=error))
    assert advice == "What to do: Set one. Then try again from where it stopped."


def test_every_sentence_of_an_advice_begins_with_a_capital() -> None:
    for code in ("unreachable", "internal_error", "ended_as_failed", "config_rejected"):
        error = {"code": code, "message": "No.", "hint": "Look at it."}
        advice = teller().advice(Step(1, "call", (), StepStatus.FAILED, error=error))
        assert advice.startswith("What to do: Look at it. ")
        assert advice.removeprefix("What to do: Look at it. ")[0].isupper(), advice
