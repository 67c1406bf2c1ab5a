"""Make a document from a template."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from flowstudio.domain.json import JsonObject
from flowstudio.errors import ConfigRejected
from flowstudio.expressions import print_value
from flowstudio.kit import Action, Config, Output, Preview, RunContext, setting
from flowstudio.kit.document_links import document_link
from flowstudio.kit.message_texts import fill_text
from flowstudio.kit.records import known_fields
from flowstudio.kit.words import capital, said, spaced

LONGEST = 200_000
"""Characters of a document: some 60 pages, printed in two seconds."""


class GenerateDocumentConfig(Config):
    """What the document is made of."""

    template: str = setting(
        label="Template",
        help="One of the message texts. One that is not there gives a plain sheet with the title and the values.",
        widget="message_text",
        reading="literal",
        example="receipt",
        min_length=1,
    )
    title: str = setting(label="Title", example="Receipt {{payment.invoice.number}}", min_length=1, max_length=300)
    variables: dict[str, Any] = setting(
        default_factory=dict, label="Fills in the text", widget="fields", example={"amount": "{{payment.amount}}"}
    )
    format: Literal["pdf", "html", "docx"] | None = setting(
        None, label="Format", help="Left empty, PDF.", example="pdf"
    )


class GenerateDocumentOutput(Output):
    """The document."""

    record: dict[str, Any] = Field(description="The document; attach it to a mail.", examples=[{"id": "docu_1"}])
    file: dict[str, Any] = Field(
        description="The document as a file: send it on, or keep it in a record.",
        examples=[{"name": "Receipt.pdf", "type": "application/pdf", "size": 18_400, "digest": "sha256:…"}],
    )
    url: str = Field(
        description="Its address, good for 30 days.", examples=["https://app.brightline.example/documents/1"]
    )


class GenerateDocument(Action):
    """Makes a document that can be attached to a mail or opened by its link."""

    key = "generate_document"
    title = "Make document"
    icon = "file-text"
    aliases = ("generateDocument",)
    synonyms = ("pdf", "letter", "report", "print", "word")
    effect = "writes"
    idempotent = False
    Config: ClassVar[type[Config]] = GenerateDocumentConfig
    Output = GenerateDocumentOutput
    main = "record"

    @classmethod
    def line(cls, config: JsonObject) -> str:
        return said(config.get("title")) or "No title yet"

    @classmethod
    def sentence(cls, config: JsonObject) -> str:
        """Say it as the middle of a sentence: `make the document "Receipt number"`."""
        return f'make the document "{said(config.get("title"), 60)}"'

    async def run(self, config: GenerateDocumentConfig, ctx: RunContext) -> JsonObject:
        """Fill in the text, write the document, and keep its file."""
        known = ctx.records.type_of("documents")
        row: JsonObject = {"title": config.title, "template": config.template, "url": document_link("", ctx)}
        row |= known_fields(known, {"format": config.format or "pdf", "body": await _body(config, ctx)})
        record = await ctx.records.create("documents", row)
        url = document_link(str(record["id"]), ctx)
        record = await ctx.records.update("documents", str(record["id"]), {"url": url})
        file = await ctx.files.keep(ctx.workspace, await ctx.files.press(record))
        return {"record": record, "file": file, "url": url}

    def preview(self, config: GenerateDocumentConfig) -> Preview:
        return Preview(f'Would make the document "{config.title}"', {"created": 1})


async def _body(config: GenerateDocumentConfig, ctx: RunContext) -> str:
    text = await _text(config, ctx)
    if len(text) > LONGEST:
        raise ConfigRejected(
            f"The document has {len(text):,} characters; a document has at most {LONGEST:,}.",
            setting="variables",
            hint="Put less into its values, or make several documents.",
        )
    return text


async def _text(config: GenerateDocumentConfig, ctx: RunContext) -> str:
    if ctx.messages.get(config.template) is not None:
        return (await fill_text(config.template, {"title": config.title, **config.variables}, ctx)).text
    lines = [f"- {capital(spaced(name))}: {print_value(value)}" for name, value in config.variables.items()]
    return "\n".join([f"# {config.title}", "", *lines])
