"""Attacks on the language: hostile texts are refused when they are written, bombs through data are stopped at once."""

import gc
import time
import tracemalloc
from datetime import UTC, datetime

import pytest

from flowstudio.errors import ExpressionError, TooExpensive
from flowstudio.expressions import (
    DictScope,
    EvalContext,
    compile_condition,
    compile_expression,
    compile_template,
    normalise,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

HOSTILE = [
    # walks through Python
    "{{ x.__class__ }}", "{{ x['__class__'] }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ x.__init__.__globals__ }}",
    "{{ x | attr('__class__') }}", "{{ x|attr('\\x5f\\x5fclass\\x5f\\x5f') }}", "{{ getattr(x, 'y') }}", "{{ self.__init__ }}",
    "{{ __import__('os').system('id') }}", "{{ eval('1') }}", "{{ open('/etc/passwd').read() }}", "{{ x.items() }}",
    "{{ ''.join(['a']) }}", "{{ config.items() }}", "{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{{ x['$entity'] }}",
    "{{ lambda: 1 }}", "{{ [y for y in x] }}", "{{ x.constructor.constructor('return process')() }}", "{{ (x := 1) }}",
    # numbers and texts without bounds
    "{{ 9 ** 9 ** 9 }}", "{{ 'a' * 1000000000 }}", "{{ 1000000000 * 'a' }}", "{{ '%1000000000d' % 1 }}", "{{ 'a'.center(1000000000) }}",
    "{{ 'a'.ljust(1000000000) }}", "{{ '{:1000000000}'.format(1) }}", "{{ f'{x:1000000000}' }}", "{{ 'a' | center(1000000000) }}",
    "{{ 'a' | indent(1000000000) }}", "{{ x | tojson(indent=1000000) }}", "{{ x | slice(1000000000) }}", "{{ range(1000000000) }}",
    "{{ lipsum(n=1000000) }}", "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "{{ 1e9999 }}",
    "{{ " + "9" * 5000 + " }}", "{{ x[0:1000000000] }}",
    # sources without bounds
    "{{ " + "(" * 500 + "x" + ")" * 500 + " }}", "{{ " + "not " * 5000 + "x }}", "{{ " + "-" * 5000 + "1 }}",
    "{{ x" + "|upper" * 3000 + " }}", "{{ " + "x+" * 15000 + "x }}", "{{x}}" * 10_001, "{{ " + "[" * 200 + "]" * 200 + " }}",
    "{{ " + "lower(" * 100 + "x" + ")" * 100 + " }}", "{{ filter(x, y) }}",
]  # fmt: skip


def least_seconds(deed):
    """The least processor time of three tries: other objects of the process may be collected during one of them."""

    def took():
        started = time.process_time()
        deed()
        return time.process_time() - started

    return min(took() for _ in range(3))


def run(text, **names):
    return compile_template(text).render(EvalContext(DictScope(names), NOW, UTC))


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:40] for text in HOSTILE])
def test_attack_1_and_2_hostile_texts_are_refused_when_written(text):
    def written():
        nonlocal caught
        with pytest.raises(ExpressionError) as caught:
            compile_template(text)

    caught = None
    assert least_seconds(written) < 0.5
    assert "Traceback" not in caught.value.message
    assert "<class" not in caught.value.message


@pytest.mark.parametrize("text", HOSTILE[:22], ids=[text[:40] for text in HOSTILE[:22]])
def test_attack_1_hostile_conditions_are_refused_when_written(text):
    with pytest.raises(ExpressionError):
        compile_condition({"field": text, "operator": "equals", "value": 1})
    with pytest.raises(ExpressionError):
        compile_condition({"field": "x", "operator": "equals", "value": text})


@pytest.mark.parametrize(
    "name", ["__class__", "__dict__", "keys", "items", "append", "format", "real", "upper", "$entity"]
)
def test_attack_2_nothing_of_python_is_visible_through_data(name):
    for value in ({"a": 1}, [1], "text", 5, 1.5, True, None, {"$entity": "t", "id": 1}):
        assert run("{{ v[n] }}", v=value, n=name) is None


BIG_TEXT = "a" * 5_000_000
BIG_LIST = list(range(200_000))
ROWS = [{"a": n, "t": "x" * 50} for n in range(50_000)]
DEEP: list[object] = []
for _ in range(900):
    DEEP = [DEEP]

BOMBS = [
    "{{ t | upper }}", "{{ t + t }}", "{{ t }}{{ t }}", "{{ replace(s, 'a', s) }}", "{{ join(l, s) }}", "<{{ l }}>", "<{{ rows }}>", "<{{ deep }}>",
    "{{ " + "+".join(["l"] * 200) + " }}", "{{ " + " or ".join(["count(filter(rows, 'a less_than 0'))"] * 100) + " }}",
    "{{ " + " or ".join(["t == u"] * 1500) + " }}", "{{ " + " or ".join(["contains(t, 'b')"] * 1000) + " }}",
    "{{ " + " + ".join(["count(group(rows))"] * 500) + " }}", "{{ " + " + ".join(["count(unique(l))"] * 500) + " }}",
    "{{ " + "*".join(["n"] * 4000) + " }}", "{{ json(rows) }}", "{{ split(s, 'a') | join(s) }}", "{{ sort(rows, 't') | sort('a') | sort('t') }}",
    "{{ [s, s, s, s, s, s, s, s, s, s, s] | join }}", "{{ pad | replace(' ', s) }}", "{{ deep | text }}", "{{ names(rows, 't') }}",
]  # fmt: skip


