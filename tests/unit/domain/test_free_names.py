"""Names that are taken get the next number that is free."""

from itertools import islice

from flowstudio.domain.free_names import counted_id, free_name, numbered


def test_a_name_that_nobody_has_stays_as_it_is():
    assert free_name("Ask", {"Tell"}) == "Ask"


def test_a_taken_name_gets_the_next_free_number():
    assert free_name("Ask", {"Ask", "Ask 2", "Ask 4"}) == "Ask 3"
    assert free_name("ask", {"ask": 1}, "-") == "ask-2"


def test_an_id_always_has_a_number():
    assert counted_id("note", {"note_1", "note"}) == "note_2"


def test_numbers_go_on_without_end():
    assert list(islice(numbered("Ask"), 3)) == ["Ask 2", "Ask 3", "Ask 4"]
