"""The house rules that a machine can see: sizes, words, docstrings, colours, hosts, unsafe calls."""

import ast
import re
from statistics import median

import pytest

from tests.architecture.tree import ROOT, modules, parsed, relative, tracked

BANNED = ("manager", "helper", "util", "handler", "processor", "base", "misc")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
LONGEST_CLASS = 250
PATHS = [pytest.param(path, id=relative(path).removeprefix("src/flowstudio/")) for path in modules()]


def lines(node: ast.AST) -> int:
    return node.end_lineno - node.lineno + 1


def own_lines(function: ast.AST) -> int:
    """Count without the functions inside: one that only declares routes is as short as it reads."""
    inner = [child for child in function.body if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)]
    return lines(function) - sum(lines(child) for child in inner)


def words(name: str) -> set[str]:
    """Split CamelCase and snake_case into lower-case words, without plural s."""
    name = re.sub("knowledge_?base", "", name, flags=re.IGNORECASE)  # a thing of its own
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return {part.lower().removesuffix("s") if len(part) > 4 else part.lower() for part in parts}


@pytest.mark.parametrize("path", PATHS)
def test_module_begins_with_a_docstring(path):
    assert ast.get_docstring(parsed(path)), "say in one sentence what lives here"


@pytest.mark.parametrize("path", PATHS)
def test_module_functions_and_classes_are_small(path):
    if "versions" in path.parts:
        return  # a migration is a list of tables: it is as long as they are
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert own_lines(node) <= LONGEST_FUNCTION, f"{node.name} has {own_lines(node)} lines"
        if isinstance(node, ast.ClassDef):
            assert lines(node) <= LONGEST_CLASS, f"{node.name} has {lines(node)} lines"


def test_median_module_is_short(record_property):
    sizes = sorted((len(path.read_text().splitlines()), relative(path)) for path in modules())
    record_property("longest modules", sizes[-5:])
    assert median(size for size, _ in sizes) <= 120


@pytest.mark.parametrize("path", PATHS)
def test_names_say_what_things_are(path):
    names = [path.stem, *(node.name for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef))]
    for name in names:
        assert not words(name) & set(BANNED), f"{name} says nothing about what it is"


@pytest.mark.parametrize("path", PATHS)
def test_nothing_runs_text_or_loads_objects_from_data(path):
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imported = {alias.name.split(".")[0] for alias in node.names} | {
                (getattr(node, "module", "") or "").split(".")[0]
            }
            assert not imported & {"pickle", "marshal", "shelve", "dill"}, ast.unparse(node)
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in {"eval", "exec", "yaml.load", "os.system"}, ast.unparse(node)


def test_schedules_are_never_kept_by_apscheduler_itself():
    for path in modules():
        assert not re.search(r"SQLAlchemyJobStore|RedisJobStore|MongoDBJobStore", path.read_text()), relative(path)


SOURCES = [path for path in tracked() if path.suffix in {".py", ".css", ".js", ".ts", ".vue", ".html"}]
HEX_COLOUR = re.compile(r"(?<![\w&/])#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b(?!-)")


# Mail programs know no CSS variables: the frame of a mail carries its few colours itself.
OWN_COLOURS = {"src/flowstudio/kit/message_texts.py"}


def test_colours_stand_in_the_tokens_only():
    found = []
    for path in SOURCES:
        if path.name == "tokens.css" or {"tests", "dev"} & set(path.parts) or relative(path) in OWN_COLOURS:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if HEX_COLOUR.search(line):
                found.append(f"{relative(path)}:{number}: {line.strip()}")
    assert not found, "\n".join(found)


# Written with a gap, so that this file does not name them either.
HOSTS = ("py pi.org", "python hosted.org", "npm js.org", "npm js.com", "deb.deb ian.org", "unp kg.com", "jsd elivr")
REGISTRIES = re.compile("|".join(re.escape(host.replace(" ", "")) for host in HOSTS))


def test_no_file_names_a_package_registry():
    found = []
    for path in tracked():
        if path.suffix in {".png", ".woff2", ".ttf", ".ico"}:
            continue
        if match := REGISTRIES.search(path.read_text(encoding="utf-8", errors="ignore")):
            found.append(f"{relative(path)}: {match[0]}")
    assert not found, "\n".join(found)


def test_no_unfinished_notes():
    note = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    found = [relative(path) for path in SOURCES if note.search(path.read_text(encoding="utf-8"))]
    assert not found


def test_run_py_parses_on_the_old_pythons_that_it_turns_away():
    ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 8))
    imported = {
        node.names[0].name for node in ast.parse((ROOT / "run.py").read_text()).body if isinstance(node, ast.Import)
    }
    assert imported <= {"os", "shutil", "sys"}
