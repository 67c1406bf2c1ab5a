"""Loops with a `body` list: the rule of the contracts, sentence by sentence."""

from tests.support.workflows import checked, codes, decision, drawing, edges_of, end, loop, query, read, task


def _with_invoices(edges: str, *nodes: dict) -> dict:
    return drawing(f"T>q, q>l, {edges}", query("q", "invoices"), *nodes)


def _each(**fields: object) -> dict:
    return loop("l", "{{invoices}}", "invoice", **fields)


def test_unnamed_edge_of_the_loop_into_its_body_is_each() -> None:
    assert "l:each>a" in edges_of(_with_invoices("l>a", _each(body=["a"]), task("a")))


def test_node_outside_the_list_reached_by_a_named_edge_belongs_to_the_body() -> None:
    found = edges_of(
        _with_invoices(
            "l>c, c[true]>a, c[false]>b", _each(body=["c", "a"]), decision("c", "invoice.amount"), task("a"), task("b")
        )
    )
    assert {"l:each>c", "c:true>a", "c:false>b"} <= found


def test_node_outside_the_list_that_uses_the_item_belongs_to_the_body() -> None:
    found = edges_of(_with_invoices("l>a, a>b", _each(body=["a"]), task("a"), task("b", "Pay {{invoice.number}}")))
    assert {"l:each>a", "a:out>b"} <= found


def test_node_outside_the_list_reached_by_an_unnamed_edge_comes_after_the_loop() -> None:
    found = edges_of(_with_invoices("l>a, a>b", _each(body=["a"]), task("a"), task("b")))
    assert {"l:each>a", "l:done>b"} <= found
    assert "a:out>b" not in found


def test_second_unnamed_edge_of_the_loop_to_a_node_outside_is_done() -> None:
    assert {"l:each>a", "l:done>b"} <= edges_of(_with_invoices("l>a, l>b", _each(body=["a"]), task("a"), task("b")))


def test_two_branches_that_both_lead_on_give_one_done() -> None:
    found = edges_of(
        _with_invoices(
            "l>c, c[true]>a, c[false]>b, a>z, b>z",
            _each(body=["c", "a", "b"]),
            decision("c", "invoice.amount"),
            task("a"),
            task("b"),
            end("z"),
        )
    )
    assert sorted(edge for edge in found if edge.endswith(">z")) == ["l:done>z"]


def test_node_between_the_body_and_a_use_of_the_item_belongs_to_the_body() -> None:
    found = edges_of(
        _with_invoices("l>a, a>m, m>b", _each(body=["a"]), task("a"), task("m"), task("b", "{{invoice.number}}"))
    )
    assert {"a:out>m", "m:out>b"} <= found


def test_two_unnamed_edges_without_a_list_are_an_error() -> None:
    document = _with_invoices("l>a, l>b", _each(), task("a"), task("b"))
    assert read(document).workflow is not None
    assert codes(checked(document), "error").count("unclear_loop_edge") == 2


def test_one_unnamed_edge_without_a_list_is_each() -> None:
    assert "l:each>a" in edges_of(_with_invoices("l>a", _each(), task("a")))


def test_unnamed_edge_beside_each_is_done_and_beside_done_is_each() -> None:
    assert "l:done>b" in edges_of(_with_invoices("l[each]>a, l>b", _each(), task("a"), task("b")))
    assert "l:each>a" in edges_of(_with_invoices("l>a, l[done]>b", _each(), task("a"), task("b")))


def test_listed_node_to_which_no_edge_leads_is_a_warning_and_edges_win() -> None:
    result = read(_with_invoices("l[each]>a, q>b", _each(body=["a", "b"]), task("a"), task("b")))
    assert codes(result.problems, "warning") == ["body_disagrees"]
    assert result.workflow is not None
    assert "q:out>b" in {edge.id for edge in result.workflow.edges}


def test_inner_loop_is_understood_before_the_outer_one() -> None:
    document = drawing(
        "T>q, q>l, l>k, k>a, a>b, b>z",
        query("q", "invoices"),
        loop("l", "{{invoices}}", "invoice", body=["k", "a", "b"]),
        loop("k", "{{invoice.lines}}", "line", body=["a"]),
        task("a", "{{line}}"),
        task("b", "{{invoice.number}}"),
        end("z"),
    )
    assert {"l:each>k", "k:each>a", "k:done>b", "l:done>z"} <= edges_of(document)


def test_two_loops_in_a_row_with_the_same_item_name_stay_apart() -> None:
    document = drawing(
        "T>q, q>l, l>a, a>k, k>b",
        query("q", "invoices"),
        loop("l", "{{invoices}}", "invoice", body=["a"]),
        loop("k", "{{invoices}}", "invoice", body=["b"]),
        task("a", "{{invoice.number}}"),
        task("b", "{{invoice.number}}"),
    )
    assert {"l:each>a", "l:done>k", "k:each>b"} <= edges_of(document)


def test_body_without_any_edge_is_led_through_in_its_order() -> None:
    assert {"l:each>a", "a:out>b"} <= edges_of(
        _with_invoices("l[done]>z", _each(body=["a", "b"]), task("a"), task("b"), end("z"))
    )


def test_approval_in_the_body_leads_out_of_the_loop_by_its_unnamed_edge() -> None:
    asks = {"id": "p", "type": "approval", "config": {"subject": "ok?", "approver": "boss"}}
    assert {"l:each>p", "l:done>z"} <= edges_of(_with_invoices("l>p, p>z", _each(body=["p"]), asks, end("z")))
