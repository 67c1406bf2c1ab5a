"""The shelf: `/folders`, `/tags`, `/bin`, and deeds on many workflows at `/shelf`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Request, Response

from flowstudio.api.asking import Asking
from flowstudio.api.shapes import moment
from flowstudio.services.exchange import OnConflict
from flowstudio.services.shelf_ports import COLOURS

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.bulk import Done
    from flowstudio.services.studio import Studio

Name = Annotated[str, Body(embed=True, max_length=200)]
Ids = Annotated[list[str], Body(embed=True, max_length=1_000, description="Ids of workflows.")]


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["shelf"])

    @routes.get("/folders", summary="Folders, by name, each followed by those in it; `count` has what is below")
    async def folders(actor: Asking) -> dict[str, Any]:
        return {"folders": [asdict(one) for one in await studio.folders.list(actor)]}

    @routes.post("/folders", status_code=201, summary="Make a folder, at the top or in another")
    async def make_folder(actor: Asking, name: Name, parent: Annotated[str, Body(embed=True)] = "") -> dict[str, Any]:
        return asdict(await studio.folders.make(actor, name, parent))

    @routes.patch("/folders/{folder_id}", status_code=204, summary="Rename a folder, or put it into another")
    async def change_folder(
        actor: Asking,
        folder_id: str,
        name: Annotated[str | None, Body(embed=True, max_length=200)] = None,
        parent: Annotated[str | None, Body(embed=True, description="Id of a folder; `none`: the top.")] = None,
    ) -> None:
        await studio.folders.change(actor, folder_id, name=name, parent=parent)

    @routes.delete("/folders/{folder_id}", status_code=204, summary="Delete a folder; what is in it moves up one level")
    async def delete_folder(actor: Asking, folder_id: str) -> None:
        await studio.folders.delete(actor, folder_id)

    @routes.get("/tags", summary="Tags, by name")
    async def tags(actor: Asking) -> dict[str, Any]:
        return {"tags": [asdict(one) for one in await studio.shelf.tags(actor)]}

    @routes.post("/tags", status_code=201, summary="Make a tag")
    async def make_tag(actor: Asking, name: Name, colour: Annotated[str, Body(embed=True)] = COLOURS[0]) -> Any:
        return asdict(await studio.shelf.make_tag(actor, name, colour))

    @routes.patch("/tags/{tag_id}", status_code=204, summary="Change name and colour of a tag")
    async def change_tag(actor: Asking, tag_id: str, name: Name, colour: Annotated[str, Body(embed=True)]) -> None:
        await studio.shelf.change_tag(actor, tag_id, name, colour)

    @routes.delete("/tags/{tag_id}", status_code=204, summary="Delete a tag; its workflows lose it")
    async def delete_tag(actor: Asking, tag_id: str) -> None:
        await studio.shelf.delete_tag(actor, tag_id)

    @routes.get("/bin", summary="Deleted workflows, the last deleted first")
    async def binned(actor: Asking) -> dict[str, Any]:
        return {
            "workflows": [
                {"id": one.id, "name": one.name, "deleted_at": moment(one.deleted_at)}
                for one in await studio.bulk.binned(actor)
            ]
        }

    @routes.post("/shelf/move", summary="Put workflows into a folder (`none`: into none)")
    async def move(actor: Asking, workflows: Ids, folder: Annotated[str, Body(embed=True)]) -> dict[str, Any]:
        await studio.shelf.move(actor, workflows, folder)
        return {"done": workflows, "refused": []}

    @routes.post("/shelf/tag", summary="Give workflows a tag, or take it off them")
    async def tagged(
        actor: Asking,
        workflows: Ids,
        tag: Annotated[str, Body(embed=True)],
        on: Annotated[bool, Body(embed=True)] = True,
    ) -> dict[str, Any]:
        await studio.shelf.tag(actor, workflows, tag, on=on)
        return {"done": workflows, "refused": []}

    @routes.post("/shelf/switch", summary="Switch workflows on or off")
    async def switch(actor: Asking, workflows: Ids, active: Annotated[bool, Body(embed=True)]) -> dict[str, Any]:
        return _told(await studio.bulk.switch(actor, workflows, active=active))

    @routes.post("/shelf/duplicate", summary="Copy workflows; `done` are the copies")
    async def duplicate(actor: Asking, workflows: Ids) -> dict[str, Any]:
        return _told(await studio.bulk.duplicate(actor, workflows))

    @routes.post("/shelf/delete", summary="Put workflows into the bin")
    async def delete(actor: Asking, workflows: Ids) -> dict[str, Any]:
        return _told(await studio.bulk.delete(actor, workflows))

    @routes.post("/shelf/put-back", summary="Take workflows out of the bin, switched off")
    async def put_back(actor: Asking, workflows: Ids) -> dict[str, Any]:
        return _told(await studio.bulk.put_back(actor, workflows))

    @routes.post("/shelf/remove", summary="Remove workflows in the bin for good, with their versions and runs")
    async def remove(actor: Asking, workflows: Ids) -> dict[str, Any]:
        return _told(await studio.emptying.remove(actor, workflows))

    @routes.post("/shelf/export", summary="Workflows as one file")
    async def export(actor: Asking, workflows: Ids) -> Response:
        return Response(await studio.bulk.export(actor, workflows), media_type="application/json")

    @routes.post("/shelf/import", status_code=201, summary="Take in a file with several workflows")
    async def import_(actor: Asking, request: Request, on_conflict: OnConflict = "error") -> dict[str, Any]:
        return _told(await studio.bulk.import_file(actor, await request.body(), on_conflict=on_conflict))

    return routes


def _told(done: Done) -> JsonObject:
    return {"done": list(done.done), "refused": [asdict(one) for one in done.refused]}
