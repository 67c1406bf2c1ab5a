"""The tokens keep their contrast in light and dark, and the style sheets use nothing else."""

import re
from pathlib import Path

import pytest

from flowstudio.ui.theme.install import light_colours

THEME = Path("src/flowstudio/ui/theme")
KINDS = ("trigger", "action", "condition", "flow", "end")
TEXT = [
    ("ink", "desk"),
    ("ink", "paper"),
    ("ink", "sheet"),
    ("ink", "well"),
    ("ink", "press"),
    ("ink-2", "paper"),
    ("ink-3", "press"),
    ("on-pine", "pine"),
]
TEXT += [(f"on-{kind}", kind) for kind in KINDS] + [
    (f"{kind}-ink", f"{kind}-tint") for kind in (*KINDS, "data", "ok", "bad", "warn", "busy", "idle")
]
MARKS = [("line-2", "paper"), ("wire", "desk"), ("ok", "desk"), ("bad", "desk"), ("warn", "desk"), ("busy", "desk")]


def palette(dark: bool) -> dict[str, str]:
    light, _, rest = (THEME / "tokens.css").read_text().partition("\nbody.body--dark")
    read = lambda text: dict(re.findall(r"--fs-([a-z0-9-]+):\s*(#[0-9A-Fa-f]{6})", text))
    return {**read(light), **(read(rest) if dark else {})}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), TEXT)
def test_text_reaches_its_contrast(front, ground, dark):
    colours = palette(dark)
    assert ratio(colours[front], colours[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), MARKS)
def test_marks_and_control_outlines_reach_theirs(front, ground, dark):
    colours = palette(dark)
    assert ratio(colours[front], colours[ground]) >= 3


def test_the_first_paint_uses_the_light_tokens():
    assert light_colours()["primary"] == palette(False)["pine"]
    assert set(light_colours()) >= {"primary", "positive", "negative", "warning", "info"}


@pytest.mark.parametrize(
    "sheet",
    ["src/flowstudio/ui/theme/flowstudio.css", "src/flowstudio/ui/theme/quasar.css", "frontend/src/canvas/canvas.css"],
)
def test_no_style_sheet_names_a_colour_itself_or_a_token_that_is_not_there(sheet):
    text = Path(sheet).read_text()
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b(?=[\s;,)!])", text)
    assert not re.findall(r"\b(?:rgba?|hsla?)\(", text)
    known = set(re.findall(r"--(fs-[a-z0-9-]+):", (THEME / "tokens.css").read_text()))
    used = set(re.findall(r"var\(--(fs-[a-z0-9-]+)", text))
    assert used <= known | {"fs-stroke"}
