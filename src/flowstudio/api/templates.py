"""Templates, shipped and own: find one, try it, make a workflow from it; save, change, import and delete own ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from flowstudio.api.asking import Asking
from flowstudio.services.exchange import OnConflict
from flowstudio.services.template_file import MOST_BYTES, About
from flowstudio.services.template_rows import CATEGORIES, TemplateFilter, counts_of

if TYPE_CHECKING:
    from flowstudio.services.own_templates import Saved
    from flowstudio.services.studio import Studio


class CreateIn(BaseModel):
    """What a person gives a new workflow: its name, and own values by the keys of `setup`."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=200)
    values: dict[str, str] = Field(default_factory=dict)


class AboutIn(BaseModel):
    """What is said about an own template."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=500)
    summary: str = Field(default="", max_length=10_000)
    category: str = Field(max_length=60)
    department: str = Field(default="", max_length=200)
    difficulty: str = Field(default="beginner", max_length=60)
    tags: list[str] = Field(default_factory=list, max_length=100)

    def about(self) -> About:
        """Return it as the service takes it."""
        return About(self.name, self.summary, self.category, self.department, self.difficulty, tuple(self.tags))


class SaveIn(AboutIn):
    """Which workflow becomes a template, what it asks for, and its sample: a test case or a past run."""

    workflow_id: str = Field(max_length=200)
    ask: list[str] = Field(default_factory=list, max_length=100)
    test: str = Field(default="", max_length=500)
    run_id: str = Field(default="", max_length=200)


def _filter_of(
    search: Annotated[str, Query(max_length=200)] = "",
    category: Annotated[str, Query(max_length=60)] = "",
    trigger: Annotated[str, Query(max_length=60)] = "",
    department: Annotated[str, Query(max_length=60)] = "",
    difficulty: Annotated[str, Query(max_length=60)] = "",
    source: Annotated[Literal["", "ours", "shipped"], Query()] = "",
) -> TemplateFilter:
    return TemplateFilter(search, category, trigger, department, difficulty, source)


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/templates", tags=["templates"])

    @routes.get("", summary="All templates, or those that fit")
    async def listed(actor: Asking, wanted: Annotated[TemplateFilter, Depends(_filter_of)]) -> dict[str, Any]:
        every = await studio.templates.list(actor)
        rows, counts = wanted.of(every), counts_of(every)
        categories = [{"key": key, "title": title, "count": counts.get(key, 0)} for key, title in CATEGORIES.items()]
        return {"templates": [row.json() for row in rows], "total": len(rows), "categories": categories}

    @routes.get("/{template_id}", summary="One template with its document and what it needs")
    async def one(actor: Asking, template_id: str) -> dict[str, Any]:
        found = await studio.templates.get(actor, template_id)
        return {
            **found.row.json(),
            "setup": found.setup,
            "explanation": studio.documents.explain(found.workflow).text,
            "document": found.document,
        }

    @routes.post("/{template_id}/create", status_code=201, summary="Make a workflow from a template")
    async def create(actor: Asking, template_id: str, wanted: CreateIn | None = None) -> dict[str, Any]:
        given = wanted or CreateIn()
        values = {**given.values, **({"name": given.name} if given.name else {})}
        made = await studio.templates.create(actor, template_id, values)
        return {
            "id": made.id,
            "status": made.status.value,
            "problems": [problem.model_dump(mode="json") for problem in made.problems],
            "secrets": dict(made.secrets),
        }

    @routes.get("/{template_id}/export", summary="A template as a file")
    async def export(actor: Asking, template_id: str) -> Response:
        raw = await studio.templates.export(actor, template_id)
        headers = {"content-disposition": f'attachment; filename="{template_id}.json"'}
        return Response(raw, media_type="application/json", headers=headers)

    @routes.post("/{template_id}/test", summary="Test-run a template on one of its samples; nothing leaves")
    async def test(actor: Asking, template_id: str, sample: Annotated[int, Query(ge=0)] = 0) -> dict[str, Any]:
        return (await studio.templates.try_out(actor, template_id, sample)).result()

    _own(routes, studio)
    return routes


def _own(routes: APIRouter, studio: Studio) -> None:
    @routes.post("", status_code=201, summary="Save a workflow as a template, without its connections and secrets")
    async def save(actor: Asking, wanted: SaveIn) -> dict[str, Any]:
        made = await studio.own_templates.save(
            actor, wanted.workflow_id, wanted.about(), ask=wanted.ask, test=wanted.test, run_id=wanted.run_id
        )
        return _told(made)

    @routes.post("/import", status_code=201, summary="Take a template file in")
    async def import_file(actor: Asking, request: Request, on_conflict: OnConflict = "error") -> dict[str, Any]:
        raw = b""
        async for piece in request.stream():
            raw += piece
            if len(raw) > MOST_BYTES:
                break  # the service says how large a template may be
        return _told(await studio.own_templates.import_file(actor, raw, on_conflict=on_conflict))

    @routes.patch("/{template_id}", summary="Change what is said about an own template")
    async def change(actor: Asking, template_id: str, wanted: AboutIn) -> dict[str, Any]:
        return (await studio.own_templates.change(actor, template_id, wanted.about())).json()

    @routes.delete("/{template_id}", status_code=204, summary="Delete an own template")
    async def delete(actor: Asking, template_id: str) -> None:
        await studio.own_templates.delete(actor, template_id)


def _told(made: Saved) -> dict[str, Any]:
    return {
        **made.row.json(),
        "left_out": [one.label for one in made.left_out],
        "problems": [problem.model_dump(mode="json") for problem in made.problems],
    }
