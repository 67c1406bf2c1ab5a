"""`GET /documents/{id}`: a document as a file, for members and for whoever has its signed link."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse, Response

from flowstudio.errors import FlowStudioError, LinkExpired, NotAllowed, NotFound, NotSignedIn
from flowstudio.services.papers import SignedLink

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.applications import Starlette
    from starlette.requests import Request

    from flowstudio.domain.actor import Actor
    from flowstudio.services.files import FileService
    from flowstudio.services.papers import Paper, PaperService

LONGEST_ID = 200
_STATUS: dict[type[FlowStudioError], int] = {NotFound: 404, LinkExpired: 410, NotAllowed: 403}
_HEADERS = {
    # A file of ours never acts as a page of ours: no scripts, no forms, no frames, nothing loaded.
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}
# Browsers show a PDF by a plug-in, which a sandbox would turn off.
_PDF = {"content-security-policy": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"}
_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>{title}</title><link rel=stylesheet href=/static/fonts/fonts.css>"
    "<link rel=stylesheet href=/static/theme/tokens.css><style>"
    "body{{font:var(--fs-t-13);color:var(--fs-ink);background:var(--fs-desk);margin:15vh auto;"
    "max-width:420px;padding:24px}}"
    "main{{background:var(--fs-sheet);border-radius:var(--fs-r-3);box-shadow:var(--fs-lift-1);padding:24px}}"
    "h1{{font:var(--fs-t-18);margin:0 0 8px}}p{{margin:0;color:var(--fs-ink-2)}}</style>"
    "<body><script>if(matchMedia('(prefers-color-scheme:dark)').matches)document.body.className='body--dark'</script>"
    "<main><h1>{title}</h1><p>{hint}</p></main></body></html>"
)


def install(app: Starlette, papers: PaperService, files: FileService) -> None:
    """Add the routes."""

    async def document(request: Request) -> Response:
        document_id = str(request.path_params["document_id"])[:LONGEST_ID]
        try:
            paper = await papers.open(getattr(request.state, "actor", None), document_id, _link_of(request))
        except NotSignedIn:
            return RedirectResponse("/sign-in", status_code=303)
        except (NotFound, LinkExpired, NotAllowed) as error:
            page = _PAGE.format(title=escape(error.message.rstrip(".")), hint=escape(error.hint))
            return HTMLResponse(page, _STATUS[type(error)], headers={"cache-control": "no-store"})
        return _file(paper)

    async def of_run(request: Request) -> Response:
        run_id, digest = _part(request, "run_id"), _part(request, "digest")
        return await _handed_out(request, lambda actor: files.open_of_run(actor, run_id, digest))

    async def of_record(request: Request) -> Response:
        entity, record_id, digest = (_part(request, name) for name in ("entity", "record_id", "digest"))
        return await _handed_out(request, lambda actor: files.open_of_record(actor, entity, record_id, digest))

    record = "/records/{entity}/{record_id}/files/{digest}"
    app.add_route("/runs/{run_id}/files/{digest}", of_run, methods=["GET"], include_in_schema=False)
    app.add_route(record, of_record, methods=["GET"], include_in_schema=False)
    app.add_route("/documents/{document_id}", document, methods=["GET"], include_in_schema=False)


async def _handed_out(request: Request, open_it: Callable[[Actor], Awaitable[Paper]]) -> Response:
    """Answer with a file for members, always as a download: it came from outside."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None:
        return RedirectResponse("/sign-in", status_code=303)
    try:
        return _file(await open_it(actor), download=True)
    except (NotFound, NotAllowed) as error:
        page = _PAGE.format(title=escape(error.message.rstrip(".")), hint=escape(error.hint))
        return HTMLResponse(page, _STATUS[type(error)], headers={"cache-control": "no-store"})


def _part(request: Request, name: str) -> str:
    return str(request.path_params[name])[:LONGEST_ID]


def _link_of(request: Request) -> SignedLink | None:
    expires, signature = request.query_params.get("expires", ""), request.query_params.get("signature", "")
    if not expires and not signature:
        return None
    # A number that no clock reaches is no number of ours; what is no number is a link that never held.
    right = expires.isascii() and expires.isdigit() and len(expires) <= 12
    return SignedLink(int(expires) if right else 0, signature if right else "")


def _file(paper: Paper, *, download: bool = False) -> Response:
    pdf = paper.media_type == "application/pdf" and not download
    plain = "".join(sign if sign.isascii() and sign not in '"\\' else "_" for sign in paper.name)
    shown = f"{'inline' if pdf else 'attachment'}; filename=\"{plain}\"; filename*=utf-8''{quote(paper.name)}"
    headers = {**_HEADERS, **(_PDF if pdf else {}), "content-disposition": shown}
    return Response(paper.content, media_type=paper.media_type, headers=headers)
