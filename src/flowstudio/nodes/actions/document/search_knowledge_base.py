"""Find published articles by words."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.words import said

_PUBLISHED: JsonObject = {"field": "status", "operator": "equals", "value": "published"}
_SHORT = 3
_COMMON = frozenset(
    {
        "about", "and", "are", "can", "could", "did", "does", "for", "from", "get", "had", "has", "have", "her", "his",
        "how", "its", "may", "not", "our", "out", "she", "should", "that", "the", "their", "them", "then", "there",
        "they", "this", "was", "were", "what", "when", "where", "which", "who", "will", "with", "would", "you", "your",
    }
)  # fmt: skip


class SearchKnowledgeBaseConfig(Config):
    """What to look for."""

    query: str = setting(label="Words", example="{{category}} {{ticket.subject}}", max_length=20_000)
    min_matches: int = setting(
        1, label="At least", help="How many of the words an article must have.", ge=1, le=100, advanced=True
    )


class SearchKnowledgeBaseOutput(Output):
    """The articles."""

    articles: list[dict[str, Any]] = Field(
        description="Articles, best first.", examples=[[{"title": "Download an invoice"}]]
    )


class SearchKnowledgeBase(Action):
    """Finds published articles whose title or tags have the words, those with the most of them first.

    Short and very common words do not count. When nothing fits, the list is empty.
    """

    key = "search_knowledge_base"
    title = "Search articles"
    icon = "book"
    aliases = ("searchKnowledgeBase",)
    synonyms = ("knowledge", "help", "faq", "find")
    effect = "reads"
    idempotent = True
    Config: ClassVar[type[Config]] = SearchKnowledgeBaseConfig
    Output = SearchKnowledgeBaseOutput
    main = "articles"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return f"For {said(config['query'])}" if config.get("query") else "No words yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `search the articles for the ticket subject`."""
        return f"search the articles for {said(config.get('query')) or 'words'}"

    async def run(self, config: SearchKnowledgeBaseConfig, ctx: RunContext) -> JsonObject:
        """Count the words in each article."""
        wanted = _words(config.query)
        found: list[tuple[int, JsonObject]] = []
        for article in await ctx.records.query("knowledge_articles", _PUBLISHED):
            tags = article.get("tags")
            said_there = (
                f"{article.get('title') or ''} {' '.join(map(str, tags)) if isinstance(tags, list) else tags or ''}"
            )
            matches = len(wanted & _words(said_there))
            if matches >= config.min_matches:
                found.append((matches, article))
        found.sort(key=lambda pair: -pair[0])
        return {"articles": [article for _, article in found]}

    def preview(self, config: SearchKnowledgeBaseConfig) -> Preview:
        return Preview("Searches the articles")


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) >= _SHORT and word not in _COMMON}
