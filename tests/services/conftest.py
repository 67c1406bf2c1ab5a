"""A whole FlowStudio, as the tests of the API have it."""

from tests.api.conftest import client, first_start, house, web

__all__ = ["client", "first_start", "house", "web"]
