"""Documents in and out: reading every form that is understood, writing the one form that we keep.

`read_document` lists every fault at once, each with its JSON path; `write_document` gives the same bytes for the same
state. One file per part of the document.
"""

from flowstudio.interchange.export import dump_document, write_document
from flowstudio.interchange.reader import ReadResult, read_document
from flowstudio.interchange.schema import workflow_schema

__all__ = ["ReadResult", "dump_document", "read_document", "workflow_schema", "write_document"]
