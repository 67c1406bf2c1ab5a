"""Figures out of samples: percentiles, medians, how cost grows."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How much a benchmark does: the whole of it, or just enough to show that it works."""

    quick: bool = False

    def pick(self, whole: float, quick: float) -> float:
        """Return seconds or the like for this size."""
        return quick if self.quick else whole

    def count(self, whole: int, quick: int) -> int:
        """Return a number of things for this size."""
        return quick if self.quick else whole

    def counts(self, whole: Sequence[int], quick: Sequence[int]) -> tuple[int, ...]:
        """Return several numbers of things for this size."""
        return tuple(quick if self.quick else whole)


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the sample below which that share (0 to 1) lies; 0 without samples."""
    if not samples:
        return 0.0
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if share else ordered[0]


def median(samples: Sequence[float]) -> float:
    """Return the median; 0 without samples."""
    return statistics.median(samples) if samples else 0.0


def ms(samples: Sequence[float]) -> dict[str, float]:
    """Return p50 and p99 of seconds, in milliseconds."""
    return {"p50_ms": rounded(percentile(samples, 0.5) * 1000), "p99_ms": rounded(percentile(samples, 0.99) * 1000)}


def exponent(costs: Mapping[int, float]) -> float | None:
    """Return how cost grows with size: the slope of log(cost) over log(size); 1 is linear. None below two sizes."""
    points = [(math.log(size), math.log(cost)) for size, cost in costs.items() if size > 0 and cost > 0]
    if len(points) < 2:
        return None
    slope, _ = statistics.linear_regression([x for x, _ in points], [y for _, y in points])
    return round(slope, 2)


def rounded(value: float) -> float:
    """Round to three digits that count; whole numbers from 100 on."""
    if value == 0 or not math.isfinite(value):
        return value
    digits = 2 - math.floor(math.log10(abs(value)))
    return round(value, max(0, digits))


def ratio(part: float, whole: float) -> float | None:
    """Return part / whole with three digits; None where there is no whole."""
    return rounded(part / whole) if whole else None
