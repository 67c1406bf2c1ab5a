"""Settings: what the environment, the `.env` file of the data directory and the command line decide."""

import base64
import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from flowstudio.errors import BadSetting

Source = Literal["option", "environment", ".env", "key file", "default"]

ASSETS = Path(__file__).resolve().parents[2] / "assets"
"""What the product ships beside its code: record types, message texts, examples."""
TEMPLATES = ASSETS.parent / "templates"

DATABASE_FILE = "flowstudio.db"
KEY_FILE = "secret.key"

_SCHEMES = {"database": ("postgresql", "postgres", "sqlite"), "smtp_url": ("smtp", "smtps")}


def _named(name: str, default: Any, help_text: str, **limits: Any) -> Any:
    """Declare a setting under the name that stands in the environment."""
    return Field(default, validation_alias=AliasChoices(name), description=help_text, **limits)


class Settings(BaseSettings):
    """Every setting of one FlowStudio; read once at the start, never changed."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, case_sensitive=True)

    data_dir: Path = _named("FLOWSTUDIO_DATA_DIR", None, "Folder for the database, the key file and documents.")
    database: SecretStr | None = _named(
        "FLOWSTUDIO_DATABASE_URL", None, "Database address; without it, SQLite in the data directory."
    )
    host: str = _named("FLOWSTUDIO_HOST", "127.0.0.1", "Address to listen on.")
    port: int = _named("FLOWSTUDIO_PORT", 8080, "Port to listen on.", ge=0, le=65535)
    secret_key: SecretStr | None = _named(
        "FLOWSTUDIO_SECRET_KEY", None, "Keys for stored secrets, separated by commas: the first writes, all read."
    )
    base_url: str | None = _named("FLOWSTUDIO_BASE_URL", None, "Address under which people reach FlowStudio.")
    smtp_url: SecretStr | None = _named(
        "FLOWSTUDIO_SMTP_URL", None, "Mail server, for example smtp://user:password@mail.example:587."
    )
    allowed_private_hosts: Annotated[tuple[str, ...], NoDecode] = _named(
        "FLOWSTUDIO_ALLOWED_PRIVATE_HOSTS", (), "Private addresses that steps may reach all the same."
    )
    only_to: Annotated[tuple[str, ...], NoDecode] = _named(
        "FLOWSTUDIO_ONLY_TO", (), "While testing: the only recipients, such as *@example.com, +4930…, #test, a host."
    )
    max_runs_per_hour: int | None = _named(
        "FLOWSTUDIO_MAX_RUNS_PER_HOUR", None, "Runs that a workspace starts within an hour, unless its owner says.",
        ge=1, le=1_000_000,
    )  # fmt: skip
    max_runs_at_once: int | None = _named(
        "FLOWSTUDIO_MAX_RUNS_AT_ONCE", None, "Runs of a workspace that go on at once, unless its owner says.",
        ge=1, le=1_000_000,
    )  # fmt: skip
    max_runs_waiting: int = _named(
        "FLOWSTUDIO_MAX_RUNS_WAITING", 10_000, "Runs that wait for their turn before callers are turned away.",
        ge=1, le=1_000_000,
    )  # fmt: skip
    dispatcher: Literal["process", "workers"] = _named(
        "FLOWSTUDIO_DISPATCHER", "process", "Who carries runs on: `process`, the server itself; `workers` (PostgreSQL)."
    )
    worker_runs: int = _named(
        "FLOWSTUDIO_WORKER_RUNS", 100, "Runs that one worker carries on at once.", ge=2, le=10_000
    )
    worker_lease: int = _named(
        "FLOWSTUDIO_WORKER_LEASE", 30, "Seconds of silence after which others take a worker's runs over.",
        ge=2, le=600,
    )  # fmt: skip
    worker_name: str = _named("FLOWSTUDIO_WORKER_NAME", "", "Name of a worker; without it, its machine and process.")
    own_actions: Path | None = _named(
        "FLOWSTUDIO_ACTIONS_DIR", None, "Folder of your own actions; without it, `actions` in the data directory."
    )

    files_mb: int = _named(
        "FLOWSTUDIO_FILES_MB", 2_000, "Megabytes that the files of all runs and records may have together.",
        ge=1, le=1_000_000,
    )  # fmt: skip

    sendgrid_api_key: SecretStr | None = _named("SENDGRID_API_KEY", None, "Key for mail by SendGrid.")
    sendgrid_from_email: str | None = _named("SENDGRID_FROM_EMAIL", None, "Sender of mail by SendGrid.")
    twilio_account_sid: str | None = _named("TWILIO_ACCOUNT_SID", None, "Account for text messages by Twilio.")
    twilio_auth_token: SecretStr | None = _named("TWILIO_AUTH_TOKEN", None, "Token for text messages by Twilio.")
    twilio_from_number: str | None = _named("TWILIO_FROM_NUMBER", None, "Sender of text messages by Twilio.")
    firebase_server_key: SecretStr | None = _named(
        "FIREBASE_SERVER_KEY", None, "Old key for push messages; Firebase asks for a service account today."
    )
    firebase_service_account: SecretStr | None = _named(
        "FIREBASE_SERVICE_ACCOUNT", None, "Service account for push messages: its JSON, or the path of the file."
    )
    slack_bot_token: SecretStr | None = _named("SLACK_BOT_TOKEN", None, "Token for messages to Slack.")
    slack_webhook_url: SecretStr | None = _named(
        "SLACK_WEBHOOK_URL", None, "Address of an incoming hook of Slack, for messages without a token."
    )
    slack_signing_secret: SecretStr | None = _named(
        "SLACK_SIGNING_SECRET", None, "Secret by which events from Slack are known to be from Slack."
    )
    mailbox: SecretStr | None = _named(
        "FLOWSTUDIO_IMAP_URL", None, "Mailbox whose mails start workflows: imaps://user:password@host/INBOX."
    )
    stripe_api_key: SecretStr | None = _named("STRIPE_API_KEY", None, "Key for payments by Stripe.")
    quickbooks_client_id: str | None = _named("QUICKBOOKS_CLIENT_ID", None, "Application for QuickBooks.")
    quickbooks_client_secret: SecretStr | None = _named("QUICKBOOKS_CLIENT_SECRET", None, "Secret for QuickBooks.")
    quickbooks_refresh_token: SecretStr | None = _named("QUICKBOOKS_REFRESH_TOKEN", None, "Token for QuickBooks.")
    quickbooks_realm_id: str | None = _named("QUICKBOOKS_REALM_ID", None, "Company in QuickBooks.")
    zapier_hook_url: SecretStr | None = _named("ZAPIER_HOOK_URL", None, "Address of a catch hook at Zapier.")
    openai_api_key: SecretStr | None = _named("OPENAI_API_KEY", None, "Key for drafts by a language model.")
    openai_base_url: str = _named(
        "OPENAI_BASE_URL", "https://api.openai.com/v1", "Base address of the language model's API."
    )

    sendgrid_url: str = _named("FLOWSTUDIO_SENDGRID_URL", "https://api.sendgrid.com", "Base address of SendGrid.")
    twilio_url: str = _named("FLOWSTUDIO_TWILIO_URL", "https://api.twilio.com", "Base address of Twilio.")
    firebase_url: str = _named("FLOWSTUDIO_FIREBASE_URL", "https://fcm.googleapis.com", "Base address of Firebase.")
    firebase_token_url: str = _named(
        "FLOWSTUDIO_FIREBASE_TOKEN_URL", "https://oauth2.googleapis.com/token", "Where Firebase tokens come from."
    )
    slack_url: str = _named("FLOWSTUDIO_SLACK_URL", "https://slack.com/api", "Base address of Slack.")
    stripe_url: str = _named("FLOWSTUDIO_STRIPE_URL", "https://api.stripe.com", "Base address of Stripe.")
    quickbooks_url: str = _named(
        "FLOWSTUDIO_QUICKBOOKS_URL", "https://quickbooks.api.intuit.com", "Base address of QuickBooks."
    )
    quickbooks_token_url: str = _named(
        "FLOWSTUDIO_QUICKBOOKS_TOKEN_URL",
        "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        "Where QuickBooks tokens come from.",
    )

    quickbooks_sign_in_url: str = _named(
        "FLOWSTUDIO_QUICKBOOKS_SIGN_IN_URL",
        "https://appcenter.intuit.com/connect/oauth2",
        "Page on which a person connects QuickBooks.",
    )

    @field_validator("allowed_private_hosts", "only_to", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(filter(None, (part.strip() for part in value.split(",")))) if isinstance(value, str) else value

    @field_validator("*")
    @classmethod
    def _known_address(cls, value: Any, info: ValidationInfo) -> Any:
        schemes = _SCHEMES.get(
            info.field_name or "", ("http", "https") if str(info.field_name).endswith("_url") else ()
        )
        if value and schemes:
            scheme = _scheme(value.get_secret_value() if isinstance(value, SecretStr) else str(value))
            if scheme not in schemes:
                raise ValueError(f"it must be an address that begins with {schemes[0]}://")
        return value

    @property
    def uses_postgres(self) -> bool:
        """Whether the data lives in PostgreSQL."""
        return self.database_url().startswith("postgresql")

    @property
    def key_file(self) -> Path:
        """Where the generated key for stored secrets lies."""
        return self.data_dir / KEY_FILE

    @property
    def actions_folder(self) -> Path:
        """Where the Python files of the installation's own actions lie."""
        return self.own_actions.expanduser() if self.own_actions is not None else self.data_dir / "actions"

    def database_url(self) -> str:
        """Return the address in SQLAlchemy's form, with its asyncio driver: aiosqlite or psycopg."""
        if self.database is None:
            return f"sqlite+aiosqlite:///{self.data_dir / DATABASE_FILE}"
        scheme, rest = self.database.get_secret_value().split("://", 1)
        return f"{'sqlite+aiosqlite' if scheme.startswith('sqlite') else 'postgresql+psycopg'}://{rest}"

    def database_file(self) -> Path | None:
        """Return the SQLite file, or nothing on PostgreSQL."""
        return None if self.uses_postgres else Path(self.database_url().split(":///", 1)[1])

    def public_url(self) -> str:
        """Return the address that links to FlowStudio begin with, without a slash at its end."""
        if self.base_url:
            return self.base_url.rstrip("/")
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - a name, no listener
        return f"http://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{self.port}"


