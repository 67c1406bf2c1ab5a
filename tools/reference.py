"""Writes docs/reference from the source itself: steps, operators, functions, errors, settings, API, document schema.

python3 run.py reference        write the pages; a test fails where they are stale
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
HEAD = "<!-- Made by `python3 run.py reference`; change the source, not this page. -->\n\n"


def write_reference() -> int:
    """Write every page; return the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")
    print(f"docs/reference: {len(PAGES)} pages written")
    return 0


def steps_page() -> str:
    """Return every kind of step with its settings and outputs."""
    from flowstudio.services.shipped import registry_of

    parts = [HEAD, "# Steps\n"]
    category = ""
    for found in registry_of().all():
        if found.category != category:
            category = found.category
            parts.append(f"\n## {category.replace('_', ' ').capitalize()}\n")
        parts.append(f"\n### {found.title} (`{found.registry_key()}`)\n\n{inspect.cleandoc(found.__doc__ or '')}\n")
        if not getattr(found, "available", True):
            parts.append("\nNot in the palette yet.\n")
        rows = [
            _row(f"`{one.key}`", one.label, "yes" if one.required else "", one.help, _value(one.example))
            for one in found.settings()
        ]
        if rows:
            parts.append(
                "\n| setting | label | needed | what it means | example |\n|---|---|---|---|---|\n"
                + "\n".join(rows)
                + "\n"
            )
        if found.Output is not None:
            outs = [
                f"| `{name}` | {_cell(field.description or '')} | {_value((field.examples or [None])[0])} |"
                for name, field in found.Output.model_fields.items()
            ]
            parts.append("\n| output | what it holds | example |\n|---|---|---|\n" + "\n".join(outs) + "\n")
        if found.aliases:
            parts.append(f"\nAlso understood: {', '.join(f'`{name}`' for name in found.aliases)}.\n")
    return "".join(parts)


def operators_page() -> str:
    """Return every comparison with its worked examples."""
    from flowstudio.expressions import OPERATORS

    rows = []
    for one in OPERATORS.values():
        examples = "<br>".join(
            f"{_value(left)} {one.label.replace(' …', '')} {_value(right)} → {'yes' if result else 'no'}"
            for left, right, result in one.examples
        )
        rows.append(
            f"| `{one.key}` | {_cell(one.label)} | {', '.join(one.types)} | {_cell(one.meaning)} | {examples} |"
        )
    return (
        HEAD
        + "# Comparisons\n\n| key | on screen | for | meaning | examples |\n|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def functions_page() -> str:
    """Return every function and format of expressions."""
    from flowstudio.expressions import FUNCTIONS

    rows = [
        f"| `{one.signature}` | {_cell(one.summary)} | `{_cell(one.example[0])}` → {_value(one.example[1])} |"
        for _, one in sorted(FUNCTIONS.items())
    ]
    return (
        HEAD
        + "# Functions in `{{ }}`\n\n| function | what it gives | example |\n|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def errors_page() -> str:
    """Return the tree of errors with their codes."""
    from flowstudio.errors import FlowStudioError

    rows: list[str] = []

    def tell(kind: type[FlowStudioError], depth: int) -> None:
        first = (inspect.getdoc(kind) or "").splitlines()[0]
        rows.append(
            _row(
                "&nbsp;" * 4 * depth + kind.__name__, f"`{kind.code}`", kind.who, "yes" if kind.retryable else "", first
            )
        )
        for below in sorted(kind.__subclasses__(), key=lambda one: one.__name__):
            if below.__module__ == FlowStudioError.__module__:
                tell(below, depth + 1)

    tell(FlowStudioError, 0)
    return (
        HEAD
        + "# Errors\n\n| error | code | who must act | tried again | what it says |\n|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def settings_page() -> str:
    """Return every setting of the environment."""
    from flowstudio.config import Settings, environment_names

    rows = [
        f"| `{name}` | {_cell(Settings.model_fields[field].description or '')} |"
        for field, name in environment_names().items()
    ]
    return (
        HEAD
        + "# Settings of the environment\n\nAlso read from `.env` in the data directory.\n\n"
        + "| name | what it is |\n|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def api_page() -> str:
    """Return every endpoint."""
    from typing import cast

    from fastapi import FastAPI

    from flowstudio.api import routes
    from flowstudio.services.studio import Studio

    app = FastAPI()
    routes.install(app, cast("Studio", _Anything()))
    rows = [
        f"| {method.upper()} | `{path}` | {_cell(deed.get('summary', ''))} |"
        for path, deeds in routes.openapi_of(app)["paths"].items()
        for method, deed in deeds.items()
    ]
    return (
        HEAD
        + "# API\n\nThe whole description is at `/api/v1/openapi.json`.\n\n"
        + "| method | address | what it does |\n|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def schema_page() -> str:
    """Return the JSON Schema of the workflow document."""
    from flowstudio.interchange import workflow_schema

    return json.dumps(workflow_schema(), indent=2, ensure_ascii=False) + "\n"


class _Anything:
    """Stands for services while routes are only listed."""

    def __getattr__(self, name: str) -> _Anything:
        return self


def _row(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _value(value: object) -> str:
    return "" if value is None else f"`{_cell(json.dumps(value, ensure_ascii=False, default=str))}`"


PAGES: dict[str, Callable[[], str]] = {
    "steps.md": steps_page,
    "operators.md": operators_page,
    "functions.md": functions_page,
    "errors.md": errors_page,
    "settings.md": settings_page,
    "api.md": api_page,
    "workflow.schema.json": schema_page,
}

if __name__ == "__main__":
    raise SystemExit(write_reference())
