"""The ways out of one FlowStudio, made from its settings: secrets, mail, HTTP with its providers."""

from __future__ import annotations

import hashlib
import hmac

from pydantic import SecretStr

from flowstudio.config import Settings, environment_names, secret_keys
from flowstudio.connectors.databases import Databases
from flowstudio.connectors.fcm import Firebase
from flowstudio.connectors.http import HttpxHttp
from flowstudio.connectors.llm import LanguageModel
from flowstudio.connectors.mailbox import ImapMailbox, private_host_of
from flowstudio.connectors.oauth import Keep
from flowstudio.connectors.only_to import ListedMail, OnlyTo
from flowstudio.connectors.quickbooks import QuickBooks
from flowstudio.connectors.sendgrid import SendGridMail
from flowstudio.connectors.service import Service
from flowstudio.connectors.simulated.outside import simulated_outside
from flowstudio.connectors.slack import Slack
from flowstudio.connectors.smtp import MailServer, SmtpMail
from flowstudio.connectors.stripe import Stripe
from flowstudio.connectors.twilio import Twilio
from flowstudio.connectors.zapier import Zapier
from flowstudio.domain.json import JsonObject
from flowstudio.errors import BadSetting, Unauthorized
from flowstudio.kit.document_links import SECRET
from flowstudio.kit.ports import Http, Mail, MailMessage, Outside, Secrets


class SettingSecrets:
    """The secrets that stand in the settings, by their names in the environment."""

    def __init__(self, settings: Settings) -> None:
        self._values: dict[str, str] = {}
        for field, name in environment_names().items():
            value = getattr(settings, field)
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            if plain and field not in ("secret_key", "database") and isinstance(plain, str):
                self._values[name] = plain
        links = hmac.new(secret_keys(settings)[0].encode(), SECRET.encode(), hashlib.sha256).hexdigest()
        self._hidden = {SECRET: links}

    def get(self, name: str) -> str | None:
        """Return a secret, or None."""
        return self._values.get(name) or self._hidden.get(name)

    def names(self) -> list[str]:
        """List what is there, by name."""
        return sorted(self._values)


class NoMail:
    """The Mail port where no mail server is set."""

    async def send(self, message: MailMessage) -> JsonObject:
        """Say what is missing."""
        raise Unauthorized(
            "No mail server is set, so no mail can leave.",
            hint="Whoever runs FlowStudio sets FLOWSTUDIO_SMTP_URL, such as smtp://user:password@mail.example:587.",
        )


def http_of(settings: Settings, secrets: Secrets, renew: Keep | None = None) -> HttpxHttp:
    """Return the HTTP port with every provider at its address."""
    return HttpxHttp(
        secrets,
        allowed_private_hosts=settings.allowed_private_hosts,
        services=services_of(settings, renew),
        only_to=OnlyTo(settings.only_to),
        renew=renew,
    )


def services_of(settings: Settings, renew: Keep | None = None) -> tuple[Service, ...]:
    """Return every provider at its address."""
    return (
        Slack(settings.slack_url),
        Twilio(settings.twilio_url),
        Firebase(settings.firebase_url, settings.firebase_token_url),
        Stripe(settings.stripe_url),
        QuickBooks(settings.quickbooks_url, settings.quickbooks_token_url, renew),
        Zapier(),
        LanguageModel(settings.openai_base_url),
        Databases(settings.data_dir / "databases", settings.allowed_private_hosts),
    )


def providers_of(settings: Settings) -> dict[str, JsonObject]:
    """Return what the grants of providers have in common: addresses are the operator's, not a builder's."""
    return {
        "quickbooks": {
            "provider": "quickbooks",
            "flow": "code",
            "authorize_url": settings.quickbooks_sign_in_url,
            "token_url": settings.quickbooks_token_url,
            "scope": "com.intuit.quickbooks.accounting",
        }
    }


def mailbox_of(settings: Settings) -> ImapMailbox:
    """Return the reader of mailboxes: the operator's own may lie in a private network, those of steps may not."""
    own = private_host_of(settings.mailbox.get_secret_value()) if settings.mailbox else ()
    return ImapMailbox((*settings.allowed_private_hosts, *own))


def shipped_outside() -> Outside:
    """Return the twins of a test run outside any installation: providers at their own addresses."""
    return simulated_outside(
        (Slack(), Twilio(), Firebase(), Stripe(), QuickBooks(), Zapier(), LanguageModel(), Databases())
    )


def mail_sender(settings: Settings) -> str:
    """Return the address that mail leaves from, empty where none is set."""
    if settings.smtp_url:
        return MailServer.of(settings.smtp_url.get_secret_value()).sender
    return settings.sendgrid_from_email or ""


def mail_of(settings: Settings, secrets: Secrets, http: Http) -> Mail:
    """Return the way mail leaves: the mail server that is set, else SendGrid, else none; to those on the list only."""
    mail, only_to = _way_of_mail(settings, secrets, http), OnlyTo(settings.only_to)
    return ListedMail(mail, only_to) if only_to else mail


def _way_of_mail(settings: Settings, secrets: Secrets, http: Http) -> Mail:
    if settings.smtp_url:
        try:
            return SmtpMail(MailServer.of(settings.smtp_url.get_secret_value()))
        except ValueError as error:
            raise BadSetting(f"FLOWSTUDIO_SMTP_URL is not right: {error}") from error
    if settings.sendgrid_api_key:
        return SendGridMail(http, secrets, settings.sendgrid_url)
    return NoMail()
