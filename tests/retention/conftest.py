"""The same FlowStudio with a still clock as in the tests of admission."""

from tests.admission.conftest import first_start, open_place, place

__all__ = ["first_start", "open_place", "place"]
