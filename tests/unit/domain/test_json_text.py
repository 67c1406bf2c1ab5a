"""JSON from outside: what programs would read differently is refused, everything else comes in as it is."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowstudio.domain.json_text import MAX_DEPTH, read_json
from flowstudio.errors import BadRequest

TEXTS = st.text(st.sampled_from(':"\\{}[],ab\u00e4\u20ac 1'), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


class Twice(dict):
    """An object that is written with pairs of its own."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__({f"pair {place}": None for place in range(len(pairs))})
        self.pairs = pairs

    def items(self):
        return self.pairs


@given(VALUES, st.booleans(), st.sampled_from([None, 2]), st.booleans())
def test_what_is_right_comes_in_as_it_is(value: object, escaped: bool, indent: int | None, mark: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped, indent=indent)
    raw = (b"\xef\xbb\xbf" if mark else b"") + text.encode()
    assert read_json(raw) == orjson.loads(text)


@given(
    VALUES, st.lists(st.tuples(TEXTS, VALUES), min_size=1, max_size=4), st.data(), st.booleans(),
    st.sampled_from([None, 2]), st.sampled_from([(":", ":"), (":a", "\\u003aa"), (":b", "\\u003Ab")]),
)  # fmt: skip
def test_a_key_that_stands_twice_is_refused_wherever_it_stands(
    beside: object, pairs: list[tuple[str, object]], data: st.DataObject, escaped: bool, indent: int | None,
    spelt: tuple[str, str],
) -> None:  # fmt: skip
    key, _ = data.draw(st.sampled_from(pairs))
    twice = Twice([*pairs, (key, data.draw(VALUES))])
    inside = data.draw(st.sampled_from([twice, [1, twice], {"a": {"b": [twice]}}, {"beside": beside, "it": twice}]))
    text = json.dumps(inside, ensure_ascii=escaped, indent=indent).replace(*spelt)
    with pytest.raises(BadRequest, match="twice in one object"):
        read_json(text.encode())


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"amount": 5, "amount": 5000}', 'holds the key "amount" twice'),
        (b'{"a": 1, "\\u0061": 2}', 'holds the key "a" twice'),
        (b'{"a": "\\u003a", "a": 2}', 'holds the key "a" twice'),
        (b'{"x": {"a": ":", "a": "::"}}', 'holds the key "a" twice'),
        (b'{"":1,"":2}', 'holds the key "" twice'),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "nested deeper than 200"),
        (b'{"a":' * 100_000, "no JSON|nested deeper"),
        (b"[" * 100_000 + b"]" * 100_000, "nested deeper than 200"),
        (b'{"a": NaN}', "no JSON"),
        (b'{"a": -Infinity}', "no JSON"),
        (b'"\\ud800"', "no JSON"),
        (b"\xff", "no JSON"),
        (b"", "no JSON"),
        (b"{} {}", "no JSON"),
        (b"1e400", "no JSON"),
    ],
)
def test_what_is_not_right_is_refused_with_a_reason(raw: bytes, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        read_json(raw)


def test_as_deep_as_allowed_and_many_side_by_side() -> None:
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert len(read_json(b"[" + b",".join([b'{"a:b": "c\\u003ad"}'] * 1000) + b"]")) == 1000
