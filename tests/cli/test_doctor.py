"""`flowstudio doctor` and the command line's frame."""

import json
import sqlite3

import pytest
from click.testing import CliRunner

from flowstudio import __version__
from flowstudio.cli import cli
from flowstudio.config import environment_names


@pytest.fixture
def doctor(monkeypatch, tmp_path):
    for name in environment_names().values():
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: CliRunner().invoke(cli, ["doctor", "--data", str(tmp_path), *arguments])


def checks(result):
    return {check["name"]: check for check in json.loads(result.output)["checks"]}


def test_version_is_printed():
    assert CliRunner().invoke(cli, ["--version"]).output == f"FlowStudio {__version__}\n"


def test_every_command_file_holds_a_command_with_help():
    names = cli.list_commands(None)
    assert "doctor" in names
    for name in names:
        command = cli.get_command(None, name)
        assert command is not None
        assert command.help, f"{name} says nothing about itself"


def test_unknown_command_is_refused():
    assert CliRunner().invoke(cli, ["dcotor"]).exit_code == 2


def test_shows_every_setting_with_its_source_and_no_secret(doctor, monkeypatch, tmp_path):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-canary")
    monkeypatch.setenv("FLOWSTUDIO_SMTP_URL", "smtp://me:canary@mail.example:587")
    (tmp_path / ".env").write_text("STRIPE_API_KEY=canary\n")
    for arguments in ([], ["--json"]):
        result = doctor(*arguments)
        assert "canary" not in result.output
        assert all(name in result.output for name in environment_names().values())
    rows = {row["name"]: row for row in json.loads(doctor("--json").output)["settings"]}
    assert rows["SLACK_BOT_TOKEN"] == {"name": "SLACK_BOT_TOKEN", "value": "•••", "source": "environment"}
    assert rows["STRIPE_API_KEY"]["source"] == ".env"
    assert rows["FLOWSTUDIO_SMTP_URL"]["value"] == "smtp://me:•••@mail.example:587"
    assert rows["FLOWSTUDIO_DATA_DIR"]["source"] == "option"


def test_looks_into_the_database(doctor, tmp_path):
    assert "made at the first start" in checks(doctor("--json"))["Database"]["found"]
    connection = sqlite3.connect(tmp_path / "flowstudio.db")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    assert checks(doctor("--json"))["Database"]["well"]


def test_says_no_to_a_broken_database(doctor, tmp_path):
    (tmp_path / "flowstudio.db").write_bytes(b"not a database" * 100)
    result = doctor("--json")
    assert not checks(result)["Database"]["well"]
    assert result.exit_code == 1


def test_says_no_to_a_key_file_that_others_can_read(doctor, tmp_path):
    key = tmp_path / "secret.key"
    key.write_text("key")
    key.chmod(0o644)
    assert "read by others" in checks(doctor("--json"))["Key for secrets"]["found"]
    assert doctor().exit_code == 1


def test_doctor_makes_nothing(doctor, tmp_path):
    doctor()
    assert list(tmp_path.iterdir()) == []


def test_says_who_carries_runs_on(doctor, monkeypatch):
    assert "the server carries runs on itself" in checks(doctor("--json"))["Workers"]["found"]
    monkeypatch.setenv("FLOWSTUDIO_DISPATCHER", "workers")
    found = checks(doctor("--json"))["Workers"]
    assert not found["well"]
    assert "PostgreSQL" in found["found"]
