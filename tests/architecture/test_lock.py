"""The locks pin every package by hash and give what pyproject.toml asks for."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PLATFORMS = [
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
]


def entries(lock: Path) -> list[str]:
    """Return the lock's requirements, each with its hashes on one line."""
    return [line for line in lock.read_text().replace("\\\n", " ").splitlines() if line.strip()]


def pins(lock: Path) -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for entry in entries(lock):
        requirement = Requirement(entry.split(" --hash")[0].strip())
        found.setdefault(normal(requirement.name), []).append(requirement)
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_by_hash(lock):
    assert entries(lock)
    for entry in entries(lock):
        assert re.match(r"[A-Za-z0-9_.\-\[\]]+==\S+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_a_place(lock):
    assert "://" not in lock.read_text()
    assert not re.search(r"^--", lock.read_text(), re.MULTILINE)


GROUPS = PROJECT["dependency-groups"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
WANTED = {
    "runtime.txt": [*PROJECT["project"]["dependencies"], *GROUPS["install"]],
    "postgres.txt": [*PROJECT["project"]["dependencies"], *GROUPS["install"], *EXTRAS["postgres"]],
    "frontend.txt": GROUPS["frontend"],
    "development.txt": [
        *PROJECT["project"]["dependencies"], *chain(*GROUPS.values()), *chain(*EXTRAS.values()),
        *PROJECT["build-system"]["requires"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", WANTED)
def test_locks_give_what_the_project_asks_for(name):
    locked = pins(ROOT / "locks" / name)
    for text in WANTED[name]:
        wanted = Requirement(text)
        for platform in PLATFORMS:
            environment = {**default_environment(), **platform}
            if wanted.marker and not wanted.marker.evaluate(environment):
                continue
            fitting = [
                pin for pin in locked.get(normal(wanted.name), []) if not pin.marker or pin.marker.evaluate(environment)
            ]
            assert fitting, f"{name} lacks {text} on {platform['sys_platform']}"
            version = str(fitting[0].specifier).removeprefix("==")
            assert wanted.specifier.contains(Version(version), prereleases=True), f"{name}: {fitting[0]} is not {text}"


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock.name != "development.txt"], ids=lambda lock: lock.name)
def test_locks_agree_on_versions(lock):
    whole = pins(ROOT / "locks/development.txt")
    for name, requirements in pins(lock).items():
        assert {str(pin.specifier) for pin in requirements} == {str(pin.specifier) for pin in whole[name]}


def test_a_changed_lock_entry_would_be_noticed(tmp_path):
    lock = tmp_path / "broken.txt"
    lock.write_text("httpx==0.28.1\n")
    with pytest.raises(AssertionError):
        test_every_package_is_pinned_by_hash(lock)
