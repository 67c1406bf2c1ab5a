"""What all tests share: the order they run in, the long matrix behind --all, and a Chromium."""

import os

import pytest
from hypothesis import settings

ORDER = (
    "architecture", "unit", "property", "contract", "storage", "engine", "services", "connectors", "scheduling",
    "triggers", "templates", "admission", "retention", "workers", "api", "cli", "security", "ui", "crash", "e2e",
)  # fmt: skip
LONG = {"postgres", "crash", "soak", "slow"}

pytest_plugins = ["tests.support.chromium"]

# The same examples in every run, so that a red run means a change and not luck.
# HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="the long matrix too: " + ", ".join(sorted(LONG)))
    parser.addoption("--pictures", action="store_true", help="keep the pictures of the guide in docs/images")
    parser.addini("main_file", "for NiceGUI's user fixture: pages are defined by the tests", default="")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=_rank)
    if config.getoption("--all") or config.getoption("-m"):
        return
    long = [item for item in items if LONG & {marker.name for marker in item.iter_markers()}]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in set(long)]


def _rank(item: pytest.Item) -> tuple[int, int]:
    """Order by folder, and tests that drive a browser last: Playwright keeps a loop in the main thread."""
    folder = item.path.relative_to(item.config.rootpath / "tests").parts[0] if "tests" in item.path.parts else ""
    browser = item.get_closest_marker("browser") or "playwright" in getattr(item, "fixturenames", ())
    return (1 if browser else 0, ORDER.index(folder) if folder in ORDER else len(ORDER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Repeat what run.py's static checks found, so that the summary tells the whole story."""
    if failed := os.environ.get("FLOWSTUDIO_FAILED_CHECKS"):
        terminalreporter.section("static checks")
        terminalreporter.line(f"FAILED {failed}: their findings stand above the tests")