@pytest.fixture
def as_served():
    """The collector leaves alone what was there before, as in the server; else it counts what other tests hold."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("as_served")
@pytest.mark.parametrize("text", BOMBS, ids=[text[:40] for text in BOMBS])
def test_attack_3_bombs_through_data_are_stopped_within_a_second(text):
    names = {
        "t": BIG_TEXT,
        "u": BIG_TEXT[:-1] + "b",
        "s": "a" * 100_000,
        "l": BIG_LIST,
        "rows": ROWS,
        "deep": DEEP,
        "n": 1e29,
        "pad": " " * 1000,
    }
    template = compile_template(text)

    def rendered():
        nonlocal caught
        with pytest.raises(TooExpensive) as caught:
            template.render(EvalContext(DictScope(names), NOW, UTC))

    caught = None
    assert least_seconds(rendered) < 1
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    "text", ["{{ t + t }}", "{{ replace(s, 'a', s) }}", "{{ join(l, s) }}", "{{ " + "+".join(["l"] * 200) + " }}"]
)
def test_attack_3_bombs_take_little_memory(text):
    names = {"t": BIG_TEXT, "s": "a" * 100_000, "l": BIG_LIST}
    template = compile_template(text)
    tracemalloc.start()
    try:
        with pytest.raises(TooExpensive):
            template.render(EvalContext(DictScope(names), NOW, UTC))
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "text", ["{{secret}}", "{{ 1 + 1 }}", "{% raw %}", "{{ '{{' }}", "}}{{", "status equals x; secret exists"]
)
def test_attack_4_template_text_inside_data_is_printed_and_never_evaluated(text):
    assert run("Dear {{name}}", name=text, secret="s") == f"Dear {text}"
    assert run("{{name}}", name=text, secret="s") == text
    assert run({"a": ["{{name}}"]}, name=text) == {"a": [text]}
    assert run("{{names(rows, 'n')}}", rows=[{"n": text}]) == text
    assert run("{{count(filter(rows, 'n equals {{name}}'))}}", rows=[{"n": text}], name=text) == 1
    ctx = EvalContext(DictScope({"name": text, "secret": "s"}), NOW, UTC)
    assert compile_condition({"field": "name", "operator": "equals", "value": "{{name}}"}).test(ctx)
    assert compile_condition({"field": "n", "operator": "equals", "value": text}, "record", filled=True).test(
        ctx, {"n": text}
    )


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*$", "(.*a){20}$", "(a*)*b", "([a-z]+)*$"])
def test_attack_7_patterns_run_in_linear_time(pattern):
    condition = compile_condition({"field": "x", "operator": "matches", "value": pattern})
    ctx = EvalContext(DictScope({"x": "a" * 40 + "!"}), NOW, UTC)
    assert least_seconds(lambda: condition.test(ctx)) < 1


@pytest.mark.parametrize("pattern", ["((a{100}){100}){100}", "a" * 1001, "(?=a)", "(a", "\\1", "\ud800"])
def test_attack_7_patterns_that_cost_too_much_or_backtrack_are_refused(pattern):
    with pytest.raises(ExpressionError):
        compile_condition({"field": "x", "operator": "matches", "value": pattern})
    ctx = EvalContext(DictScope({"x": "a", "p": pattern}), NOW, UTC)
    with pytest.raises(ExpressionError):
        compile_condition({"field": "x", "operator": "matches", "value": "{{p}}"}).test(ctx)


def test_conditions_nested_without_end_are_refused():
    tree: dict[str, object] = {"field": "x", "operator": "exists"}
    for _ in range(500):
        tree = {"type": "not", "conditions": [tree]}
    for hostile in (tree, "(" * 300 + "a exists" + ")" * 300, "not " * 3000 + "a exists", {"$and": [tree]}):
        with pytest.raises(ExpressionError):
            normalise(hostile)
    deep: object = 1
    for _ in range(500):
        deep = {"a": deep}
    with pytest.raises(ExpressionError):
        normalise(deep)


@pytest.mark.parametrize("source", ["x" * 20_001, "a + " * 6000 + "a"])
def test_sources_beyond_the_limit_are_refused(source):
    with pytest.raises(ExpressionError):
        compile_expression(source)


def test_long_but_honest_expressions_work():
    assert compile_expression(" + ".join(["n"] * 3000)).evaluate(EvalContext(DictScope({"n": 1}))) == 3000
    assert compile_expression(" and ".join(["n == 1"] * 1500)).evaluate(EvalContext(DictScope({"n": 1}))) is True
