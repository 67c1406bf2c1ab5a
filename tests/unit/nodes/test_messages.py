"""Actions that tell people something."""

from __future__ import annotations

import pytest

from flowstudio.domain.json import JsonObject
from flowstudio.errors import OutcomeUnknown, Refused, Unreachable
from flowstudio.kit.ports import MailMessage
from tests.support.steps import TEXTS, do


class MoodyMail:
    """Takes mail, but not to some."""

    def __init__(self, **moods: Exception) -> None:
        self.moods = moods
        self.sent: list[MailMessage] = []

    async def send(self, message: MailMessage) -> JsonObject:
        name = message.to.split("@")[0]
        if name in self.moods:
            raise self.moods[name]
        self.sent.append(message)
        return {"message_id": message.message_id, "status": "sent"}


async def test_a_message_text_is_filled_in() -> None:
    done = await do(
        "send_email",
        {
            "to": "ap@acme-robotics.example",
            "template": "invoice_reminder",
            "variables": {"invoice_number": "INV-1042", "amount": 4800, "due_date": "2026-02-11"},
        },
    )
    mail = done.mail.sent[0]
    assert mail.subject == "Invoice INV-1042 is overdue"
    assert "invoice **INV-1042** over **4,800.00 EUR** was due on **11.02.2026**" in mail.text
    assert "<strong>INV-1042</strong>" in mail.html
    assert "Brightline Productions" in mail.text
    assert done.output["status"] == "sent"
    assert done.output["message_id"] == mail.message_id


async def test_a_preview_is_the_mail_that_is_sent() -> None:
    config = {"to": "a@x.example, b@x.example", "subject": "Hello {{1 + 1}}", "body": "**Now**"}
    done = await do("send_email", config)
    shown = [effect for effect in done.result["effects"] if effect["kind"] == "message"]
    sent = [(mail.to, mail.subject, mail.text, mail.html) for mail in done.mail.sent]
    assert [(one["to"], one["subject"], one["body"], one["html"]) for one in shown] == sent
    assert [mail.to for mail in done.mail.sent] == ["a@x.example", "b@x.example"]


async def test_what_stands_in_data_is_neither_filled_in_nor_markup() -> None:
    name = "{{settings.company_name}} <script>alert(1)</script> **bold** [x](javascript:alert(1))"
    done = await do(
        "send_email",
        {
            "to": "a@x.example",
            "template": "welcome_customer",
            "variables": {"customer_name": "{{name}}", "owner_name": "L"},
        },
        trigger={"name": name},
    )
    mail = done.mail.sent[0]
    assert f"Hello {name}," in mail.text
    assert "<script" not in mail.html
    assert "href" not in mail.html
    assert "<strong>bold" not in mail.html
    assert "{{settings.company_name}}" in mail.html


async def test_a_body_keeps_no_script() -> None:
    done = await do("send_email", {"to": "a@x.example", "subject": "S", "body": "<img onerror=x src=y> [a](data:x)"})
    html = done.mail.sent[0].html
    assert "<img" not in html
    assert "data:" not in html.replace("[a](data:x)", "")


@pytest.mark.parametrize(
    ("to", "addresses"),
    [
        ("emp_002", ["leo.brandt@brightline.example"]),
        (["emp_002", "x@y.example", "emp_002"], ["leo.brandt@brightline.example", "x@y.example"]),
        ("a@x.example; b@x.example", ["a@x.example", "b@x.example"]),
        ("Ann Lee <ann@x.example>", ["Ann Lee <ann@x.example>"]),
    ],
)
async def test_recipients_are_found(to: object, addresses: list[str]) -> None:
    done = await do("send_email", {"to": to, "subject": "S"})
    assert [mail.to for mail in done.mail.sent] == addresses


