"""What is worth a look before a workflow works unattended, as it stands."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from flowstudio.domain.states import WorkflowStatus
from flowstudio.domain.workflow import Retry
from flowstudio.services.going_live import live_points
from flowstudio.services.mailing import WAY_OUT
from tests.support.workflows import drawing, end, registry, task, workflow

NEXT = datetime(2026, 3, 3, 9, tzinfo=UTC)
STORED = SimpleNamespace(status=WorkflowStatus.ACTIVE)
ROW = SimpleNamespace(next_run=None)


def a_mail(node_id="mail", **fields):
    config = {"to": "ana@harbor.example", "subject": "Hello", "body": "Hello", **fields.pop("config", {})}
    return {"id": node_id, "name": "Write to Ana", "type": "action", "action": "send_email", "config": config, **fields}


def flow(*nodes, edges="T>mail, mail>end", settings=None, **fields):
    found = workflow(drawing(edges, *(nodes or (a_mail(),)), end(), **fields))
    return found.model_copy(update={"settings": found.settings.model_copy(update=settings or {})})


def points(found, stored=STORED, row=ROW, secrets=(), *, mails=False):
    return {
        one.topic: one
        for one in live_points(
            stored, row, found, registry(), lambda name: "x" if name in secrets else None, mails=mails
        )
    }  # fmt: skip


def test_a_fresh_workflow_has_everything_open():
    found = points(flow(), SimpleNamespace(status=WorkflowStatus.PAUSED))
    assert {topic: (one.done, one.text) for topic, one in found.items()} == {
        "told": (False, "Nobody gets a mail when a run fails."),
        "case": (False, "No test case is kept that says what has to come out."),
        "limits": (False, "Nothing limits how much it does in an hour."),
        "failures": (False, '"Write to Ana" stops the run at the first failure.'),
        "connections": (True, "All that it uses is connected."),
        "mail": (
            False,
            f'No mail server is set: "Write to Ana" reaches nobody by mail. {WAY_OUT}',
        ),
        "start": (False, "It is switched off: nothing starts it yet."),
    }
    assert found["failures"].part == "mail"
    assert found["told"].setting == "alert_to"


def test_what_is_settled_is_said_with_its_figures():
    tests = [{"name": "Example", "sample": {"trigger": {}}}, {"name": "Small", "sample": {}}]
    settings = {"alert_to": ("ops@harbor.example",), "max_runs_per_hour": 20, "max_sent_per_hour": 1000}
    found = points(
        flow(a_mail(on_error="continue"), settings=settings, tests=tests),
        row=SimpleNamespace(next_run=NEXT),
        mails=True,
    )
    assert "mail" not in found
    assert all(one.done for one in found.values())
    assert found["told"].text == "ops@harbor.example hears of a failed run by mail."
    assert found["case"].text == "1 test case is run before each publishing."
    assert found["limits"].text == (
        "20 runs start an hour at most and it is switched off beyond 1,000 messages and calls an hour."
    )
    assert found["start"].at == NEXT


@pytest.mark.parametrize("fields", [{"retry": Retry()}, {"on_error": "branch"}, {"disabled": True}])
def test_a_step_that_sends_may_say_in_several_ways_what_follows_its_failure(fields):
    found = flow()
    nodes = tuple(one.model_copy(update=fields) if one.id == "mail" else one for one in found.nodes)
    assert points(found.model_copy(update={"nodes": nodes}))["failures"].done


def test_a_failure_way_counts_and_many_steps_are_counted():
    assert points(flow(a_mail(), edges="T>mail, mail>end, mail[error]>end"))["failures"].done
    many = [a_mail(f"mail_{number}") for number in range(4)]
    edges = "T>mail_0, mail_0>mail_1, mail_1>mail_2, mail_2>mail_3, mail_3>end"
    assert points(flow(*many, edges=edges))["failures"].text == "4 steps that send stop the run at the first failure."
    assert points(flow(task("mail")))["failures"].text == "No step sends anything."


def test_a_connection_that_a_step_names_has_to_be_there():
    call = {"id": "mail", "name": "Ask", "type": "action", "action": "http_request", "config": {"url": "https://a.example", "credential": "shop"}}  # fmt: skip
    assert points(flow(call))["connections"].text == "Not connected yet: shop."
    assert points(flow(call), secrets={"shop"})["connections"].done


def test_steps_that_ask_or_notify_need_the_mail_server_too():
    ask = {"id": "ask", "type": "approval", "config": {"subject": "Pay?", "approvers": ["ana@harbor.example"]}}
    tells = {**task("work"), "name": "Pack it", "notify": [{"on": "completed", "to": "ana@harbor.example"}]}
    posts = {**task("quiet"), "notify": [{"on": "completed", "channel": "slack", "to": "#ops"}]}
    found = flow(ask, tells, posts, edges="T>ask, ask[approved]>work, work>quiet, quiet>end")
    point = points(found)["mail"]
    assert point.text.startswith('No mail server is set: "Ask for approval" and "Pack it" reach nobody by mail.')
    assert point.part == "ask"
    assert "mail" not in points(found, mails=True)
    assert "mail" not in points(flow(task("mail")))
    alone = points(flow(task("mail"), settings={"alert_to": ("ops@harbor.example",)}))["mail"]
    assert "the mail about a failed run reaches nobody" in alone.text


def test_an_example_is_no_test_case():
    assert not points(flow(tests=[{"name": "Example", "sample": {"trigger": {"a": 1}}}]))["case"].done
