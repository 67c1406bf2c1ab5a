"""What a yes releases at once."""

from __future__ import annotations

from typing import Any

from flowstudio.analysis.what_follows import MOST, what_follows
from tests.support.documents import act, drawn
from tests.support.engine import registry, workflow_of

ASK = {"id": "a", "type": "approval", "config": {"subject": "Pay?", "approvers": ["boss@example.com"]}}


def mail(id_: str, **more: Any) -> dict[str, Any]:
    return {**act(id_, "send_email", {"to": "x@example.com", "subject": "s", "body": "b"}), "name": id_, **more}


def names(text: str, *nodes: dict[str, Any], of: str = "a") -> list[str]:
    return [one.name for one in what_follows(workflow_of(drawn(text, *nodes)), of, registry())]


def test_what_writes_or_sends_is_named_up_to_what_waits_or_decides() -> None:
    wait = {"id": "d", "type": "delay", "config": {"for": "1 day"}}
    read = act("r", "query_records", {"entity": "invoices"})
    assert names("T>a,a[approved]>m,m>r,r>n,n>d,d>o", ASK, mail("m"), read, mail("n"), wait, mail("o")) == ["m", "n"]


def test_another_way_and_what_a_rule_may_leave_out_are_not_named() -> None:
    rule = {"field": "{{1}}", "operator": "equals", "value": 1}
    assert names("T>a,a[approved]>m,a[rejected]>n,m>o", ASK, mail("m", run_if=rule), mail("n"), mail("o")) == ["o"]


def test_a_step_that_needs_leave_is_what_it_releases_itself() -> None:
    assert names("T>m,m>n", mail("m", requires_approval=True), mail("n"), of="m") == ["m", "n"]


def test_only_the_first_are_named_and_nothing_of_a_step_that_is_gone() -> None:
    chain = [mail(f"m{n}") for n in range(9)]
    text = "T>a,a[approved]>m0," + ",".join(f"m{n}>m{n + 1}" for n in range(8))
    assert names(text, ASK, *chain) == [f"m{n}" for n in range(MOST)]
    assert names(text, ASK, *chain, of="gone") == []