async def test_a_team_and_everyone_are_the_active_people() -> None:
    team = await do("send_email", {"to": "sales", "subject": "S"})
    everyone = await do("send_email", {"to": "everyone", "subject": "S"})
    assert "leo.brandt@brightline.example" in [mail.to for mail in team.mail.sent]
    assert len(everyone.mail.sent) > len(team.mail.sent) > 1


@pytest.mark.parametrize("to", [None, "", [], "nobody_of_that_name", "a@", "a b@x.example"])
async def test_a_recipient_that_leads_to_nobody_is_a_fault_of_the_setting(to: object) -> None:
    done = await do("send_email", {"to": to, "subject": "S"})
    assert done.error["code"] == "config_rejected"
    assert done.mail.sent == []


@pytest.mark.parametrize("place", ["to", "subject", "from_name", "reply_to"])
async def test_a_line_break_in_a_header_is_refused_before_sending(place: str) -> None:
    config = {"to": "a@x.example", "subject": "S", place: "{{bad}}"}
    done = await do("send_email", config, trigger={"bad": "a@x.example\r\nBcc: b@x.example"})
    assert done.error["code"] == "config_rejected"
    assert done.mail.sent == []


async def test_the_log_has_a_row_per_mail_and_the_effects_do_not() -> None:
    done = await do("send_email", {"to": "a@x.example,b@x.example", "subject": "S"})
    assert done.result["created"] == []
    assert len(done.result["messages"]) == 2


async def test_the_same_attempt_gives_the_same_message_id() -> None:
    done = await do("send_email", {"to": "a@x.example, b@x.example", "subject": "S"})
    first, second = (mail.message_id for mail in done.mail.sent)
    assert first != second
    assert first.endswith("@app.brightline.example>")


async def test_when_nothing_has_left_the_step_may_be_tried_again() -> None:
    done = await do("send_email", {"to": "a@x.example,b@x.example", "subject": "S"}, mail=MoodyMail(a=Unreachable()))
    assert done.error["code"] == "unreachable"
    assert done.mail.sent == []


async def test_when_some_mails_have_left_the_step_is_not_tried_again() -> None:
    mail = MoodyMail(b=Unreachable("The server is busy."))
    done = await do("send_email", {"to": "a@x.example,b@x.example,c@x.example", "subject": "S"}, mail=mail)
    assert done.error["code"] == "refused"
    assert "2 mails of 3 left. Not sent to b@x.example" in done.error["message"]
    assert [one.to for one in mail.sent] == ["a@x.example", "c@x.example"]
    assert [one["to"] for one in done.result["messages"]] == ["a@x.example", "c@x.example"]


async def test_an_unknown_outcome_among_several_stays_unknown() -> None:
    done = await do(
        "send_email", {"to": "a@x.example,b@x.example", "subject": "S"}, mail=MoodyMail(a=Refused(), b=OutcomeUnknown())
    )
    assert done.result["steps"][0]["status"] in ("in_doubt", "failed")
    assert "b@x.example" in done.error["message"]


async def test_a_document_goes_with_the_mail() -> None:
    from tests.support.steps import run_nodes

    done = await run_nodes(
        [
            {
                "id": "d",
                "type": "action",
                "action": "generate_document",
                "outputs": ["document"],
                "config": {
                    "template": "receipt",
                    "title": "Receipt INV-7",
                    "variables": {"amount": 12, "reason": "rent"},
                },
            },
            {
                "id": "m",
                "type": "action",
                "action": "send_email",
                "config": {"to": "a@x.example", "subject": "S", "attachments": ["{{document}}"]},
            },
        ]
    )
    assert done.result["messages"][0]["attachments"] == ["Receipt INV-7"]
    created = done.result["created"][0]
    assert created["url"] == "https://app.brightline.example/documents/documents_test_1"
    assert done.mail.sent[0].attachments[0]["id"] == "documents_test_1"


