"""Short words that people write in capitals."""

from __future__ import annotations

_SHORT = (
    "API", "CSV", "CRM", "GDPR", "HR", "HTML", "HTTP", "ID", "IT", "JSON", "KPI", "NDA", "PDF", "PMO", "PO", "RFQ",
    "SKU", "SLA", "SMS", "URL", "VAT",
)  # fmt: skip
"""Words that people write in capitals."""
_CAPITALS = {one.lower(): one for one in _SHORT} | {f"{one.lower()}s": f"{one}s" for one in _SHORT}


def in_capitals(text: str) -> str:
    """Write short words as people do, one or several: `hr email` → `HR email`, `open rfqs` → `open RFQs`."""
    return " ".join(_CAPITALS.get(word, word) for word in text.split())
