"""Settings: names, sources, the key file, and what a wrong value says."""

import stat

import pytest

from flowstudio.config import (
    Settings,
    default_data_dir,
    environment_names,
    load_settings,
    secret_keys,
    secret_values,
    sources,
)
from flowstudio.errors import BadSetting

CONTRACT = {
    "FLOWSTUDIO_DATA_DIR", "FLOWSTUDIO_DATABASE_URL", "FLOWSTUDIO_HOST", "FLOWSTUDIO_PORT", "FLOWSTUDIO_SECRET_KEY",
    "FLOWSTUDIO_BASE_URL", "FLOWSTUDIO_SMTP_URL", "FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS", "SENDGRID_API_KEY",
    "SENDGRID_FROM_EMAIL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM_NUMBER", "FIREBASE_SERVER_KEY",
    "SLACK_BOT_TOKEN", "STRIPE_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "FLOWSTUDIO_SENDGRID_URL",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch, tmp_path):
    for name in environment_names().values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)


def test_every_contracted_name_is_a_setting():
    assert set(environment_names().values()) >= CONTRACT


def test_data_lives_in_the_users_folder_by_default(tmp_path):
    assert load_settings().data_dir == default_data_dir()
    assert str(default_data_dir()).startswith(str(tmp_path / "home"))


def test_an_empty_home_falls_back_to_the_systems_record(monkeypatch):
    monkeypatch.setenv("HOME", "")
    assert default_data_dir().is_absolute()
    assert len(default_data_dir().parts) > 2