def _scheme(address: str) -> str:
    """Return the scheme of an address (`postgresql`), nothing where the address cannot be read.

    The reason is not told: it may quote a password.
    """
    try:
        parts = urlsplit(address)
        _ = parts.port if parts.netloc else None
    except ValueError:
        return ""
    return parts.scheme.split("+")[0] if parts.netloc or parts.path.strip("/") else ""


def default_data_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Return the user's folder for FlowStudio's data, by the custom of the system."""
    environ = os.environ if environ is None else environ
    home = Path(environ["HOME"]) if environ.get("HOME") else _home_on_record()
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData/Local") / "FlowStudio"
    if sys.platform == "darwin":
        return home / "Library/Application Support/FlowStudio"
    return Path(environ.get("XDG_DATA_HOME") or home / ".local/share") / "flowstudio"


def load_settings(**options: Any) -> Settings:
    """Read the settings: options first, then the environment, then the data directory's `.env`.

    Options are field names (`data_dir`, `host`, `port` …); those that are None do not count.
    Raises BadSetting with the setting's name and what is wrong with it.
    """
    given = {name: value for name, value in options.items() if value is not None}
    folder = Path(given.pop("data_dir", None) or os.environ.get("FLOWSTUDIO_DATA_DIR") or default_data_dir())
    folder = folder.expanduser().absolute()
    aliases = {name: _alias(name) for name in given}
    try:
        return Settings(
            _env_file=folder / ".env",
            **{"FLOWSTUDIO_DATA_DIR": folder, **{aliases[name]: value for name, value in given.items()}},
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "A setting"
        raise BadSetting(f"{name} is not right: {first['msg'].removeprefix('Value error, ')}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{folder / '.env'} cannot be read: {error}.") from error


def sources(settings: Settings, **options: Any) -> dict[str, Source]:
    """Tell by field name where each value comes from; options as they were given to load_settings."""
    env_file = settings.data_dir / ".env"
    written = {name for name, value in dotenv_values(env_file).items() if value} if env_file.is_file() else set()
    found: dict[str, Source] = {}
    for field in Settings.model_fields:
        name = _alias(field)
        if options.get(field) is not None:
            found[field] = "option"
        elif os.environ.get(name):
            found[field] = "environment"
        elif name in written and field != "data_dir":
            found[field] = ".env"
        elif field == "secret_key" and settings.key_file.is_file():
            found[field] = "key file"
        else:
            found[field] = "default"
    return found


def _alias(field: str) -> str:
    """Return the name of a field in the environment."""
    alias = Settings.model_fields[field].validation_alias
    assert isinstance(alias, AliasChoices)
    return str(alias.choices[0])


def secret_values(settings: Settings) -> tuple[str, ...]:
    """Return every secret in the settings, passwords inside addresses too: what logs and answers must never show."""
    found: set[str] = set()
    for field in Settings.model_fields:
        value = getattr(settings, field)
        if isinstance(value, SecretStr):
            plain = value.get_secret_value()
            password = urlsplit(plain).password if "://" in plain else None
            if password:
                found |= {password, unquote(password)}
            elif field != "database":
                found |= set(plain.split(",")) if field == "secret_key" else {plain}
    return tuple(sorted(filter(None, (part.strip() for part in found))))


def environment_names() -> dict[str, str]:
    """Return the names in the environment by field name."""
    return {field: _alias(field) for field in Settings.model_fields}


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """Return the keys for stored secrets: the first writes, all read.

    Without FLOWSTUDIO_SECRET_KEY it is the one of the key file, which is made on first use, readable by its owner
    alone. Raises BadSetting where the file is empty or cannot be read or written.
    """
    if settings.secret_key:
        keys = tuple(filter(None, (part.strip() for part in settings.secret_key.get_secret_value().split(","))))
        if not keys:
            raise BadSetting("FLOWSTUDIO_SECRET_KEY holds no key.")
        return keys
    path = settings.key_file
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            _write_key(path)
        if path.stat().st_mode & 0o077 and os.name != "nt":
            path.chmod(0o600)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"The key file {path} cannot be used: {error}.") from error
    if not key:
        raise BadSetting(f"The key file {path} is empty.", hint="Restore it from a backup: stored secrets need it.")
    return (key,)


def _write_key(path: Path) -> None:
    """Write a new key to a file that did not exist; it appears with its content, never empty."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() + "\n")
    try:
        os.link(draft, path)  # unlike a rename, this fails where another start was quicker
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _home_on_record() -> Path:
    """Return the home directory that the system's user list names; HOME may be empty."""
    try:
        import pwd

        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except (ImportError, KeyError):
        return Path.home()
