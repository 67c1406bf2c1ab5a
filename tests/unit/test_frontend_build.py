"""When the front end is built anew, and when what stands is kept."""

import shutil
from pathlib import Path

import pytest

import hatch_build


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with sources and built files that belong to them."""
    (tmp_path / "frontend/src").mkdir(parents=True)
    (tmp_path / "frontend/src/index.js").write_text("export {};\n")
    static = tmp_path / hatch_build.STATIC
    for name in ("canvas/index.js", "icons.svg", "fonts/fonts.css"):
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        (static / name).write_text("built")
    (static / ".stamp").write_text(hatch_build.source_hash(tmp_path))
    return tmp_path


def test_built_files_are_kept_while_the_sources_stay_the_same(checkout):
    assert hatch_build.is_current(checkout)
    assert hatch_build.build_frontend(checkout) is False


def test_a_changed_source_or_a_missing_file_makes_them_stale(checkout):
    (checkout / "frontend/src/index.js").write_text("export const more = 1;\n")
    assert not hatch_build.is_current(checkout)
    (checkout / hatch_build.STATIC / ".stamp").write_text(hatch_build.source_hash(checkout))
    assert hatch_build.is_current(checkout)
    (checkout / hatch_build.STATIC / "icons.svg").unlink()
    assert not hatch_build.is_current(checkout)


def test_installed_packages_are_no_sources(checkout):
    before = hatch_build.source_hash(checkout)
    (checkout / "frontend/node_modules/x").mkdir(parents=True)
    (checkout / "frontend/node_modules/x/index.js").write_text("")
    assert hatch_build.source_hash(checkout) == before


def test_the_front_end_can_be_left_out(checkout, monkeypatch):
    shutil.rmtree(checkout / hatch_build.STATIC)
    monkeypatch.setenv(hatch_build.SKIP, "1")
    assert hatch_build.build_frontend(checkout) is False


def test_the_lock_names_no_registry():
    lock = Path("frontend/package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_icon_names_are_sorted_and_stand_once():
    names = Path("frontend/icons.txt").read_text().split()
    assert names == sorted(set(names))