async def test_an_invitation_can_be_taken_into_a_calendar() -> None:
    import base64

    done = await do(
        "send_calendar_invite",
        {"to": "a@x.example, b@x.example", "title": "Kickoff", "at": "2026-03-05 10:00", "location": "Room 4"},
    )
    assert done.result["messages"] == [
        {"channel": "calendar", "to": "a@x.example", "text": "Kickoff @ 2026-03-05 10:00"},
        {"channel": "calendar", "to": "b@x.example", "text": "Kickoff @ 2026-03-05 10:00"},
    ]
    invite = base64.b64decode(done.mail.sent[0].attachments[0]["content"]).decode()
    assert "DTSTART;TZID=Europe/Berlin:20260305T100000" in invite
    assert "METHOD:REQUEST" in invite
    assert "LOCATION:Room 4" in invite


@pytest.mark.parametrize(
    ("action", "config", "message"),
    [
        ("send_sms", {"to": "+49 30 5550 1003", "text": "Hi"}, ("sms", "+49 30 5550 1003", "Hi")),
        ("send_sms", {"to": "emp_002", "text": "Hi"}, ("sms", "+49 30 5550 1002", "Hi")),
        ("send_slack_message", {"channel": "#sales", "text": "Hi"}, ("slack", "#sales", "Hi")),
        ("send_push_notification", {"to": "emp_002", "text": "Hi"}, ("push", "leo.brandt@brightline.example", "Hi")),
        ("create_in_app_notification", {"to": "everyone", "text": "Hi"}, ("in_app", "everyone", "Hi")),
        ("notify_team", {"team": "sales", "text": "Hi"}, ("team", "sales", "Hi")),
        ("send_notification", {"channel": "email", "to": "a@x.example", "text": "Hi"}, ("email", "a@x.example", "Hi")),
        ("send_notification", {"channel": "sms", "to": "+4930555010", "text": "Hi"}, ("sms", "+4930555010", "Hi")),
        ("send_notification", {"channel": "push", "to": "a@x.example", "text": "Hi"}, ("push", "a@x.example", "Hi")),
        ("send_notification", {"channel": "slack", "to": "#a", "text": "Hi"}, ("slack", "#a", "Hi")),
        (
            "send_notification",
            {"channel": "in_app", "to": "a@x.example", "text": "Hi"},
            ("in_app", "a@x.example", "Hi"),
        ),
    ],
)
async def test_a_message_leaves_on_its_channel(action: str, config: JsonObject, message: tuple[str, str, str]) -> None:
    done = await do(action, config)
    assert done.result["status"] == "completed", done.result["steps"]
    assert [(one["channel"], one["to"], one["text"]) for one in done.result["messages"]] == [message]
    assert done.result["created"] == []


async def test_a_team_with_a_channel_is_told_there() -> None:
    done = await do("notify_team", {"team": "sales", "text": "Hi"}, settings={"team_channels": {"sales": "#sales"}})
    assert b'"channel":"#sales"' in (done.http.requests[0].body or b"")


@pytest.mark.parametrize("to", ["call me", "", "12"])
async def test_what_is_no_phone_number_is_refused(to: str) -> None:
    assert (await do("send_sms", {"to": to, "text": "Hi"})).error["code"] == "config_rejected"


async def test_a_draft_without_a_model_is_the_brief() -> None:
    done = await do(
        "draft_communication", {"to": "a@x.example", "platform": "email", "tone": "warm", "brief": "Say sorry"}
    )
    assert done.output["preview"] == "Say sorry"
    assert done.result["created"][0]["status"] == "pending_review"
    assert done.http.requests == []


async def test_every_message_text_can_be_filled_in_without_values() -> None:
    for text in TEXTS.all():
        if text.channel == "email":
            done = await do("send_email", {"to": "a@x.example", "template": text.name})
            assert done.result["status"] == "completed", (text.name, done.result["steps"])
            assert "{{" not in done.mail.sent[0].text
        elif text.channel == "document":
            done = await do("generate_document", {"template": text.name, "title": "T"})
            assert done.result["status"] == "completed", (text.name, done.result["steps"])
