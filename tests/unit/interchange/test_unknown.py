"""What we do not know is kept, reported with its path, and written back."""

from flowstudio.interchange import write_document
from tests.support.workflows import codes, drawing, read, task, workflow


def test_unknown_keys_move_to_extra_of_their_object_and_are_written_back() -> None:
    node = task("a", colour="green", retry={"attempts": 2, "jitter": True}, notify=[{"on": "failed", "sound": "bell"}])
    document = drawing("T>a", node, owner="Ada", settings={"mood": "calm"}, layout={"zoom": 2})
    document["edges"][0]["style"] = "dashed"
    document["trigger"]["shape"] = "round"
    result = read(document)
    assert {problem.path for problem in result.problems} == {
        "$.owner", "$.settings.mood", "$.layout.zoom", "$.nodes[0].colour", "$.nodes[0].retry.jitter",
        "$.nodes[0].notify[0].sound", "$.edges[0].style", "$.trigger.shape",
    }  # fmt: skip
    assert set(codes(result.problems)) == {"unknown_key"}
    assert codes(result.problems, "error") == []
    found = result.workflow
    assert found is not None
    assert (found.extra, found.nodes[0].extra, found.edges[0].extra) == (
        {"owner": "Ada"},
        {"colour": "green"},
        {"style": "dashed"},
    )
    written = write_document(found)
    assert written["owner"] == "Ada"
    assert written["nodes"][0]["colour"] == "green"
    assert written["nodes"][0]["retry"]["jitter"] is True
    assert written["nodes"][0]["notify"][0]["sound"] == "bell"
    assert written["settings"]["mood"] == "calm"
    assert written["layout"]["zoom"] == 2
    assert written["trigger"]["shape"] == "round"


def test_unknown_setting_is_kept_apart_and_written_back_into_config() -> None:
    node = task("a")
    node["config"]["titel"] = "typo"
    result = read(drawing("T>a", node))
    assert [(problem.path, problem.code, problem.severity) for problem in result.problems] == [
        ("$.nodes[0].config.titel", "unknown_setting", "warning")
    ]
    assert result.problems[0].hint == 'Did you mean "title"?'
    found = result.workflow
    assert found is not None
    assert "titel" not in found.nodes[0].config
    assert write_document(found)["nodes"][0]["config"]["titel"] == "typo"


def test_unknown_node_type_becomes_a_disabled_placeholder_with_its_content() -> None:
    strange = {"id": "x", "type": "teleport", "config": {"to": "Mars"}, "fuel": 3}
    result = read(drawing("T>x", strange))
    assert [(problem.path, problem.code) for problem in result.problems] == [("$.nodes[0].type", "unknown_node_type")]
    node = workflow(drawing("T>x", strange)).nodes[0]
    assert (node.type, node.disabled, node.config, node.extra) == ("teleport", True, {"to": "Mars"}, {"fuel": 3})
    written = write_document(workflow(drawing("T>x", strange)))["nodes"][0]
    assert written == {"id": "x", "type": "teleport", "config": {"to": "Mars"}, "disabled": True, "fuel": 3}


def test_unknown_action_becomes_a_disabled_placeholder_with_the_nearest_name_as_hint() -> None:
    result = read(drawing("T>x", {"id": "x", "type": "action", "action": "send_emial", "config": {"to": "a"}}))
    assert [(problem.path, problem.code) for problem in result.problems] == [("$.nodes[0].action", "unknown_action")]
    assert "send_email" in result.problems[0].hint
    assert result.workflow is not None
    assert result.workflow.nodes[0].disabled
    assert result.workflow.nodes[0].config == {"to": "a"}


def test_unknown_trigger_is_kept_and_reported() -> None:
    result = read(drawing("T>a", task("a"), trigger={"type": "moon", "phase": "full"}))
    assert [(problem.path, problem.code) for problem in result.problems] == [("$.trigger.type", "unknown_trigger")]
    assert result.workflow is not None
    assert write_document(result.workflow)["trigger"] == {"type": "moon", "phase": "full"}
