"""The same FlowStudio with a still clock as in the tests of triggers."""

from tests.triggers.conftest import client, first_start, open_place, place

__all__ = ["client", "first_start", "open_place", "place"]
