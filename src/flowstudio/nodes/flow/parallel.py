"""Do side by side: several ways at once."""

from __future__ import annotations

from typing import ClassVar

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Config, FlowNode, Go, RunContext, Way, setting
from flowstudio.kit.words import capital, listed, spaced


class ParallelConfig(Config):
    branches: list[str] = setting(
        label="Branches",
        help="A name for each way that is taken at the same time.",
        widget="list",
        reading="literal",
        example=["finance", "legal"],
        min_length=1,
        max_length=100,
    )


class Parallel(FlowNode):
    """Takes all its ways at the same time.

    Steps of different branches do not wait for one another. Where branches meet again, the run waits for all of them.
    """

    key = "parallel"
    title = "Do side by side"
    icon = "arrows-split-2"
    aliases = ("Parallel (Run simultaneously)", "fork", "split")
    synonyms = ("simultaneously", "together", "branches", "concurrent")
    Config: ClassVar[type[Config]] = ParallelConfig

    @classmethod
    def ways(cls, config: JsonObject) -> tuple[Way, ...]:
        return tuple(Way(f"branch:{name}", capital(spaced(str(name)))) for name in config.get("branches") or ())

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return capital(listed([spaced(str(name)) for name in config.get("branches") or ()])) or "No branches yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the beginning of a sentence."""
        return "at the same time"

    def decide(self, config: ParallelConfig, ctx: RunContext) -> Go:
        return Go(tuple(f"branch:{name}" for name in config.branches))
