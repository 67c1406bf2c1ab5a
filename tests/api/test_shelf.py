"""Folders, tags and many workflows at once, by the API."""

from tests.api.conftest import EXAMPLE


async def test_folders_tags_and_places(client):
    assert (await client.post("/api/v1/workflows/import", content=EXAMPLE.read_bytes())).status_code == 201
    folder = (await client.post("/api/v1/folders", json={"name": "Finance"})).json()["id"]
    tag = (await client.post("/api/v1/tags", json={"name": "Urgent", "colour": "bad"})).json()["id"]
    again = await client.post("/api/v1/folders", json={"name": "finance"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    for path, body in (("move", {"folder": folder}), ("tag", {"tag": tag})):
        answer = await client.post(f"/api/v1/shelf/{path}", json={"workflows": ["wf_001"], **body})
        assert answer.json()["done"] == ["wf_001"]
    listed = (await client.get("/api/v1/workflows", params={"folder": folder, "tag": tag})).json()
    assert [(one["id"], one["folder"], one["tags"]) for one in listed["workflows"]] == [("wf_001", folder, [tag])]
    assert (await client.get("/api/v1/workflows", params={"folder": "none"})).json()["total"] == 0
    assert (await client.get("/api/v1/workflows", params={"search": "severely overdue"})).json()["total"] == 1
    assert (await client.patch(f"/api/v1/folders/{folder}", json={"name": "Money"})).status_code == 204
    assert (await client.get("/api/v1/folders")).json() == {
        "folders": [{"id": folder, "name": "Money", "parent": "", "count": 1}]
    }
    assert (await client.patch(f"/api/v1/tags/{tag}", json={"name": "Soon", "colour": "ok"})).status_code == 204
    assert (await client.delete(f"/api/v1/tags/{tag}")).status_code == 204
    assert (await client.delete(f"/api/v1/folders/{folder}")).status_code == 204
    assert (await client.delete(f"/api/v1/folders/{folder}")).status_code == 404
    assert "folder" not in (await client.get("/api/v1/workflows/wf_001")).json()


async def test_folders_in_folders(client):
    top = (await client.post("/api/v1/folders", json={"name": "Finance"})).json()["id"]
    made = (await client.post("/api/v1/folders", json={"name": "Invoices", "parent": top})).json()
    assert (made["name"], made["parent"], made["count"]) == ("Invoices", top, 0)
    itself = await client.patch(f"/api/v1/folders/{top}", json={"parent": made["id"]})
    assert (itself.status_code, itself.json()["detail"]) == (400, "A folder cannot stand in itself.")
    assert (await client.patch(f"/api/v1/folders/{made['id']}", json={})).status_code == 400
    moved = await client.patch(f"/api/v1/folders/{made['id']}", json={"parent": "none", "name": "Bills"})
    assert moved.status_code == 204
    listed = (await client.get("/api/v1/folders")).json()["folders"]
    assert [(one["name"], one["parent"]) for one in listed] == [("Bills", ""), ("Finance", "")]


async def test_many_at_once(client):
    await client.post("/api/v1/workflows/import", content=EXAMPLE.read_bytes())

    async def deed(name, **body):
        return (await client.post(f"/api/v1/shelf/{name}", json={"workflows": ["wf_001"], **body})).json()

    assert (await deed("duplicate"))["done"] == ["wf_001-2"]
    assert (await deed("switch", active=True))["done"] == ["wf_001"]
    raw = await client.post("/api/v1/shelf/export", json={"workflows": ["wf_001", "wf_001-2"]})
    assert [one["id"] for one in raw.json()["workflows"]] == ["wf_001", "wf_001-2"]
    assert (await deed("delete"))["done"] == ["wf_001"]
    assert [one["id"] for one in (await client.get("/api/v1/bin")).json()["workflows"]] == ["wf_001"]
    assert (await deed("put-back"))["done"] == ["wf_001"]
    assert (await deed("put-back"))["refused"][0]["id"] == "wf_001"
    assert (await deed("remove"))["refused"][0]["message"] == "It is not in the bin."
    await deed("delete")
    assert (await deed("remove"))["done"] == ["wf_001"]
    assert (await client.get("/api/v1/bin")).json()["workflows"] == []
    copied = await client.post("/api/v1/shelf/import?on_conflict=copy", content=raw.content)
    assert (copied.status_code, len(copied.json()["done"])) == (201, 2)
    assert (await client.post("/api/v1/shelf/delete", json={"workflows": []})).status_code == 400
