"""Folders in folders: made, moved, deleted with what is in them kept, and taken back."""

import pytest

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest, Conflict, NotAllowed, NotFound
from flowstudio.services.folder_tree import DEEPEST, FolderTree
from flowstudio.services.ports import Page
from flowstudio.services.shelf_ports import NONE, Folder

ADA = Actor("main", "usr_ada", "Ada", Role.BUILDER)
EYES = Actor("main", "usr_eyes", "Eyes", Role.VIEWER)


@pytest.fixture
def studio(house):
    return house.studio


async def put_in(studio, *ids):
    for one in ids:
        document = {"id": one, "name": f"Name of {one}", "trigger": {"type": "manual"}, "nodes": [], "edges": []}
        await studio.exchange.import_document(ADA, document)


async def chain(studio, *names):
    """Make folders that stand in each other."""
    made = []
    for name in names:
        made.append((await studio.folders.make(ADA, name, made[-1] if made else "")).id)
    return made


async def shown(studio):
    """Return all folders as their ways, with their counts."""
    found = await studio.folders.list(EYES)
    tree = FolderTree(found)
    return [(tree.words(one.id), one.count) for one in found]


async def names(studio, **narrowed):
    return [row.id for row in (await studio.workflows.list(ADA, Page(1, 50, "name"), **narrowed))[0]]


async def test_a_folder_shows_and_counts_what_is_below(studio):
    await put_in(studio, "wf_a", "wf_b", "wf_c")
    finance, invoices, late = await chain(studio, "Finance", "Invoices", "Late")
    await studio.shelf.move(ADA, ["wf_a"], finance)
    await studio.shelf.move(ADA, ["wf_b"], late)
    assert await shown(studio) == [("Finance", 2), ("Finance / Invoices", 1), ("Finance / Invoices / Late", 1)]
    assert await names(studio, folder=finance) == ["wf_a", "wf_b"]
    assert await names(studio, folder=invoices) == ["wf_b"]
    assert await names(studio, folder=finance, search="wf_b") == ["wf_b"]
    assert await names(studio, folder=NONE) == ["wf_c"]
    assert await names(studio, folder="folder_none") == []


async def test_names_are_unique_beside_each_other_only(studio):
    finance, _ = await chain(studio, "Finance", "Old")
    await studio.folders.make(ADA, "Old")
    with pytest.raises(Conflict, match='"OLD" in Finance already'):
        await studio.folders.make(ADA, "OLD", finance)
    top = next(one.id for one in await studio.folders.list(ADA) if (one.name, one.parent) == ("Old", ""))
    with pytest.raises(Conflict):
        await studio.folders.change(ADA, top, parent=finance)
    before = await studio.folders.change(ADA, top, name="Older", parent=finance)
    assert (before.name, before.parent) == ("Old", "")
    assert await shown(studio) == [("Finance", 0), ("Finance / Old", 0), ("Finance / Older", 0)]
    with pytest.raises(BadRequest, match="another name, or another place"):
        await studio.folders.change(ADA, top)


async def test_a_folder_stands_neither_in_itself_nor_too_deep(studio):
    deep = await chain(studio, *(f"Level {number}" for number in range(DEEPEST)))
    with pytest.raises(BadRequest, match="At most 5 folders"):
        await studio.folders.make(ADA, "Too deep", deep[-1])
    for below in (deep[0], deep[2]):
        with pytest.raises(BadRequest, match="in itself"):
            await studio.folders.change(ADA, deep[0], parent=below)
    pair = await chain(studio, "Pair", "Of two")
    with pytest.raises(BadRequest, match="At most 5 folders"):
        await studio.folders.change(ADA, pair[0], parent=deep[3])
    await studio.folders.change(ADA, pair[0], parent=deep[2])
    await studio.folders.change(ADA, pair[0], parent=NONE)
    with pytest.raises(NotFound):
        await studio.folders.change(ADA, pair[0], parent="folder_none")
    with pytest.raises(NotFound):
        await studio.folders.make(ADA, "Lost", "folder_none")


async def test_what_is_in_a_deleted_folder_moves_up_and_comes_back(studio):
    await put_in(studio, "wf_a", "wf_b", "wf_c", "wf_gone")
    finance, middle, late = await chain(studio, "Finance", "Middle", "Late")
    await studio.folders.make(ADA, "late", finance)
    await studio.shelf.move(ADA, ["wf_a", "wf_b", "wf_gone"], middle)
    await studio.shelf.move(ADA, ["wf_c"], late)
    await studio.workflows.delete(ADA, "wf_gone")
    gone = await studio.folders.delete(ADA, middle)
    assert await shown(studio) == [("Finance", 3), ("Finance / late", 0), ("Finance / Late 2", 1)]
    assert sorted(gone.workflows) == ["wf_a", "wf_b", "wf_gone"]
    assert gone.folders == ((late, "Late"),)
    await studio.shelf.move(ADA, ["wf_b"], NONE)  # somebody puts one elsewhere meanwhile: there it stays
    await studio.folders.restore(ADA, gone)
    assert await shown(studio) == [
        ("Finance", 2), ("Finance / late", 0), ("Finance / Middle", 2), ("Finance / Middle / Late", 1),
    ]  # fmt: skip
    assert await names(studio, folder=NONE) == ["wf_b"]
    await studio.bulk.put_back(ADA, ["wf_gone"])
    assert await names(studio, folder=middle) == ["wf_a", "wf_c", "wf_gone"]


async def test_a_folder_in_one_of_its_own_name_comes_back_around_it(studio):
    outer, inner = await chain(studio, "Twin", "Twin")
    gone = await studio.folders.delete(ADA, outer)
    assert await shown(studio) == [("Twin", 0)]
    await studio.folders.restore(ADA, gone)
    assert await shown(studio) == [("Twin", 0), ("Twin / Twin", 0)]
    assert [one.id for one in await studio.folders.list(ADA)] == [outer, inner]


async def test_a_file_that_names_a_folder_goes_to_the_one_at_the_top(studio):
    await chain(studio, "Archive", "Finance")
    document = {"id": "wf_a", "name": "A", "trigger": {"type": "manual"}, "nodes": [], "edges": [], "folder": "finance"}
    await studio.exchange.import_document(ADA, document)
    assert await shown(studio) == [("Archive", 0), ("Archive / Finance", 0), ("finance", 1)]


async def test_what_a_person_closed_is_kept_for_them(studio):
    finance, invoices = await chain(studio, "Finance", "Invoices")
    await studio.folders.keep_closed(EYES, frozenset({finance, "folder_none"}))
    assert await studio.folders.closed(EYES) == {finance}
    assert await studio.folders.closed(ADA) == frozenset()
    for deed in (
        studio.folders.make(EYES, "x"), studio.folders.change(EYES, invoices, parent=NONE),
        studio.folders.delete(EYES, finance),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            await deed


def test_a_folder_whose_parent_is_gone_stands_at_the_top():
    tree = FolderTree([Folder("b", "Beta", "gone"), Folder("a", "Alpha"), Folder("c", "Gamma", "b")])
    assert [one.id for one in tree.ordered()] == ["a", "b", "c"]
    assert (tree.words("c"), tree.depth("c"), tree.height("b"), tree.below("b")) == ("Beta / Gamma", 2, 2, {"b", "c"})
    assert (tree.path("gone"), tree.depth("")) == ([], 0)
