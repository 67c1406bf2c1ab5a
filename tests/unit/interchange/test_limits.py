"""Bytes in: what is no JSON, too large or too deep is told in a sentence."""

import json

import pytest

from tests.support.workflows import codes, drawing, loop, read, task


@pytest.mark.parametrize(
    "raw", [b"{", b"", b"{'a': 1}", b'{"name": NaN}', b'{"name": 1e999}', b"\xff\xfe", "\ud800", b"[" * 5000]
)
def test_broken_json_is_refused_with_its_place(raw: bytes | str) -> None:
    result = read(raw)
    assert result.workflow is None
    assert codes(result.problems) == ["not_json"]
    assert result.problems[0].path == "$"


@pytest.mark.parametrize("raw", [b"[]", b'"text"', b"3", b"null", b"true"])
def test_json_that_is_no_object_is_refused(raw: bytes) -> None:
    assert codes(read(raw).problems) == ["not_an_object"]


def test_nan_in_parsed_data_is_refused() -> None:
    assert codes(read(drawing("T>a", task("a"), settings={"minutes_saved": float("nan")})).problems) == ["not_json"]


def test_more_than_ten_megabytes_are_refused() -> None:
    raw = json.dumps(drawing("T>a", task("a", title="x" * (10 * 1024 * 1024)))).encode()
    assert codes(read(raw).problems) == ["too_large"]


def test_two_thousand_nodes_are_the_limit() -> None:
    nodes = [task(f"n{index}") for index in range(2_000)]
    edges = "T>n0," + ",".join(f"n{index}>n{index + 1}" for index in range(1_999))
    assert read(drawing(edges, *nodes)).workflow is not None
    assert codes(read(drawing(edges, *nodes, task("more"))).problems) == ["too_many_nodes"]


def test_depth_of_sixty_four_is_the_limit() -> None:
    deep: object = "end"
    for _ in range(61):
        deep = [deep]
    assert read(drawing("T>a", task("a"), further={"deep": deep})).workflow is not None
    assert codes(read(drawing("T>a", task("a"), further={"deep": [[deep]]})).problems) == ["too_deep"]


def test_byte_order_mark_is_no_fault() -> None:
    raw = b"\xef\xbb\xbf" + json.dumps(drawing("T>a", task("a"))).encode()
    assert read(raw).workflow is not None


def test_key_that_stands_twice_makes_a_document_unreadable() -> None:
    raw = json.dumps(drawing("T>a", task("a"))).replace('"name": "Test"', '"name": "One", "name": "Two"')
    result = read(raw)
    assert result.workflow is None
    assert codes(result.problems) == ["repeated_key"]
    assert '"name"' in result.problems[0].message


@pytest.mark.parametrize(("depth", "readable"), [(64, True), (65, False), (1_500, False)])
def test_loops_inside_one_another_are_limited_to_sixty_four(depth: int, readable: bool) -> None:
    loops = [loop(f"l{index}", "{{x}}", f"i{index}") for index in range(depth)]
    edges = "T>l0," + "".join(f"l{index}[each]>l{index + 1}," for index in range(depth - 1)) + f"l{depth - 1}[each]>a"
    result = read(drawing(edges, *loops, task("a")))
    assert (result.workflow is not None) is readable
    assert codes(result.problems) == ([] if readable else ["too_deep"])
