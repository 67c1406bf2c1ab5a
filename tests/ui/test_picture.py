"""A workflow as a picture: whole, readable without the page it came from, and nothing in it that could be run."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from flowstudio.domain.workflow import Workflow
from flowstudio.services.editing.annotating import add_note, make_group
from flowstudio.services.shipped import registry_of
from flowstudio.services.template_library import shipped_library
from flowstudio.ui.editor.picture import file_name, picture_of
from flowstudio.ui.editor.view import tidied

SVG = "{http://www.w3.org/2000/svg}"
HARMLESS = {"svg", "g", "rect", "path", "text", "title"}
TEMPLATES = ("invoice-reminder", "weekly-report", "ticket-escalation", "project-status-update", "scope-change-request")


def drawn(workflow: Workflow) -> ET.Element:
    return ET.fromstring(picture_of(workflow, registry_of()))


def words(picture: ET.Element) -> str:
    return "\n".join(picture.itertext())


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_step_and_every_arrow_is_there_and_inside_the_picture(template: str, direction: str) -> None:
    workflow = tidied(shipped_library().get(template).workflow, registry_of(), direction)
    picture = drawn(workflow)
    for node in workflow.nodes:
        assert registry_of().name_of(node) in words(picture)
    wires = [one for one in picture.iter(f"{SVG}path") if one.get("fill") == "none"]
    assert len(wires) == len(workflow.edges)
    left, top, width, height = map(float, picture.get("viewBox").split())
    for one in picture.iter(f"{SVG}rect"):
        x, y = float(one.get("x")), float(one.get("y"))
        assert left <= x
        assert x + float(one.get("width")) <= left + width
        assert top <= y
        assert y + float(one.get("height")) <= top + height


def test_what_people_wrote_stays_text() -> None:
    hostile = '<script>alert(1)</script> "&\x00 <image href="http://x.example"/>'
    workflow = shipped_library().get("invoice-reminder").workflow
    node = workflow.nodes[0].model_copy(update={"name": hostile, "config": {"entity": hostile}})
    workflow = workflow.model_copy(update={"name": hostile, "nodes": (node, *workflow.nodes[1:])})
    workflow, _ = add_note(workflow, (0, 0), hostile)
    workflow, _ = make_group(workflow, [node.id], hostile)
    raw = picture_of(workflow, registry_of())
    picture = ET.fromstring(raw)
    assert {one.tag.removeprefix(SVG) for one in picture.iter()} <= HARMLESS
    assert not any(key.startswith("on") or "href" in key for one in picture.iter() for key in one.attrib)
    assert "url(" not in raw
    assert "<script>alert(1)</script>" in words(picture)


def test_notes_and_groups_are_drawn_and_an_empty_workflow_too() -> None:
    workflow = shipped_library().get("invoice-reminder").workflow
    workflow, _ = add_note(workflow, (-600.0, 40.0), "Ask the bookkeeper first. " * 3)
    workflow, _ = make_group(workflow, [workflow.nodes[0].id], "Look")
    assert "Ask the bookkeeper" in words(drawn(workflow))
    assert "Look" in words(drawn(workflow))
    assert drawn(Workflow(id="w", name="Nothing yet", triggers=())).get("width")


def test_the_name_of_the_file_is_the_workflows() -> None:
    assert file_name("Invoice reminder", "svg") == "Invoice reminder.svg"
    assert file_name("../a/b: c?", "png") == "a b c.png"
    assert file_name("Überfällig", "png") == "Überfällig.png"
    assert file_name("///", "svg") == "Workflow.svg"
