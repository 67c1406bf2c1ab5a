"""What people read: short words in capitals everywhere, fields of records, choices and short lists in words."""

import pytest

from flowstudio.expressions import path_words
from flowstudio.kit.record_values import field_of
from flowstudio.kit.words import capital, human, singular, spaced
from flowstudio.ui.components.steps import chosen_words
from flowstudio.ui.components.words import printed
from tests.support.workflows import registry


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("hr_email", "HR email"), ("pmo_email", "PMO email"), ("rfqs", "RFQs"), ("open_kpis", "Open KPIs"),
        ("slas", "SLAs"), ("base_url", "Base URL"), ("reminder_count", "Reminder count"), ("hrsomething", "Hrsomething"),
    ],
)  # fmt: skip
def test_short_words_are_written_the_same_everywhere(name, read):
    assert human(name) == capital(spaced(name)) == read


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("settings.hr_email", "HR email"), ("invoice.customer.vat_id", "customer VAT"), ("steps.made.url", "made URL"),
        ("order.id", "order"), ("id", "ID"), ("lead.email", "email"),
    ],
)  # fmt: skip
def test_a_path_is_said_with_the_same_capitals(path, read):
    assert path_words(path) == read


def test_a_name_that_a_person_wrote_stays_as_it_is():
    assert spaced("Your e-mail") == "Your e-mail"
    assert capital(spaced("amount in USD (net)")) == "Amount in USD (net)"


def test_one_of_several_keeps_its_capitals():
    assert singular("rfqs") == "RFQ"
    assert singular("expense_reports") == "expense report"


def test_a_field_is_named_as_people_read_it():
    assert field_of("expense_reports", "receipts_attached") == '"Receipts attached" of expense reports'


def test_what_was_chosen_is_said_in_words():
    ask = registry().find("approval").settings()
    assert chosen_words(ask, {"mode": "any", "on_timeout": "reject", "subject": "any"}) == {
        "mode": "Any", "on_timeout": "Reject",
    }  # fmt: skip
    create = registry().find("action.create_record").settings()
    assert chosen_words(create, {"entity": "expense_reports"}) == {"entity": "Expense reports"}


def test_short_lists_of_texts_are_said_and_others_counted():
    assert printed(["ann@x.example"]) == "ann@x.example"
    assert printed(["a", "b", "c"]) == "a, b and c"
    assert printed(["a", "b", "c", "d", "e"]) == "5 items"
    assert printed([1]) == "1 item"
