"""Call another system by HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import orjson
from pydantic import Field

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected
from flowstudio.expressions import print_value
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.answers import checked
from flowstudio.kit.files import MOST_FILES, FileContent, content_of
from flowstudio.kit.moments import duration_of
from flowstudio.kit.multipart import answered_name, multipart
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
    files: dict[str, Any] = setting(
        default_factory=dict,
        label="Files",
        help="Sent with the content as a form (multipart): names and the files that belong there.",
        widget="fields",
        example={"attachment": "{{trigger.contract}}"},
        advanced=True,
    )
    keep_file: bool = setting(
        False,
        label="The answer is a file",
        help="Keeps the answer as a file that later steps can send on or keep.",
        advanced=True,
    )
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
    file: dict[str, Any] | None = Field(
        description="The answer as a file, where it is kept as one.",
        examples=[{"name": "label.pdf", "type": "application/pdf", "size": 18_400, "digest": "sha256:…"}],
    )
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
    asks = True
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
        files = [(name, await content_of(value, ctx, "files")) for name, value in _files(config)]
        request = build_request(config, ctx, files)
        response = await ctx.http.request(request)
        content: JsonObject = {"method": config.method, "headers": dict(config.headers), "query": config.query or None}
        answer = None if config.keep_file else response.body
        content |= {"body": config.body, "answer": {"status": response.status, "body": answer}}
        content |= {"files": {name: file.name for name, file in files}} if files else {}
        ctx.call(
            "http_request", config.url, **{name: value for name, value in content.items() if value not in (None, {})}
        )
        checked(response, "The other system")
        file = None
        if config.keep_file:
            kind = response.headers.get("content-type", "")
            raw = response.content or print_value(response.body).encode()
            kept = FileContent(answered_name(response.headers, config.url), kind, raw)
            file = await ctx.files.keep(ctx.workspace, kept)
        body = None if file else response.body
        return {"body": body, "file": file, "status": response.status, "headers": response.headers}

    def preview(self, config: HttpRequestConfig) -> Preview:
        return Preview(f"Would send {config.method} to {config.url}", {"calls": 1})

    def safe_to_repeat(self, config: HttpRequestConfig) -> bool:
        """Say whether the request may be sent again under the same key."""
        if config.honours_idempotency_key is not None:
            return config.honours_idempotency_key
        return config.method not in _ONCE

    def looks_up(self, config: HttpRequestConfig) -> bool:
        """Say whether it only asks; an answer that is a file belongs to the run that fetched it."""
        return config.method == "GET" and not config.keep_file and not config.files


def _files(config: HttpRequestConfig) -> list[tuple[str, JsonValue]]:
    """Return the files by their names; a list of them stands under one name."""
    found = [
        (name, one)
        for name, value in config.files.items()
        for one in (value if isinstance(value, list) else [value])
        if one not in (None, "")
    ]
    if len(found) > MOST_FILES:
        raise ConfigRejected(f"A request carries at most {MOST_FILES} files.", setting="files")
    if found and (config.method == "GET" or isinstance(config.body, (str, list))):
        raise ConfigRejected(
            "Files are sent by POST, PUT or PATCH, with the content as fields.",
            setting="files",
            hint="Choose another method, and write the content as names and values.",
        )
    return found


def build_request(config: HttpRequestConfig, ctx: RunContext, files: Sequence[tuple[str, FileContent]] = ()) -> Request:
    """Return the request; the same for a test run and for real."""
    headers = dict(config.headers)
    present = {name.lower() for name in headers}
    body: bytes | None = None
    if files:
        headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        headers["Content-Type"], body = multipart(config.body or {}, files, ctx.idempotency_key)
    elif config.body is not None:
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
