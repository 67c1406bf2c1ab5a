"""NiceGUI's simulated user, for pages without a browser; imported here so that other tests start without NiceGUI."""

from nicegui.testing.general_fixtures import pytest_configure
from nicegui.testing.user_plugin import create_user, user

__all__ = ["create_user", "pytest_configure", "user"]
