"""Laws that every condition keeps, whatever the data."""

import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from flowstudio.errors import ExpressionError
from flowstudio.expressions import (
    OPERATORS,
    DictScope,
    EvalContext,
    compile_condition,
    compile_expression,
    compile_template,
    normalise,
    paths_of,
    rename_root,
    sentence,
)  # fmt: skip

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-50, 50), st.floats(-100, 100, allow_nan=False), st.text(max_size=8),
    st.sampled_from(["2026-03-02", "2026-03-01T10:00", "today", "a,b", "10", "1,5", "{{x}}", "3 days"]),
)  # fmt: skip
VALUES = st.one_of(
    SCALARS, st.lists(SCALARS, max_size=4), st.dictionaries(st.sampled_from(["a", "b"]), SCALARS, max_size=2)
)
FIELDS = st.sampled_from(["a", "b", "c.a", "c.b"])
PLAIN = [key for key, entry in OPERATORS.items() if not entry.is_group and not entry.nested]
COMPARISONS = st.builds(
    lambda field, key, value: {"field": field, "operator": key} | ({"value": value} if OPERATORS[key].arity == 2 else {}),
    FIELDS, st.sampled_from(PLAIN), VALUES,
)  # fmt: skip
TREES = st.recursive(
    COMPARISONS, lambda inner: st.builds(lambda kind, parts: {"type": kind, "conditions": parts}, st.sampled_from(["and", "or", "not"]), st.lists(inner, max_size=3)), max_leaves=8
)  # fmt: skip
DATA = st.fixed_dictionaries({"a": VALUES, "b": VALUES, "c": VALUES, "x": SCALARS})


def answer(tree, data):
    """Return the result, or the kind of error."""
    try:
        return compile_condition(tree).test(EvalContext(DictScope(data), NOW, UTC))
    except ExpressionError as error:
        return type(error)


@given(TREES, DATA)
def test_the_fast_answer_and_the_verdict_agree(tree, data):
    ctx = EvalContext(DictScope(data), NOW, UTC)
    try:
        verdict = compile_condition(tree).evaluate(ctx)
    except ExpressionError:
        return
    assert verdict.result is compile_condition(tree).test(ctx)


@given(TREES)
def test_normalising_twice_changes_nothing_and_survives_json(tree):
    once = normalise(tree)
    assert normalise(once) == once
    assert json.loads(json.dumps(once)) == once
    assert isinstance(sentence(once), str)


@given(st.lists(COMPARISONS, min_size=1, max_size=3), DATA)
def test_groups_obey_de_morgan(parts, data):
    results = [answer(part, data) for part in parts]
    if not all(isinstance(result, bool) for result in results):
        return
    nots = [{"type": "not", "conditions": [part]} for part in parts]
    assert answer({"type": "not", "conditions": parts}, data) is answer({"type": "and", "conditions": nots}, data)
    assert answer({"type": "or", "conditions": parts}, data) is (not answer({"type": "not", "conditions": parts}, data))


OPPOSITES = [
    ("exists", "not_exists"), ("is_empty", "is_not_empty"), ("equals", "not_equals"), ("contains", "not_contains"), ("in", "not_in"),
    ("starts_with", "not_starts_with"), ("ends_with", "not_ends_with"), ("length_equals", "length_not_equals"),
]  # fmt: skip


@given(st.sampled_from(OPPOSITES), VALUES, SCALARS)
def test_opposites_exclude_one_another_and_cover_what_is_there(pair, left, right):
    # an operator without a right side takes none: `exists` with the value false is the seeds' way to say `not_exists`
    sides = {} if pair[0] in {"exists", "is_empty"} else {"value": right}
    one, other = ({"field": "a", "operator": key, **sides} for key in pair)
    first, second = answer(one, {"a": left, "x": 1}), answer(other, {"a": left, "x": 1})
    if isinstance(first, bool) and isinstance(second, bool):
        assert not (first and second)
        if left is not None and (not sides or right not in (None, "{{x}}")) and not pair[0].startswith("length"):
            assert first or second


@given(SCALARS, SCALARS)
def test_order_is_total_where_it_is_defined(left, right):
    data = {"a": left, "b": right, "x": 1}
    less, more = (
        answer({"field": "a", "operator": key, "value": "{{b}}"}, data) for key in ("less_than", "greater_than")
    )
    at_most = answer({"field": "a", "operator": "less_or_equal", "value": "{{b}}"}, data)
    assert not (less and more)
    assert not less or at_most
    assert answer({"field": "b", "operator": "greater_than", "value": "{{a}}"}, data) is less


@given(st.text(max_size=60))
@settings(max_examples=300)
def test_any_text_is_read_or_refused_with_a_sentence(text):
    for read in (
        compile_expression,
        compile_template,
        compile_condition,
        lambda value: compile_template(f"{{{{{value}}}}}"),
    ):
        try:
            read(text)
        except ExpressionError as error:
            assert error.message.endswith((".", "?"))  # noqa: PT017  most texts are read


NAMES = st.sampled_from(["old", "other", "older", "x"])
TEXTS = st.lists(
    st.one_of(
        NAMES.map(lambda name: f"{{{{{name}.field}}}}"), NAMES, NAMES.map(lambda name: f"{{{{ '{name}' + {name} }}}}")
    ),
    max_size=6,
)


@given(TEXTS.map(" ".join))
def test_renaming_touches_exactly_the_uses(text):
    renamed = rename_root(text, "old", "brand_new")
    before = [path.root for path in paths_of(compile_template(text))]
    assert [path.root for path in paths_of(compile_template(renamed))] == [
        "brand_new" if root == "old" else root for root in before
    ]
    assert rename_root(renamed, "brand_new", "old") == text
