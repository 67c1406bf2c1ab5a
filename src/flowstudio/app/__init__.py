"""The composition root: the one package that names concrete classes, wires them together, and starts things."""

from flowstudio.app.foundation import WORKSPACE
from flowstudio.app.house import House

__all__ = ["WORKSPACE", "House"]
