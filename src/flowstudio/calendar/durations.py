"""Durations as texts; they live in the domain, so that expressions read them too."""

from __future__ import annotations

from flowstudio.domain.durations import BadDuration, duration_text, duration_words, parse_duration

__all__ = ["BadDuration", "duration_text", "duration_words", "parse_duration"]
