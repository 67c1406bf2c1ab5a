"""What evaluation asks of a scope."""

from datetime import UTC, datetime

import pytest

from flowstudio.errors import UnknownVariable
from flowstudio.expressions import (
    DictScope,
    EvalContext,
    RecordNeeded,
    compile_condition,
    compile_expression,
    compile_template,
)


class Engine:
    """A scope as the engine has it: records come fresh by id, references are fetched when asked for."""

    def __init__(self, names, rows, changes=None):
        self.names, self.rows, self.changes, self.asked = names, rows, changes or {}, []

    def lookup(self, name):
        if name not in self.names:
            raise UnknownVariable(name, sorted(self.names))
        return self.names[name]

    def field(self, value, name, frozen):
        self.asked.append((value["id"], name, frozen))
        row = value if frozen else self.rows.get(value["id"], value)
        return row[name] if name in row else self.reference(row, name)

    def reference(self, value, name, frozen=False):
        reference = value.get(f"{name}_id")
        if reference is None:
            return None
        if reference not in self.rows:
            raise RecordNeeded("customers", reference)
        return self.rows[reference]

    def change(self, path):
        return self.changes.get(tuple(path))


INVOICE = {"$entity": "invoices", "id": "inv_1", "amount": 10, "customer_id": "cust_1"}


@pytest.fixture
def engine():
    return Engine(
        {"invoice": INVOICE, "trigger": {"invoice": INVOICE}, "plain": {"id": "x", "customer_id": "cust_1"}},
        {"inv_1": INVOICE | {"amount": 25}},
    )


def test_fields_of_records_come_from_the_scope_and_below_trigger_are_frozen(engine):
    ctx = EvalContext(engine, datetime.now(UTC))
    assert compile_expression("invoice.amount").evaluate(ctx) == 25
    assert compile_expression("trigger.invoice.amount").evaluate(ctx) == 10
    assert engine.asked == [("inv_1", "amount", False), ("inv_1", "amount", True)]
    assert compile_expression("total([invoice], 'amount')").evaluate(ctx) == 25


def test_a_needed_record_is_asked_for_and_the_evaluation_repeated(engine):
    ctx = EvalContext(engine, datetime.now(UTC))
    template = compile_template({"to": "{{invoice.customer.email}}", "n": "{{invoice.amount}}"})
    with pytest.raises(RecordNeeded) as needed:
        template.render(ctx)
    assert (needed.value.entity, needed.value.record_id) == ("customers", "cust_1")
    engine.rows["cust_1"] = {"$entity": "customers", "id": "cust_1", "email": "a@b.example"}
    assert template.render(ctx) == {"to": "a@b.example", "n": 25}


def test_plain_objects_never_ask_and_have_no_references(engine):
    assert compile_expression("plain.customer").evaluate(EvalContext(engine)) is None
    assert engine.asked == []


def test_our_own_keys_are_never_visible(engine):
    ctx = EvalContext(DictScope({"r": {"$entity": "x", "id": 1}, "k": "$entity"}))
    assert compile_expression("r[k]").evaluate(ctx) is None
    assert compile_template("<{{r}}>").render(ctx) == '<{"id": 1}>'


def test_changed_reads_the_triggering_change(engine):
    engine.changes = {("invoice", "amount"): {"old": 10, "new": 25}}
    ctx = EvalContext(engine)
    assert compile_condition("invoice.amount changed").test(ctx)
    assert compile_condition("invoice.amount changed_to 25").test(ctx)
    assert not compile_condition("invoice.amount changed_from 25").test(ctx)
    assert not compile_condition("plain.id changed").test(ctx)


def test_a_dict_scope_follows_references_it_was_given():
    ctx = EvalContext(DictScope({"invoice": INVOICE}, {"cust_1": {"$entity": "customers", "email": "a@b.example"}}))
    assert compile_expression("invoice.customer.email").evaluate(ctx) == "a@b.example"
    assert compile_expression("invoice.vendor.email").evaluate(ctx) is None


def test_filters_and_quantifiers_follow_references(engine):
    engine.rows["cust_1"] = {"$entity": "customers", "id": "cust_1", "tier": "gold"}
    engine.names["invoices"] = [INVOICE]
    ctx = EvalContext(engine)
    assert compile_expression("count(filter(invoices, 'customer.tier equals gold'))").evaluate(ctx) == 1
    assert compile_condition({"field": "invoices", "operator": "all", "value": {"customer.tier": "gold"}}).test(ctx)
