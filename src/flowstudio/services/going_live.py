"""What is worth a look before a workflow works unattended: each point with how it stands, found from facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flowstudio.domain.states import WorkflowStatus
from flowstudio.domain.workflow import ERROR
from flowstudio.kit.uses import settings_map
from flowstudio.kit.words import capital, counted, listed
from flowstudio.services.mailing import MAIL, NO_SERVER, WAY_OUT, parts_that_mail
from flowstudio.services.template_needs import OPTIONAL, SERVICES, is_connected, services_used
from flowstudio.services.test_cases import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from flowstudio.domain.workflow import Node, Workflow
    from flowstudio.kit import Registry
    from flowstudio.services.ports import StoredWorkflow, WorkflowRow

Topic = Literal["told", "case", "limits", "failures", "connections", "mail", "start"]
MOST_NAMED = 3
_CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True)
class LivePoint:
    """One thing to look at."""

    topic: Topic
    done: bool
    text: str
    """How it stands, in a sentence."""
    deed: str
    """What a button says that leads there."""
    part: str | None = None
    """The step or trigger that it is about."""
    setting: str | None = None
    """The setting of the workflow that it is about."""
    at: datetime | None = None
    """The moment that the sentence ends with."""


def live_points(
    stored: StoredWorkflow,
    row: WorkflowRow,
    workflow: Workflow,
    registry: Registry,
    secret_of: Callable[[str], str | None],
    *,
    mails: bool,
) -> tuple[LivePoint, ...]:
    """Return the points of a published workflow; `secret_of` looks connections up by name, `mails`: mail can leave."""
    return (
        _told(workflow),
        _case(workflow),
        _limits(workflow),
        _failures(workflow, registry),
        _connections(workflow, registry, secret_of),
        *(() if mails else _mail(workflow, registry)),
        _start(stored, row, workflow),
    )


def _told(workflow: Workflow) -> LivePoint:
    people = workflow.settings.alert_to or ()
    if people:
        text = f"{listed(list(people))} {'hears' if len(people) == 1 else 'hear'} of a failed run by mail."
    else:
        text = "Nobody gets a mail when a run fails."
    return LivePoint("told", bool(people), text, "Say who is told", setting="alert_to")


def _case(workflow: Workflow) -> LivePoint:
    cases = [one for one in workflow.tests if one.get("name") != EXAMPLE]
    text = (
        f"{capital(counted(len(cases), 'test case is', 'test cases are'))} run before each publishing."
        if cases
        else "No test case is kept that says what has to come out."
    )
    return LivePoint("case", bool(cases), text, "Make a test run")


def _limits(workflow: Workflow) -> LivePoint:
    runs, sent = workflow.settings.max_runs_per_hour, workflow.settings.max_sent_per_hour
    told = [f"{runs:,} runs start an hour at most"] if runs else []
    told += [f"it is switched off beyond {sent:,} messages and calls an hour"] if sent else []
    text = capital(f"{' and '.join(told)}.") if told else "Nothing limits how much it does in an hour."
    return LivePoint("limits", bool(told), text, "Set a limit", setting="max_sent_per_hour")


def _failures(workflow: Workflow, registry: Registry) -> LivePoint:
    caught = {edge.source for edge in workflow.edges if edge.way == ERROR}
    sending = [node for node in workflow.nodes if getattr(registry.find(node.key), "effect", "") == "sends"]
    bare = [node for node in sending if not node.disabled and not _handled(node, caught)]
    if not sending:
        text = "No step sends anything."
    elif not bare:
        text = "Every step that sends says what happens when it fails."
    else:
        stops = "stops" if len(bare) == 1 else "stop"
        text = f"{capital(_names(bare, registry))} {stops} the run at the first failure."
    first = bare[0].id if bare else None
    return LivePoint("failures", not bare, text, "Say what happens then", part=first)


def _handled(node: Node, caught: set[str]) -> bool:
    return (
        node.retry is not None or node.fallback is not None or node.on_error not in (None, "stop") or node.id in caught
    )


def _connections(workflow: Workflow, registry: Registry, secret_of: Callable[[str], str | None]) -> LivePoint:
    used = [one for one in services_used(workflow) if one not in OPTIONAL and one != MAIL]
    missing = [SERVICES[one][0] for one in used if not is_connected(one, secret_of)]
    for node in workflow.nodes:
        found = registry.find(node.key)
        for key, setting in (settings_map(found) if found is not None else {}).items():
            name = node.config.get(key)
            if setting.widget == _CREDENTIAL and isinstance(name, str) and name and not secret_of(name):
                missing.append(name)
    missing = list(dict.fromkeys(missing))
    if missing:
        text = f"Not connected yet: {listed(missing)}."
    else:
        text = "All that it uses is connected."
    return LivePoint("connections", not missing, text, "Open connections")


def _mail(workflow: Workflow, registry: Registry) -> tuple[LivePoint, ...]:
    """Say which steps mail or ask in vain while no mail server is set; nothing where none does."""
    found = parts_that_mail(workflow)
    if not found and not workflow.settings.alert_to:
        return ()
    whom = _names(found, registry, "steps") if found else "the mail about a failed run"
    text = f"{NO_SERVER}: {whom} {'reach' if len(found) > 1 else 'reaches'} nobody by mail. {WAY_OUT}"
    return (LivePoint("mail", False, text, "Open connections", part=found[0].id if found else None),)


def _start(stored: StoredWorkflow, row: WorkflowRow, workflow: Workflow) -> LivePoint:
    on = stored.status is WorkflowStatus.ACTIVE
    first = workflow.triggers[0].id if workflow.triggers else None
    if not on:
        return LivePoint("start", False, "It is switched off: nothing starts it yet.", "Switch it on")
    if row.next_run is not None:
        return LivePoint("start", True, "It is on and starts next", "See what starts it", part=first, at=row.next_run)
    return LivePoint("start", True, "It is on and starts when something happens.", "See what starts it", part=first)


def _names(nodes: Sequence[Node], registry: Registry, many: str = "steps that send") -> str:
    if len(nodes) > MOST_NAMED:
        return f"{len(nodes)} {many}"
    return listed([f'"{registry.name_of(node)}"' for node in nodes])
