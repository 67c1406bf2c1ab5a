"""The golden explanations: `python -m tests.templates.explaining` writes them anew after a wanted change; read the diff."""

import json
from pathlib import Path

from flowstudio.analysis import explain
from flowstudio.services.shipped import registry_of
from flowstudio.services.template_library import TemplateLibrary, shipped_library

GOLDEN = Path(__file__).parent / "explanations.json"


def explanations(library: TemplateLibrary) -> dict[str, str]:
    """The plain English of every template, by id."""
    return {one.workflow.id: explain(one.workflow, registry_of()).text for one in library.all()}


if __name__ == "__main__":
    texts = dict(sorted(explanations(shipped_library()).items()))
    GOLDEN.write_text(json.dumps(texts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
