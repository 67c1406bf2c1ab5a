"""What the layout measures in: canvas pixels, all on the grid that dragging snaps to."""

from __future__ import annotations

from typing import Literal

Direction = Literal["TB", "LR"]
"""Top to bottom (the default) or left to right."""

GRID = 12
CARD = (264, 64)
"""Width and height of a card."""
PAD = 24
"""From a loop's frame to the cards inside it."""
HEADER = 44
"""Height of a frame's header."""
TOP = 72
"""From a frame's top to the cards inside: header and padding, rounded up to the grid."""
BOTTOM = 48
"""From the lowest card inside to the frame's bottom: room for the "Next" mark."""
REMARK = 24
"""Under a card with a note and several ways: the note stands above the words of the ways."""
ALONG = {"TB": 44, "LR": 96}
"""Gap between two layers; left to right it holds the edge's label."""
ACROSS = {"TB": 72, "LR": 56}
"""Gap between neighbours in a layer; snapping may take up to a grid step of it. With a card an even number of steps
(336, 120): whoever stands above two then stands above their middle, on the grid."""
APART = 96
"""Gap between parts that no edge joins."""


def snapped(value: float) -> int:
    """Return the nearest multiple of the grid."""
    return round(value / GRID) * GRID
