"""Import rules that hold for a package's own `__init__` too, beside the contracts in pyproject.toml."""

import ast
import tomllib

import pytest

from tests.architecture.tree import PACKAGE, ROOT, modules, parsed, relative

CORE = {"errors", "domain", "calendar", "expressions", "graph", "kit", "nodes", "interchange", "analysis", "engine"}
OUTSIDE = {
    "nicegui", "fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "aiosqlite", "sqlite3", "apscheduler",
    "httpx", "aiosmtplib", "smtplib", "socket", "requests",
}  # fmt: skip
ADAPTERS = {"storage", "scheduling", "workers", "connectors"}
HOMES = {"networkx": "graph", "cronsim": "calendar"}


def imports(path):
    """Yield what a module imports at run time, as dotted names."""
    skipped = {
        id(child)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.walk(node)
    }
    for node in ast.walk(parsed(path)):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", [pytest.param(path, id=relative(path)) for path in modules() if layer(path) in CORE])
def test_core_module_stays_free_of_the_outside(path):
    assert not {name for name in imports(path) if name.split(".")[0] in OUTSIDE}


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=relative(path)) for path in modules() if layer(path) in {"ui", "api", "web"}]
)
def test_pages_and_routes_touch_no_adapter(path):
    assert not {name for name in imports(path) if name.startswith("flowstudio.") and name.split(".")[1] in ADAPTERS}


@pytest.mark.parametrize(("library", "home"), HOMES.items())
def test_library_lives_in_one_package(library, home):
    users = {layer(path) for path in modules() if library in {name.split(".")[0] for name in imports(path)}}
    assert users <= {home}


def test_every_package_stands_in_the_layers():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    declared = {name.strip("() ") for row in contracts[0]["layers"] for name in row.split("|")}
    present = {layer(path) for path in modules() if "__pycache__" not in path.parts} - {"__init__"}
    assert present <= declared


def test_packages_say_what_lives_in_them():
    for folder in sorted(path.parent for path in modules() if path.name == "__init__.py"):
        assert ast.get_docstring(parsed(folder / "__init__.py")), relative(folder)
