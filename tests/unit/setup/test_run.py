"""run.py on machines that are not ready, and on one that is: one clear line or straight on, never the network."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from tools.console import SetupError
from tools.packages import count_locked, install_locked

ROOT = Path(__file__).parents[3]


@pytest.fixture
def checkout(tmp_path):
    """A checkout without history, in a folder whose name has a space."""
    folder = tmp_path / "flow studio"
    folder.mkdir()
    for name in ("run.py", "pyproject.toml", "src/flowstudio/__init__.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in ("tools", "locks"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(checkout, *arguments, before="pass", path="/nowhere", **environment):
    """Run run.py after some Python that makes this machine look different."""
    code = f"import runpy, sys; sys.argv = ['run.py', *sys.argv[1:]]; {before}; runpy.run_path('run.py', run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=checkout,
        env={"PATH": path, "HOME": str(checkout), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def ready(checkout, lock="runtime.txt"):
    """Give the checkout an environment that is up to date, with a Python that tells how it was called."""
    python = checkout / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "called: $*"\nexit 7\n')
    python.chmod(0o755)
    project = sha256(
        (checkout / "pyproject.toml").read_bytes() + (checkout / "src/flowstudio/__init__.py").read_bytes()
    )
    stamp = {
        "root": str(checkout),
        "project": project.hexdigest(),
        lock: sha256((checkout / "locks" / lock).read_bytes()).hexdigest(),
    }
    (checkout / ".venv/flowstudio-stamp.json").write_text(json.dumps(stamp))


def test_an_old_python_gets_one_line(checkout):
    done = run(checkout, before="sys.version_info = (3, 9, 2)")
    assert done.returncode == 2
    assert (
        done.stderr
        == "FlowStudio needs Python 3.11 or newer; this is Python 3.9. Install a newer Python and start again.\n"
    )


def test_an_old_python_is_told_of_a_newer_one(checkout, tmp_path):
    newer = tmp_path / "python3.12"
    newer.write_text("#!/bin/sh\n")
    newer.chmod(0o755)
    done = run(checkout, before="sys.version_info = (3, 9, 2)", path=str(tmp_path))
    assert "Run: python3.12 run.py" in done.stderr


# As on a bare Debian: no ensurepip, and no uv to be found beside Python either.
BARE = (
    "import importlib.util as u, tools.packages as p; keep = u.find_spec; "
    "u.find_spec = lambda name, *a: None if name == 'ensurepip' else keep(name, *a); p.find_uv = lambda venv: None"
)


@pytest.mark.parametrize("command", [[], ["setup"], ["test"], ["serve", "--port", "1"]])
def test_a_python_without_venv_gets_one_line(checkout, command):
    done = run(checkout, *command, before=BARE, PYTHONPATH=str(checkout))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "python3-venv" in done.stderr


@pytest.mark.parametrize(
    ("given", "called"),
    [
        ([], "-P -m flowstudio serve"),
        (["--port", "0", "--no-browser"], "-P -m flowstudio serve --port 0 --no-browser"),
        (["serve", "--data", "x"], "-P -m flowstudio serve --data x"),
        (["validate", "a.json"], "-P -m flowstudio validate a.json"),
    ],
)
def test_a_ready_environment_is_used_at_once(checkout, given, called):
    ready(checkout)
    done = run(checkout, *given)
    assert (done.stdout, done.stderr, done.returncode) == (f"called: {called}\n", "", 7)


def test_the_development_environment_serves_too(checkout):
    ready(checkout, "development.txt")
    assert run(checkout).stdout == "called: -P -m flowstudio serve\n"


def test_setup_ends_without_starting(checkout):
    ready(checkout)
    done = run(checkout, "setup")
    assert (done.stdout, done.returncode) == ("FlowStudio: ready; start it with: python3 run.py\n", 0)


@pytest.mark.parametrize("name", ["locks/runtime.txt", "pyproject.toml"])
def test_a_changed_lock_or_project_is_noticed(checkout, name):
    ready(checkout)
    (checkout / name).write_text((checkout / name).read_text() + "\n")
    done = run(checkout, before=BARE, PYTHONPATH=str(checkout))
    assert (done.returncode, done.stderr.count("no venv module")) == (2, 1)


def test_a_moved_checkout_gets_a_new_environment(checkout):
    ready(checkout)
    moved = checkout.rename(checkout.with_name("elsewhere"))
    done = run(moved, before=BARE, PYTHONPATH=str(moved))
    assert (done.returncode, done.stderr.count("no venv module")) == (2, 1)


def test_help_starts_nothing(checkout):
    done = run(checkout, "--help")
    assert "python3 run.py test" in done.stdout
    assert not (checkout / ".venv").exists()


@pytest.fixture
def tiny_wheel(tmp_path, monkeypatch):
    """A package in a folder, the only place where installers may look."""
    wheel = tmp_path / "wheels/tiny_thing-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_thing.py", "ANSWER = 42\n")
        info = "tiny_thing-1.0.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"tiny_thing.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(wheel.parent))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return wheel


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_only_the_locked_package_is_installed(tiny_wheel, tmp_path, monkeypatch, installer):
    if installer == "pip":
        monkeypatch.setattr("tools.packages.find_uv", lambda _venv: None)
    lock = tmp_path / "lock.txt"
    python = Path(sys.prefix) / "bin/python"
    digest = sha256(tiny_wheel.read_bytes()).hexdigest()
    lock.write_text(f"tiny-thing==1.0 \\\n    --hash=sha256:{digest}\n")
    assert count_locked(lock) == 1
    install_locked(python, lock, target=tmp_path / "good")
    assert (tmp_path / "good/tiny_thing.py").exists()

    lock.write_text(f"tiny-thing==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    with pytest.raises(SetupError, match="fingerprint differs"):
        install_locked(python, lock, target=tmp_path / "bad")
    assert not (tmp_path / "bad/tiny_thing.py").exists()


def test_naming_tests_runs_those_alone(checkout):
    ready(checkout, "development.txt")
    (checkout / "tests/unit").mkdir(parents=True)
    done = run(checkout, "test", "tests/unit", "-x", FLOWSTUDIO_CHROMIUM=sys.executable)
    calls = [line for line in done.stdout.splitlines() if line.startswith("called")]
    assert (calls, done.returncode) == (["called: -m pytest tests/unit -x"], 7)


def test_the_whole_test_run_fails_when_a_static_check_does(checkout):
    ready(checkout, "development.txt")
    python = checkout / ".venv/bin/python"
    python.write_text(
        '#!/bin/sh\ncase "$*" in *mypy*) echo wrong type; exit 1;; *pytest*) echo "and $FLOWSTUDIO_FAILED_CHECKS";; esac\n'
    )
    done = run(checkout, "test", FLOWSTUDIO_CHROMIUM=sys.executable)
    assert done.returncode == 1
    assert "types: FAILED" in done.stdout
    assert "lint: ok" in done.stdout
    assert done.stdout.splitlines()[-1] == "and types"


def test_a_wrong_chromium_gets_one_line(checkout):
    ready(checkout, "development.txt")
    done = run(checkout, "test", FLOWSTUDIO_CHROMIUM="/nowhere/chromium")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "/nowhere/chromium" in done.stderr
