"""Call another system by HTTP."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import orjson
from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.answers import checked
from flowstudio.kit.moments import duration_of
from flowstudio.kit.ports import HttpRequest as Request
from flowstudio.kit.words import said

_ONCE = frozenset({"POST", "PATCH"})
"""Methods whose repeat does it twice, unless the other system knows our key."""


class HttpRequestConfig(Config):
    """What is asked, and how."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = setting(label="Method", example="GET")
    url: str = setting(
        label="Address", widget="url", example="https://api.example.com/orders", min_length=1, max_length=8_000
    )
    query: dict[str, Any] = setting(
        default_factory=dict,
        label="Query",
        help="Added to the address behind the ?.",
        widget="fields",
        example={"page": 1},
    )
    headers: dict[str, str] = setting(default_factory=dict, label="Headers", widget="fields", advanced=True)
    body: JsonValue = setting(None, label="Content", help="Data is sent as JSON, text as it is.", widget="json")
    auth: Literal["none", "basic", "bearer", "api_key", "oauth2"] = setting(
        "none", label="Sign-in", help="How the connection is shown to the other system.", advanced=True
    )
    credential: str | None = setting(None, label="Connection", widget="credential", advanced=True)
    timeout: str = setting(
        "60 seconds",
        label="Wait at most",
        help="Up to 60 seconds.",
        widget="duration",
        example="30 seconds",
        advanced=True,
    )
    honours_idempotency_key: bool | None = setting(
        None,
        label="Knows repeats",
        help="On, when the other system does a request with the same Idempotency-Key only once. After a crash it is "
        "then repeated; else a person is asked. Left alone: on, but off for POST and PATCH.",
        advanced=True,
    )


class HttpRequestOutput(Output):
    """What the other system answered."""

    body: JsonValue = Field(description="The answer: data where it is JSON, else text.", examples=[{"id": 7}])
    status: int = Field(description="The status of the answer.", examples=[200])
    headers: dict[str, str] = Field(
        description="The headers of the answer.", examples=[{"content-type": "application/json"}]
    )


class HttpRequest(Action):
    """Asks another system by HTTP and gives its answer to the steps that follow.

    Addresses in private networks are refused. An answer from 400 on is a failure; 408, 425, 429 and from 500 on may be
    tried again.
    """

    key = "http_request"
    title = "Call a web address"
    icon = "world"
    aliases = ("Call External API", "httpRequest", "http", "API integrations")
    synonyms = ("api", "rest", "get", "post", "request", "fetch")
    twins: ClassVar[tuple[str, ...]] = ("http",)
    effect = "sends"
    idempotent = False
    connector = "http"
    Config: ClassVar[type[Config]] = HttpRequestConfig
    Output = HttpRequestOutput
    main = "body"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"{config.get('method') or 'GET'} {said(config['url'])}" if config.get("url") else "No address yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `call https://api.example.com`."""
        return f"call {said(config.get('url'), 60) or 'another system'}"

    async def run(self, config: HttpRequestConfig, ctx: RunContext) -> JsonObject:
        """Send the request and read the answer."""
        request = build_request(config, ctx)
        response = await ctx.http.request(request)
        content: JsonObject = {"method": config.method, "headers": dict(config.headers), "query": config.query or None}
        content |= {"body": config.body, "answer": {"status": response.status, "body": response.body}}
        ctx.call(
            "http_request", config.url, **{name: value for name, value in content.items() if value not in (None, {})}
        )
        checked(response, "The other system")
        return {"body": response.body, "status": response.status, "headers": response.headers}

    def preview(self, config: HttpRequestConfig) -> Preview:
        return Preview(f"Would send {config.method} to {config.url}", {"calls": 1})

    def safe_to_repeat(self, config: HttpRequestConfig) -> bool:
        """Say whether the request may be sent again under the same key."""
        if config.honours_idempotency_key is not None:
            return config.honours_idempotency_key
        return config.method not in _ONCE


def build_request(config: HttpRequestConfig, ctx: RunContext) -> Request:
    """Return the request; the same for a test run and for real."""
    headers = dict(config.headers)
    present = {name.lower() for name in headers}
    body: bytes | None = None
    if config.body is not None:
        body = config.body.encode() if isinstance(config.body, str) else orjson.dumps(config.body)
        if "content-type" not in present:
            headers["Content-Type"] = (
                "text/plain; charset=utf-8" if isinstance(config.body, str) else "application/json"
            )
    if config.method != "GET" and "idempotency-key" not in present:
        headers["Idempotency-Key"] = ctx.idempotency_key
    return Request(
        method=config.method,
        url=config.url,
        headers=headers,
        query=config.query,
        body=body,
        timeout=min(60.0, max(1.0, duration_of(config.timeout, "timeout").total_seconds())),
        credential=config.credential,
        auth=config.auth,
    )
