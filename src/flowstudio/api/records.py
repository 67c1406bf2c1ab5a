"""Record types and records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from flowstudio.api.answers import Json
from flowstudio.api.asking import Asking, Paging
from flowstudio.domain.json_text import read_json
from flowstudio.domain.record import REVISION, visible
from flowstudio.errors import BadRequest
from flowstudio.expressions import normalise
from flowstudio.kit.csv_text import LARGEST_FILE

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.record_files import Intake
    from flowstudio.services.studio import Studio

Fields = Annotated[dict[str, Any], Body(description="Fields of a record.")]


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/records", tags=["records"])

    def answered(record: JsonObject, status: int = 200) -> Json:
        return Json(visible(record), status, revision=int(record.get(REVISION) or 1))

    @routes.get("", summary="Record types")
    async def types(actor: Asking) -> dict[str, Any]:
        found = await studio.records.types(actor)
        return {
            "types": [
                {"name": one.name, "aliases": list(one.aliases), "system": one.system, "count": count,
                 "fields": {name: spec.model_dump(mode="json", exclude_none=True) for name, spec in one.fields.items()}}
                for one, count in found
            ]
        }  # fmt: skip

    @routes.get("/{entity}", summary="Records of a type")
    async def listed(
        actor: Asking,
        page: Paging,
        entity: str,
        search: Annotated[str, Query(max_length=200)] = "",
        filter: Annotated[str, Query(max_length=10_000)] = "",
    ) -> dict[str, Any]:
        where = None
        if filter:
            tree = filter.lstrip().startswith("{")
            where = normalise(read_json(filter.encode(), "The filter") if tree else filter)
        rows, total = await studio.records.page(actor, entity, page, where=where, search=search)
        return {"records": [visible(row) for row in rows], "total": total, "page": page.number, "page_size": page.size}

    @routes.post("/{entity}", status_code=201, summary="Create a record")
    async def create(actor: Asking, entity: str, fields: Fields) -> Response:
        return answered(await studio.records.create(actor, entity, fields), 201)

    @routes.get("/{entity}/csv", summary="Records of a type as CSV")
    async def csv_out(actor: Asking, entity: str, search: Annotated[str, Query(max_length=200)] = "") -> Response:
        name = studio.records.type_of(actor, entity).name
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        pieces = studio.record_files.out(actor, name, search=search)
        return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)

    @routes.post("/{entity}/csv", summary="Take records in from CSV, or say what that would do")
    async def csv_in(
        actor: Asking,
        entity: str,
        request: Request,
        preview: Annotated[bool, Query()] = False,
        match: Annotated[str, Query(max_length=60)] = "id",
        events: Annotated[bool, Query(description="Whether the changes may start workflows.")] = False,
    ) -> dict[str, Any]:
        raw = bytearray()
        async for piece in request.stream():
            raw += piece
            if len(raw) > LARGEST_FILE:
                raise BadRequest(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.")
        if preview:
            return told_of(await studio.record_files.preview(actor, entity, bytes(raw), match=match))
        return told_of(await studio.record_files.take_in(actor, entity, bytes(raw), match=match, raising=events))

    @routes.put("/{entity}", summary="Make a record type of your own, or change it")
    async def keep_type(
        actor: Asking, entity: str, fields: Annotated[dict[str, Any], Body(embed=True, description="Name → field.")]
    ) -> dict[str, Any]:
        made = await studio.record_types.save(actor, entity, fields)
        shown = {name: spec.model_dump(mode="json", exclude_none=True) for name, spec in made.fields.items()}
        return {"name": made.name, "fields": shown}

    @routes.delete("/{entity}", status_code=204, summary="Delete a record type of your own")
    async def delete_type(actor: Asking, entity: str) -> None:
        await studio.record_types.delete(actor, entity)

    @routes.get("/{entity}/{record_id}", summary="One record")
    async def one(actor: Asking, entity: str, record_id: str) -> Response:
        return answered(await studio.records.get(actor, entity, record_id))

    @routes.patch("/{entity}/{record_id}", summary="Change fields of a record")
    async def change(
        actor: Asking, entity: str, record_id: str, fields: Fields, if_match: Annotated[str | None, Header()] = None
    ) -> Response:
        tag = (if_match or "").strip('W/"')
        revision = int(tag) if tag.isdigit() else None
        return answered(await studio.records.update(actor, entity, record_id, fields, revision=revision))

    @routes.delete("/{entity}/{record_id}", status_code=204, summary="Delete a record")
    async def delete(actor: Asking, entity: str, record_id: str) -> None:
        await studio.records.delete(actor, entity, record_id)

    return routes


def told_of(done: Intake) -> dict[str, Any]:
    """Return what becomes of a file, as the API and the command line tell it."""
    return {
        "created": done.count("create"),
        "changed": done.count("change"),
        "faults": [{"line": one.line, "id": one.record_id, "fault": one.fault} for one in done.rows if one.fault],
        "fields": list(done.used),
        "ignored": list(done.ignored),
    }
