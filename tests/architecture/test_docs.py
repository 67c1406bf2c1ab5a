"""What the documentation says is true: command lines are known and tried, names exist, links lead somewhere."""

import importlib
import re
import shlex
import sys

import pytest

from flowstudio.cli import cli
from flowstudio.kit import Registry, RunContext
from tests.architecture.tree import PACKAGE, ROOT, relative, tracked

PAGES = [path for path in tracked() if path.suffix == ".md" and path.parent.name != "frontend"]

# Every command line of README, CONTRIBUTING and docs, with the test (or the CI step) that carries it out.
TRIED_IN = {
    "python3 run.py": "tests/unit/setup/test_run.py",
    "python3 run.py --port 8080 --data /var/lib/flowstudio --no-browser": "tests/cli/test_serve.py",
    "python3 run.py reference": "tests/architecture/test_reference.py",
    "python3 run.py doctor": "tests/cli/test_doctor.py",
    "python3 run.py lock": "tests/architecture/test_lock.py",
    "python3 run.py test": ".ci/run",
    "python3 run.py test --all": ".ci/run",
    "python3 run.py test tests/unit -x": "tests/unit/setup/test_run.py",
    "python3 hatch_build.py": "tools/frontend.py",
    "flowstudio move --to postgresql://flowstudio@db.example/flowstudio": "tests/cli/test_move.py",
    "flowstudio templates export our-chase-invoices": "tests/cli/test_template_authors.py",
    "flowstudio templates import chase.json": "tests/cli/test_template_authors.py",
    "flowstudio templates test bank-reconciliation": "tests/cli/test_template_authors.py",
}


def command_lines():
    for page in PAGES:
        for block in re.findall(r"```(?:sh|console|bash)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            for line in block.splitlines():
                if line.strip() and not line.startswith("#"):
                    yield page, line.removeprefix("$ ").strip()


def test_every_command_line_is_tried_somewhere():
    unknown = [f"{relative(page)}: {line}" for page, line in command_lines() if line not in TRIED_IN]
    assert not unknown, "list it in TRIED_IN with the test that tries it"
    for place in TRIED_IN.values():
        assert (ROOT / place).exists(), place


def test_listed_command_lines_are_still_in_the_documentation():
    assert set(TRIED_IN) <= {line for _page, line in command_lines()}


def test_commands_named_in_the_documentation_exist():
    for page in PAGES:
        if page.name == "CHANGELOG.md":
            continue
        for line in re.findall(r"`flowstudio ([a-z][^`]*)`", page.read_text(encoding="utf-8")):
            name = shlex.split(line)[0]
            assert name in {*cli.list_commands(None), "serve"}, f"{relative(page)}: flowstudio {name}"


@pytest.mark.parametrize("page", [pytest.param(page, id=relative(page)) for page in PAGES])
def test_links_lead_somewhere(page):
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_architecture_page_names_every_package():
    text = (ROOT / "docs/architecture.md").read_text()
    for path in sorted(PACKAGE.iterdir()):
        if path.is_dir() and (path / "__init__.py").exists():
            assert re.search(rf"^  {path.name}/ ", text, re.MULTILINE), path.name
        elif path.suffix == ".py" and not path.name.startswith("__"):
            assert re.search(rf"^  {re.escape(path.name)} ", text, re.MULTILINE), path.name


def test_decisions_are_numbered_listed_and_short():
    listed = (ROOT / "docs/decisions/README.md").read_text()
    numbers = []
    for path in sorted((ROOT / "docs/decisions").glob("[0-9]*.md")):
        assert f"({path.name})" in listed
        assert len(path.read_text().splitlines()) <= 60
        numbers.append(int(path.name[:4]))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_action_in_contributing_works_as_it_stands(tmp_path, monkeypatch):
    code = re.search(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)[1]
    folder = tmp_path / "own_nodes/data"
    folder.mkdir(parents=True)
    for package in (folder, folder.parent):
        (package / "__init__.py").write_text("")
    (folder / "count_words.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        registry = Registry.of(importlib.import_module("own_nodes"))
    finally:
        for name in [name for name in sys.modules if name.startswith("own_nodes")]:
            del sys.modules[name]
    found = registry.get("action.count_words")
    assert found.category == "data"
    assert [setting.key for setting in found.settings()] == ["text"]
    config = found.Config(text="three short words")
    context: RunContext = None
    assert found.Output(**found().compute(config, context)).words == 3
    assert found().preview(config).line == "Gives 3"
