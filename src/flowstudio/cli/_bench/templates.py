"""templates: reading all shipped templates, as the library does at the start."""

from __future__ import annotations

import time
from pathlib import Path

import orjson

from flowstudio.cli._bench.figures import Size, exponent, median, ratio, rounded
from flowstudio.config import ASSETS
from flowstudio.domain.json import JsonObject
from flowstudio.interchange import read_document
from flowstudio.services.shipped import registry_of

PLACES = (ASSETS.parent / "templates", ASSETS / "templates")


def measure(size: Size) -> JsonObject:
    """Read and check the form of every template file, at three sizes, beside parsing their JSON alone."""
    files = next((found for place in PLACES if (found := sorted(place.glob("*/*.json")))), [])
    if not files:
        return {"what": "reading the shipped templates", "skipped": "There are no templates in this installation."}
    registry = registry_of()
    counts = [count for count in size.counts((29, 58, len(files)), (2, 4)) if count <= len(files)]
    rows, costs = [], {}
    for count in counts:
        some = files[:: max(1, len(files) // count)][:count]
        whole, parsed = [], []
        for _ in range(size.count(5, 1)):
            began = time.perf_counter()
            documents = [_parse(path) for path in some]
            middle = time.perf_counter()
            unread = [path.name for path, one in zip(some, documents, strict=True)
                      if read_document(one, registry).workflow is None]  # fmt: skip
            whole.append(time.perf_counter() - began)
            parsed.append(middle - began)
        costs[count] = median(whole)
        rows.append({
            "templates": count, "ms": rounded(costs[count] * 1000), "reference_json_ms": rounded(median(parsed) * 1000),
            "times_the_reference": ratio(costs[count], median(parsed)), "not_readable": unread,
        })  # fmt: skip
    return {
        "what": "reading all shipped templates into models (median)",
        "load": rows,
        "grows_with_templates": exponent(costs),
        "goals": {"ms": 300},
    }


def _parse(path: Path) -> JsonObject:
    document: JsonObject = orjson.loads(path.read_bytes())
    return document
