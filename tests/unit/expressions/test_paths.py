"""Which names a text uses, and renaming them."""

import pytest

from flowstudio.expressions import compile_template, paths_of, rename_in, rename_root


def test_lists_every_use_with_its_place():
    text = "Hi {{a.b}}, {{ a + c[0].d['e'] | upper }} {{x[n]}}"
    found = paths_of(compile_template(text))
    assert [path.text for path in found] == ["a.b", "a", "c[0].d.e", "x[]", "n"]
    for path in found:
        assert text[path.start :].startswith(path.root)
    assert text[found[2].start : found[2].end] == "c[0].d['e']"


def test_says_where_in_a_setting_a_name_is_used():
    setting = {"to": ["{{a.mail}}", "x"], "body": {"n": "{{b}}"}}
    assert [(path.root, path.where) for path in paths_of(compile_template(setting))] == [
        ("a", ("to", 0)),
        ("b", ("body", "n")),
    ]


def test_sees_the_names_inside_a_filter_condition():
    assert [path.text for path in paths_of("filter(xs, 'id equals {{other.id}}')")] == ["xs", "other.id"]


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("{{old.x}} old {{ x.old }}", "{{new.x}} old {{ x.old }}"),
        ("{{ 'old' + old }}", "{{ 'old' + new }}"),
        ("{{count(filter(old, 'old equals {{old.id}} old'))}}", "{{count(filter(new, 'old equals {{new.id}} old'))}}"),
        ("{{older}} {{ old | default(old) }}", "{{older}} {{ new | default(new) }}"),
        ("{{ old[old.n].old }}", "{{ new[new.n].old }}"),
        ("no braces: old", "no braces: old"),
        ("{{ broken old ", "{{ broken old "),
    ],
)
def test_renames_exactly_the_uses(text, renamed):
    assert rename_root(text, "old", "new") == renamed
    assert rename_root(rename_root(text, "old", "fresh"), "fresh", "old") == text


def test_renames_bare_expressions_and_whole_settings():
    assert rename_root("count(old) > 3", "old", "new", bare=True) == "count(new) > 3"
    assert rename_in({"a": ["{{old}}", 3], "old": None}, "old", "new") == {"a": ["{{new}}", 3], "old": None}
