"""The rules of records: defaults, kinds of values, computed fields, ids."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from flowstudio.domain.record import FieldSpec
from flowstudio.errors import ConfigRejected, NotFound
from flowstudio.kit.computed_fields import formula
from flowstudio.kit.record_events import raised_by
from flowstudio.kit.record_rules import RecordIds, as_record, changed_fields, new_row, references, stored_row
from flowstudio.kit.record_types import shipped_record_types
from flowstudio.kit.record_values import coerce, moment

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
TYPES = shipped_record_types()


def fit(kind, value, **more):
    return coerce("things", "field", FieldSpec(type=kind, **more), value, moment(NOW, BERLIN))


def test_new_row_takes_defaults_and_keeps_the_order_of_the_type():
    row = new_row(TYPES["tickets"], {"subject": "Help", "customer_id": "cust_001"}, "tickets_test_1", NOW, BERLIN)
    assert row["id"] == "tickets_test_1"
    assert row["status"] == TYPES["tickets"].fields["status"].default
    assert list(row) == [name for name in TYPES["tickets"].fields if name in row]


def test_every_shipped_row_passes_its_own_rules():
    for record_type in TYPES.values():
        for row in record_type.sample_rows:
            stored = new_row(record_type, row, row["id"], NOW, BERLIN)
            assert {name: stored.get(name) for name in row} == row


def test_a_required_field_without_a_value_is_named():
    with pytest.raises(ConfigRejected) as caught:
        new_row(TYPES["customers"], {"name": "Acme", "owner_id": "emp_001"}, "c", NOW, BERLIN)
    assert caught.value.setting == "email"
    assert "customers" in caught.value.message


def test_an_unknown_field_is_refused_with_the_nearest_name():
    with pytest.raises(ConfigRejected) as caught:
        changed_fields(TYPES["invoices"], {"amonut": 3}, NOW, BERLIN)
    assert '"amount"' in caught.value.hint


def test_a_required_field_cannot_be_emptied():
    with pytest.raises(ConfigRejected, match='"Amount" of invoices'):
        changed_fields(TYPES["invoices"], {"amount": None}, NOW, BERLIN)


def test_computed_and_own_keys_are_not_written():
    fields = {"days_overdue": 5, "$revision": 3, "id": "other", "reminder_count": "2"}
    assert changed_fields(TYPES["invoices"], fields, NOW, BERLIN) == {"reminder_count": 2}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("number", "4800", 4800),
        ("number", "0.5", 0.5),
        ("integer", 3.0, 3),
        ("boolean", "Yes", True),
        ("boolean", False, False),
        ("text", 12.50, "12.5"),
        ("text", True, "true"),
        ("date", "2026-03-02T23:30:00Z", "2026-03-03"),
        ("date", "today", "2026-03-02"),
        ("date", "", None),
        ("datetime", "2026-03-02T08:00:00Z", "2026-03-02T09:00:00"),
        ("datetime", "2026-03-02 07:00", "2026-03-02 07:00"),
        ("datetime", "2026-03-13", "2026-03-13"),
        ("reference", {"id": "cust_001", "$entity": "customers"}, "cust_001"),
        ("list", "a, b", ["a", "b"]),
        ("email", " a@b.example ", "a@b.example"),
        ("unheard_of", 5, "5"),
        ("number", None, None),
    ],
)
def test_values_are_brought_into_their_type(kind, value, expected):
    assert fit(kind, value) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "many"),
        ("number", True),
        ("number", float("nan")),
        ("number", float("inf")),
        ("integer", 2.5),
        ("boolean", "perhaps"),
        ("date", "02.03.2026"),
        ("date", "2026-02-30"),
        ("datetime", 20260302),
        ("email", "nobody"),
        ("email", "a@b.example, c@d.example"),
        ("object", "x"),
        ("list", 3),
        ("reference", ["x"]),
    ],
)
def test_values_that_do_not_fit_are_refused_by_name(kind, value):
    with pytest.raises(ConfigRejected) as caught:
        fit(kind, value)
    assert '"Field" of things' in caught.value.message
    assert caught.value.setting == "field"


def test_a_closed_list_ignores_case_and_names_its_choices():
    assert fit("enum", "SENT", enum=("draft", "sent")) == "sent"
    with pytest.raises(ConfigRejected) as caught:
        fit("enum", "gone", enum=("draft", "sent"))
    assert "draft, sent" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        (
            "max(0, days_since(due_date)), 0 when status is paid or void",
            {"due_date": "2026-02-11", "status": "sent"},
            19,
        ),
        (
            "max(0, days_since(due_date)), 0 when status is paid or void",
            {"due_date": "2026-02-11", "status": "void"},
            0,
        ),
        (
            "max(0, days_since(due_date)), 0 when status is paid or void",
            {"due_date": "2026-04-11", "status": "sent"},
            0,
        ),
        ("max(0, days_since(d)), 0 when s is done, cancelled or closed", {"d": "2026-01-01", "s": "closed"}, 0),
        ("max(0, days_since(d)), 0 when s is done, cancelled or closed", {"s": "open"}, 0),
        ("round(spend / leads, 2), missing without leads", {"spend": 10, "leads": 3}, 3.33),
        ("round(spend / leads, 2), missing without leads", {"spend": 10, "leads": 0}, None),
        ("round(100 * (spent + committed) / amount, 1)", {"spent": 38000, "committed": 6000, "amount": 50000}, 88),
        ("round(100 * spent / budget, 1)", {"spent": 5, "budget": 0}, None),
        ("format_date(hire_date, 'MM-DD')", {"hire_date": "2021-03-02"}, "03-02"),
        ("format_date(hire_date, 'MM-DD')", {}, None),
    ],
)
def test_formulas_are_computed_or_missing(text, row, expected):
    assert formula(text)(row, moment(NOW, BERLIN)) == expected


def test_a_record_is_computed_anew_and_stored_without_what_is_ours():
    shown = as_record(TYPES["invoices"], {"id": "i", "status": "sent", "due_date": "2026-02-11"}, 4, NOW, BERLIN)
    assert (shown["days_overdue"], shown["$entity"], shown["$revision"]) == (19, "invoices", 4)
    paid = as_record(TYPES["invoices"], {**shown, "status": "paid"}, 5, NOW, BERLIN)
    assert paid["days_overdue"] == 0
    assert stored_row(TYPES["invoices"], paid) == {"id": "i", "status": "paid", "due_date": "2026-02-11"}


def test_ids_count_in_test_runs_and_sort_by_time_otherwise():
    ids = RecordIds(test=True)
    assert [ids.next("tasks"), ids.next("leads"), ids.next("tasks")] == ["tasks_test_1", "leads_test_1", "tasks_test_2"]
    real = [RecordIds().next("tasks") for _ in range(3)]
    assert all(one.startswith("tasks_") for one in real)
    assert len(set(real)) == 3


def test_types_are_found_by_alias_and_a_missing_one_names_its_neighbours():
    assert TYPES.find("clients").name == "customers"
    with pytest.raises(NotFound) as caught:
        TYPES.find("invoice")
    assert "invoices" in caught.value.hint


def test_references_lead_to_their_types():
    assert references(TYPES["invoices"])["customer_id"] == "customers"


@pytest.mark.parametrize(
    ("entity", "before", "after", "expected"),
    [
        ("customers", None, {"id": "c"}, ["customer.created"]),
        ("invoices", {"status": "draft"}, {"status": "sent"}, ["invoice.sent"]),
        ("invoices", {"status": "sent"}, {"status": "sent"}, []),
        ("invoices", None, {"status": "sent"}, ["invoice.created"]),
        ("employees", {"last_day": None}, {"last_day": "2026-03-31"}, ["employee.terminated"]),
        ("tickets", {"priority": "low"}, {"priority": "urgent"}, ["ticket.escalated"]),
        ("tickets", {"priority": "urgent"}, {"priority": "low"}, []),
        ("projects", {"status": "planning"}, {"status": "in_progress"}, ["project.status_changed"]),
        ("invoices", {"status": "draft"}, None, []),
    ],
)
def test_changes_raise_their_events(entity, before, after, expected):
    assert [rule.event for rule in raised_by(TYPES[entity], before, after)] == expected
