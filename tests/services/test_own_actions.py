"""A user's Python file becomes an action as complete as ours; a broken one is told of and stops nothing."""

from __future__ import annotations

import json
import re
import shutil
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI

from flowstudio.api import routes
from flowstudio.app import House
from flowstudio.cli import cli
from flowstudio.config import environment_names, load_settings
from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import NotAllowed
from flowstudio.kit import Action
from flowstudio.services import own_actions as module
from flowstudio.services.own_actions import find_own_actions
from flowstudio.services.shipped import registry_of
from flowstudio.ui.editor.palette import steps_of
from flowstudio.web.identity import Identity
from tests.support.places import key_of

ROOT = Path(__file__).parents[2]
BY_NAME = '''
from flowstudio.kit import register_action

async def greet(params, context):
    """Greets somebody."""
    return {"success": True, "result": f"Hello {params['whom']}, from {context.node_id}"}

register_action("customGreeting", greet, effect="reads")
'''
BY_DECORATOR = '''
from flowstudio.kit import Config, register_action, setting

class Shout(Config):
    text: str = setting(label="Text", example="well done", max_length=50)

@register_action("shout", settings=Shout, title="Say it loud", effect="reads")
def shout(params, context):
    """Writes a text in capitals."""
    return params["text"].upper()
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "actions"
    found.mkdir()
    return found


@pytest.fixture(autouse=True)
def _forget():
    yield
    for name in [name for name in sys.modules if name.startswith("flowstudio_own_actions")]:
        del sys.modules[name]


def found_in(folder: Path) -> module.OwnActions:
    return find_own_actions(folder, registry_of())


def client_of(house: House, key: str) -> httpx.AsyncClient:
    application = FastAPI()
    routes.install(application, house.studio)
    application.add_middleware(Identity, sign_in=house.studio.sign_in)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=application),
        base_url="http://flowstudio.test",
        headers={"Authorization": f"Bearer {key}"},
    )


def workflow(*nodes: dict) -> dict:
    edges = [{"source": "trigger", "target": nodes[0]["id"]}]
    edges += [{"source": a["id"], "target": b["id"]} for a, b in pairwise(nodes)]
    return {
        "id": "wf_own", "name": "Own", "triggers": [{"id": "trigger", "type": "manual"}], "nodes": list(nodes),
        "edges": edges,
    }  # fmt: skip


def test_the_action_of_the_documentation_works_as_it_stands(folder: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/developing.md").read_text(), re.DOTALL)
    assert len(blocks) == 2
    for place, code in enumerate(blocks):
        (folder / f"documented_{place}.py").write_text(code)
    own = found_in(folder)
    assert own.broken == []
    assert len(own.types) == 2


async def test_a_file_in_the_folder_is_palette_form_api_and_runs(
    folder: Path, tmp_path: Path, first_start: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "greeting.py").write_text(BY_NAME)
    (folder / "shout.py").write_text(BY_DECORATOR)
    (folder / "broken.py").write_text("x = 1\nraise ValueError('no key at hand')\n")
    shutil.copytree(first_start, tmp_path, dirs_exist_ok=True)
    house = House(load_settings(data_dir=tmp_path))
    await house.open()
    try:
        titles = {one.title for title, steps in steps_of(house.registry) if title == "Your own" for one in steps}
        assert titles == {"Custom greeting", "Say it loud"}
        assert house.registry.get("action.customGreeting").key == "custom_greeting"
        form = house.registry.get("action.shout").settings()
        assert [(one.key, one.label, one.required) for one in form] == [("text", "Text", True)]
        async with client_of(house, await key_of(house, Role.BUILDER)) as client:
            types = (await client.get("/api/v1/workflows/actions/types")).json()["actions"]
            assert {"custom_greeting", "shout"} <= {one["name"] for one in types}
            body = workflow(
                {"id": "hello", "type": "action", "action": "customGreeting", "config": {"params": {"whom": "Ada"}}},
                {"id": "loud", "type": "action", "action": "shout", "config": {"text": "{{steps.hello.result}}"}},
            )
            made = (await client.post("/api/v1/workflows", json=body)).json()
            answer = await client.post(f"/api/v1/workflows/{made['id']}/test", json={})
            assert answer.status_code == 200, answer.text
            steps = {step["node_id"]: step["output"] for step in answer.json()["steps"]}
            assert steps["loud"] == {"result": "HELLO ADA, FROM HELLO"}
        _, broken = house.studio.own_actions.listed(await house.owner("test"))
        assert [(one.source, one.reason) for one in broken] == [("broken.py", "Line 2: ValueError: no key at hand")]
    finally:
        await house.close()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def (:\n", "Line 1: "),
        ("import nothing_of_this_name\n", "Line 1: ModuleNotFoundError"),
        ("raise SystemExit(3)\n", "Line 1: SystemExit"),
        ("x = 1\n", "holds no action"),
        ("from flowstudio.kit import register_action\nregister_action('send_email', lambda p, c: {})\n", "already"),
        ("from flowstudio.kit import register_action\nregister_action('sendSms', lambda p, c: {})\n", "already"),
        (
            "from flowstudio.kit import register_action\nregister_action('ä!', lambda p, c: {})\n",
            "no name of an action",
        ),
        ("from flowstudio.kit import Action\nclass A(Action):\n    key = 'a_b'\n    title = ''\n", "needs a title"),
        (
            "from flowstudio.kit import Action, Config\n\n\nclass A(Action):\n    'Help.'\n    key = title = 'a_b'; Config = Config\n",
            "has no method run",
        ),
    ],
)
def test_a_broken_file_is_told_and_the_others_are_used(folder: Path, code: str, reason: str) -> None:
    (folder / "a_broken.py").write_text(code)
    (folder / "b_well.py").write_text(BY_DECORATOR)
    own = found_in(folder)
    assert [one.key for one in own.types] == ["shout"]
    assert len(own.broken) == 1
    assert own.broken[0].source == "a_broken.py"
    assert reason in own.broken[0].reason


def test_two_files_cannot_bring_the_same_action(folder: Path) -> None:
    (folder / "a.py").write_text(BY_DECORATOR)
    (folder / "b.py").write_text(BY_DECORATOR)
    own = found_in(folder)
    assert [one.key for one in own.types] == ["shout"]
    assert "already" in own.broken[0].reason


def test_files_that_everybody_may_write_are_not_loaded(folder: Path) -> None:
    file = folder / "shout.py"
    file.write_text(BY_DECORATOR)
    file.chmod(0o666)
    assert "chmod" in found_in(folder).broken[0].reason
    file.chmod(0o600)
    folder.chmod(0o777)
    assert found_in(folder).types == []
    assert "chmod" in found_in(folder).broken[0].reason


def test_an_installed_package_brings_actions_by_its_entry_point(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "packages"
    (packages / "acme-1.0.dist-info").mkdir(parents=True)
    (packages / "acme_actions.py").write_text(BY_DECORATOR)
    (packages / "acme-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (packages / "acme-1.0.dist-info/entry_points.txt").write_text(
        "[flowstudio.actions]\nacme = acme_actions\ngone = acme_missing\n"
    )
    monkeypatch.syspath_prepend(str(packages))
    try:
        own = found_in(folder)
    finally:
        sys.modules.pop("acme_actions", None)
    assert [one.key for one in own.types] == ["shout"]
    assert [one.source for one in own.broken] == ["package gone"]


def test_only_those_who_build_see_the_list(folder: Path) -> None:
    with pytest.raises(NotAllowed):
        found_in(folder).listed(Actor("main", "per_1", "Vera", Role.VIEWER))


@pytest.mark.parametrize(
    ("answer", "output"), [(None, {}), (3, {"result": 3}), ({"a": [1]}, {"a": [1]}), ("x", {"result": "x"})]
)
async def test_what_a_function_returns_becomes_the_output(answer: object, output: dict) -> None:
    from flowstudio.kit import register_action

    found: type[Action] = register_action("giveBack", lambda params, context: answer)
    config = found.Config()
    assert await found().run(config, SimpleNamespace()) == output
    assert found().preview(config).line == "Would do: Give back"


async def test_what_is_no_data_fails_the_step_with_a_sentence() -> None:
    from flowstudio.errors import StepError
    from flowstudio.kit import register_action

    with pytest.raises(StepError, match="no data"):
        await register_action("giveObject", lambda params, context: {"x": object()})().run(
            register_action("giveObject", lambda params, context: None).Config(), SimpleNamespace()
        )


def test_the_doctor_tells_of_a_broken_file(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment_names().values():
        monkeypatch.delenv(name, raising=False)

    def finding() -> dict:
        result = CliRunner().invoke(cli, ["doctor", "--data", str(tmp_path), "--json"])
        return next(one for one in json.loads(result.output)["checks"] if one["name"] == "Own actions")

    assert finding()["well"]
    (folder / "shout.py").write_text(BY_DECORATOR)
    assert finding()["found"] == "Say it loud"
    (folder / "shout.py").write_text("1 / 0\n")
    assert not finding()["well"]
    assert "shout.py: Line 1: ZeroDivisionError" in finding()["found"]


def test_the_folder_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings(data_dir=tmp_path).actions_folder == tmp_path / "actions"
    monkeypatch.setenv("FLOWSTUDIO_ACTIONS_DIR", str(tmp_path / "elsewhere"))
    assert load_settings(data_dir=tmp_path).actions_folder == tmp_path / "elsewhere"
