"""Faults that people make, each seeded into a sound document: what the checks have to find, and where."""

from tests.templates.faults.graph import GRAPH
from tests.templates.faults.rules import RULES
from tests.templates.faults.seeding import Fault, Place
from tests.templates.faults.settings import SETTINGS
from tests.templates.faults.variables import VARIABLES

KINDS = {**VARIABLES, **RULES, **GRAPH, **SETTINGS}
"""Every kind of fault by its name."""

__all__ = ["KINDS", "Fault", "Place"]
