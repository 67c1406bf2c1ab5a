"""Settings with {{ }}: what they become."""

import json
from pathlib import Path

import pytest

from flowstudio.errors import BadSyntax, UnknownVariable, WrongType
from flowstudio.expressions import compile_expression, compile_template

TEXTS = json.loads((Path(__file__).parent / "data" / "catalogue_texts.json").read_text("utf-8"))
INVOICE = {
    "number": "INV-1",
    "amount": 4800.0,
    "paid": False,
    "lines": [{"sku": "A", "n": 2}, {"sku": "B", "n": 3}],
    "note": None,
}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("{{invoice.amount}}", 4800.0),
        ("{{ invoice.lines }}", INVOICE["lines"]),
        ("  {{ invoice.paid }}\n", False),
        ("{{invoice.note}}", None),
        ("Total {{invoice.amount}}", "Total 4800"),
        ("{{invoice.number}}{{invoice.paid}}", "INV-1false"),
        ("[{{invoice.note}}]", "[]"),
        ("{{names(invoice.lines, 'sku')}}!", "A, B!"),
        ("no expression", "no expression"),
        ({"a": ["{{invoice.number}}", 3], "{{b}}": "x"}, {"a": ["INV-1", 3], "{{b}}": "x"}),
        ("{{ '{{' }} stays", "{{ stays"),
        ('{{ "it\'s }}" }}.', "it's }}."),
        (17, 17),
        (None, None),
    ],
)
def test_fills_in(render, setting, value):
    assert render(setting, invoice=INVOICE) == value


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (4800.0, "4800"), (84.125, "84.12"), (0.1, "0.1"), (12.50, "12.5"), (-0.001, "0"), (True, "true"), (False, "false"),
        (None, ""), ([1, 2.5, "x"], "1, 2.5, x"), ({"a": 1, "$entity": "t"}, '{"a": 1}'), ([{"a": None}], '{"a": null}'),
        (1e21, "1000000000000000000000"), ("ä{{x}}", "ä{{x}}"),
    ],
)  # fmt: skip
def test_prints_values_for_readers(render, value, printed):
    assert render("<{{v}}>", v=value) == f"<{printed}>"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 / 4", 2.5), ("10 / 5", 2), ("7 % 3", 1), ("-n", -5), ("0.1 + 0.2", 0.3),
        ("n > 3 and not (n == 4)", True), ("n < 3 or n == 5", True), ("n in [1, 5]", True), ("n not in [1, 5]", False),
        ("'b' in 'abc'", True), ("tier in 'gold,platinum'", True), ("'old' in 'gold,platinum'", False),
        ("'a' + 'b'", "ab"), ("'n' + n", "n5"), ("[1] + [2]", [1, 2]), ("items[0].title", "one"), ("items[-1].title", "two"),
        ("items[9].title", None), ("items[0]['title']", "one"), ("items[n - 4].title", "two"), ("gone.a.b", None),
        ("n.a.b", None), ("gone + 1", None), ("gone * 2 - 1", None), ("n / 0", None), ("gone > 1", False), ("gone == gone", False),
        ("gone != 1", False), ("not gone", True), ("'10' == 10", True), ("'Sent' == 'sent'", True), ("true == 'true'", True),
        ("n * 2 | money", "10.00"), ("gone | default(3) + 1", 4), ("tier | upper | lower", "gold"), ("null", None),
        ("iif(n > 3, 'hi', gone.x / 0)", "hi"), ("'2026-03-01' < '2026-03-02T08:00'", True), ("n\n+ 1", 6), ("1 <> 2", True),
    ],
)  # fmt: skip
def test_evaluates(given, source, value):
    names = given(n=5, tier="gold", gone=None, items=[{"title": "one"}, {"title": "two"}])
    assert compile_expression(source).evaluate(names) == value
    assert type(compile_expression(source).evaluate(names)) is type(value)


def test_time_is_known_without_being_given(render):
    assert render("{{now}}") == "2026-03-02T09:00:00"
    assert render("{{today}}") == render("{{time.today}}") == "2026-03-02"
    assert render("{{add_days(today,1)}} 14:00") == "2026-03-03 14:00"


def test_a_name_of_the_run_wins_over_the_time(render):
    assert render("{{today}}", today="mine") == "mine"


def test_an_unknown_name_lists_the_names_there_are(render):
    with pytest.raises(UnknownVariable) as caught:
        render("{{invioce.number}}", invoice=INVOICE, customer={})
    assert caught.value.known == ("customer", "invoice")


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("1 +", 3), ("a b", 2), ("a = b", 2), ("a && b", 2), ("(a", 2), ("a.", 2), ("'open", 0), ("nothing(a)", 0),
        ("round()", 0), ("a < b < c", 6), ("lower(a", 7), ("", 0), ("a ? b : c", 2), ("{a}", 0), ("a | ", 4), ("filter(a, b)", 0),
        ("12abc", 0), ("a.b()", 3), ("[1, 2", 5),
    ],
)  # fmt: skip
def test_refuses_what_it_cannot_read_and_says_where(source, position):
    with pytest.raises(BadSyntax) as caught:
        compile_expression(source)
    assert caught.value.position == position
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize("text", ["{{", "{{ }}", "{{a}", "x {{ a", "{{ a }} {{ b c }}", "{% for x in y %}{% endfor %}"])
def test_refuses_texts_it_cannot_read(text):
    with pytest.raises(BadSyntax):
        compile_template(text)


@pytest.mark.parametrize(
    "source", ["n * 'x'", "tier - 1", "items * 2", "-tier", "count(n)", "days_since('soon')", "n + items"]
)
def test_says_what_is_of_the_wrong_kind(given, source):
    with pytest.raises(WrongType) as caught:
        compile_expression(source).evaluate(given(n=5, tier="gold", items=[1]))
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize("text", TEXTS["expressions_and_texts"])
def test_reads_every_expression_of_the_catalogue(text):
    if "{{" in text:
        compile_template(text)
    else:
        compile_expression(text)


def test_compiled_texts_are_kept():
    assert compile_template("Hi {{kept.name}}") is compile_template("Hi {{kept.name}}")


def test_each_filled_setting_is_its_own_copy(render):
    setting = {"to": ["a"], "n": {"x": 1}}
    first = render(setting)
    first["to"].append("b")
    assert render(setting) == {"to": ["a"], "n": {"x": 1}}
