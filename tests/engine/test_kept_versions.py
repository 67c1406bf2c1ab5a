"""Versions kept in memory: those used last, within a budget of nodes."""

from __future__ import annotations

from flowstudio.engine.kept import KeptVersions


def _key(number: int) -> tuple[str, str, int]:
    return "main", f"wf_{number}", 1


def test_those_used_longest_ago_are_forgotten_beyond_the_budget() -> None:
    kept: KeptVersions[str] = KeptVersions(most=12)
    for number in range(3):
        kept.put(_key(number), f"plan {number}", 3)
    assert kept.get(_key(0)) == "plan 0"
    kept.put(_key(3), "plan 3", 3)
    assert [kept.get(_key(number)) for number in range(4)] == ["plan 0", None, "plan 2", "plan 3"]


def test_a_version_put_again_counts_once() -> None:
    kept: KeptVersions[str] = KeptVersions(most=8)
    kept.put(_key(1), "other", 3)
    for _ in range(5):
        kept.put(_key(0), "plan", 3)
    assert (kept.get(_key(0)), kept.get(_key(1))) == ("plan", "other")


def test_one_larger_than_the_budget_is_kept_while_it_is_used() -> None:
    kept: KeptVersions[str] = KeptVersions(most=8)
    kept.put(_key(0), "large", 500)
    assert kept.get(_key(0)) == "large"
    kept.put(_key(1), "small", 1)
    assert (kept.get(_key(0)), kept.get(_key(1))) == (None, "small")