def test_option_wins_over_environment_and_that_over_the_env_file(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text(
        "FLOWSTUDIO_PORT=1111\nFLOWSTUDIO_HOST=0.0.0.0\nSLACK_BOT_TOKEN=from-file\nOTHER=1\n"
    )
    monkeypatch.setenv("FLOWSTUDIO_PORT", "2222")
    monkeypatch.setenv("FLOWSTUDIO_HOST", "::1")
    settings = load_settings(data_dir=tmp_path, port=3333)
    assert (settings.port, settings.host) == (3333, "::1")
    assert settings.slack_bot_token.get_secret_value() == "from-file"
    found = sources(settings, data_dir=tmp_path, port=3333)
    assert [found[name] for name in ("data_dir", "port", "host", "slack_bot_token", "smtp_url")] == [
        "option", "option", "environment", ".env", "default",
    ]  # fmt: skip


def test_the_env_file_cannot_move_the_data_directory(tmp_path):
    (tmp_path / ".env").write_text("FLOWSTUDIO_DATA_DIR=/elsewhere\n")
    settings = load_settings(data_dir=tmp_path)
    assert settings.data_dir == tmp_path
    assert sources(settings)["data_dir"] == "default"


def test_an_empty_value_counts_as_not_set(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWSTUDIO_PORT", "")
    assert load_settings(data_dir=tmp_path).port == 8080


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLOWSTUDIO_PORT", "many"),
        ("FLOWSTUDIO_PORT", "70000"),
        ("FLOWSTUDIO_DATABASE_URL", "mysql://x/y"),
        ("FLOWSTUDIO_SMTP_URL", "mail.example:25"),
        ("FLOWSTUDIO_SMTP_URL", "smtp://mail.example:many"),
        ("FLOWSTUDIO_SMTP_URL", "smtp://[::1"),
        ("FLOWSTUDIO_BASE_URL", "ftp://x"),
        ("FLOWSTUDIO_SENDGRID_URL", "127.0.0.1:9"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch, tmp_path, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=name):
        load_settings(data_dir=tmp_path)


def test_a_wrong_address_is_refused_without_quoting_its_password(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWSTUDIO_SMTP_URL", "smtp://me:canary/1@mail.example")
    with pytest.raises(BadSetting) as refusal:
        load_settings(data_dir=tmp_path)
    assert "canary" not in str(refusal.value)


def test_an_unreadable_env_file_is_named(tmp_path):
    (tmp_path / ".env").write_bytes(b"FLOWSTUDIO_PORT=\xff\xfe\n")
    with pytest.raises(BadSetting, match=r"\.env"):
        load_settings(data_dir=tmp_path)


def test_private_hosts_are_a_comma_list(monkeypatch, tmp_path):
    assert load_settings(data_dir=tmp_path).allowed_private_hosts == ()
    monkeypatch.setenv("FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS", "127.0.0.1, mail.local ,")
    assert load_settings(data_dir=tmp_path).allowed_private_hosts == ("127.0.0.1", "mail.local")


@pytest.mark.parametrize(
    ("given", "used", "postgres"),
    [
        ("postgresql://u:p@h/db", "postgresql+psycopg://u:p@h/db", True),
        ("postgres://h/db", "postgresql+psycopg://h/db", True),
        ("sqlite:////tmp/a b.db", "sqlite+aiosqlite:////tmp/a b.db", False),
    ],
)
def test_database_addresses_name_their_driver(monkeypatch, tmp_path, given, used, postgres):
    monkeypatch.setenv("FLOWSTUDIO_DATABASE_URL", given)
    settings = load_settings(data_dir=tmp_path)
    assert (settings.database_url(), settings.uses_postgres) == (used, postgres)


def test_sqlite_lies_in_the_data_directory_by_default(tmp_path):
    settings = load_settings(data_dir=tmp_path)
    assert settings.database_file() == tmp_path / "flowstudio.db"
    assert settings.database_url() == f"sqlite+aiosqlite:///{tmp_path}/flowstudio.db"


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:8080"), ("0.0.0.0", "http://127.0.0.1:8080"), ("::1", "http://[::1]:8080")],
)
def test_links_begin_with_an_address_that_can_be_opened(tmp_path, host, url):
    assert load_settings(data_dir=tmp_path, host=host).public_url() == url


def test_base_url_wins_in_links(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWSTUDIO_BASE_URL", "https://flow.example/")
    assert load_settings(data_dir=tmp_path).public_url() == "https://flow.example"


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path):
    settings = load_settings(data_dir=tmp_path / "new")
    first = secret_keys(settings)
    assert secret_keys(settings) == first
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    assert sources(settings)["secret_key"] == "key file"
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret.key"]


def test_a_key_file_open_to_others_is_closed(tmp_path):
    settings = load_settings(data_dir=tmp_path)
    secret_keys(settings)
    settings.key_file.chmod(0o644)
    secret_keys(settings)
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600


def test_an_empty_key_file_is_refused(tmp_path):
    settings = load_settings(data_dir=tmp_path)
    settings.key_file.write_text("")
    with pytest.raises(BadSetting, match="empty"):
        secret_keys(settings)


def test_given_keys_are_a_comma_list_and_no_file_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWSTUDIO_SECRET_KEY", "new, old")
    settings = load_settings(data_dir=tmp_path)
    assert secret_keys(settings) == ("new", "old")
    assert not settings.key_file.exists()


def test_no_secret_is_shown_by_repr(monkeypatch, tmp_path):
    for field, name in environment_names().items():
        if "SecretStr" in str(Settings.model_fields[field].annotation):
            schemes = {
                "database": "sqlite:///",
                "smtp_url": "smtp://me:x@mail.example/",
                "zapier_hook_url": "https://z.example/",
                "slack_webhook_url": "https://hooks.example/",
            }
            monkeypatch.setenv(name, schemes.get(field, "") + "canary-secret")
    assert "canary-secret" not in repr(load_settings(data_dir=tmp_path))


def test_secret_values_are_told_for_redaction(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOWSTUDIO_SMTP_URL", "smtp://me:p%40ss-word@mail.example")
    monkeypatch.setenv("FLOWSTUDIO_SECRET_KEY", "key-one, key-two")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("ZAPIER_HOOK_URL", "https://hooks.example/catch/1/secret-path")
    assert set(secret_values(load_settings(data_dir=tmp_path))) == {
        "p%40ss-word",
        "p@ss-word",
        "key-one",
        "key-two",
        "xoxb-1",
        "https://hooks.example/catch/1/secret-path",
    }
