"""The functions of the expression language, one file by family; importing this fills the table."""

from __future__ import annotations

from flowstudio.expressions.functions import dates, formats, forms, lists, numbers, texts
from flowstudio.expressions.functions.registry import FUNCTIONS, Function, nearest

__all__ = ["FUNCTIONS", "Function", "dates", "formats", "forms", "lists", "nearest", "numbers", "texts"]
