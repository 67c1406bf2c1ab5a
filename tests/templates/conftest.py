"""The shipped library, and what its samples run on."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from flowstudio.analysis import MemoryFacts
from flowstudio.connectors.messages import FileMessageTexts
from flowstudio.engine.test_run import Twins
from flowstudio.kit.record_types import shipped_record_types
from flowstudio.services.shipped import MESSAGES, sample_settings, shipped_facts
from flowstudio.services.template_library import TemplateLibrary, shipped_library

BERLIN = "Europe/Berlin"


@pytest.fixture(scope="session")
def library() -> TemplateLibrary:
    return shipped_library()


@pytest.fixture(scope="session")
def texts() -> FileMessageTexts:
    return FileMessageTexts(MESSAGES)


@pytest.fixture(scope="session")
def facts(texts: FileMessageTexts) -> MemoryFacts:
    known = shipped_facts({text.name: text.model_dump(mode="json") for text in texts.all()})
    return MemoryFacts(known.types, known.settings, known.messages, template_ids=known.template_ids)


@pytest.fixture(scope="session")
def twins(texts: FileMessageTexts) -> Twins:
    settings = {**sample_settings(), "timezone": BERLIN}
    return Twins(types=shipped_record_types(), zone=ZoneInfo(BERLIN), settings=settings, messages=texts)
