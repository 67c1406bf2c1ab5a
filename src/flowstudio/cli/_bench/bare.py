"""What a webhook is measured against: a server that does nothing but answer, on the uvicorn settings of the app.

`python -m flowstudio.cli._bench.bare asgi|fastapi PORT`
"""

import asyncio
import sys
from typing import Any

import orjson
import uvicorn
import uvloop

ANSWER = b'{"total":84,"note":"big"}'


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """Read the body and answer a constant: the most that this server can do."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json"), (b"content-length", b"25")],
        }
    )
    await send({"type": "http.response.body", "body": ANSWER})


def fastapi() -> Any:
    """Return an app of one route that reads JSON and answers JSON, as a person would write it."""
    from fastapi import FastAPI, Request, Response

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/hooks/bench/bench")
    async def hook(request: Request) -> Response:
        body = orjson.loads(await request.body())
        answer = {"total": body["amount"] * 2, "note": "big" if body["amount"] > 10 else "small"}
        return Response(orjson.dumps(answer), media_type="application/json")

    return app


def main() -> None:
    """Serve until stopped."""
    kind, port = sys.argv[1], int(sys.argv[2])
    config = uvicorn.Config(
        asgi if kind == "asgi" else fastapi(), host="127.0.0.1", port=port, log_level="warning", access_log=False,
        loop="none", server_header=False, lifespan="off",
    )  # fmt: skip
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
