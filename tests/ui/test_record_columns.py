"""Which fields of records have a column: those that a cell can tell."""

from flowstudio.domain.record import FieldSpec, RecordType
from flowstudio.ui.pages.records import columns_of

KINDS = {
    "name": "text", "address": "object", "tags": "list", "body": "text", "proof": "file", "empty": "text",
}  # fmt: skip


def test_data_of_several_fields_and_long_texts_take_no_room_from_the_names():
    record_type = RecordType(name="parcels", fields={name: FieldSpec(type=kind) for name, kind in KINDS.items()})
    file = {"name": "a.pdf", "type": "application/pdf", "size": 1, "digest": f"sha256:{0:064}"}
    row = {"id": "p1", "name": "A", "address": {"city": "Aarhus"}, "tags": ["red"], "body": "one\ntwo", "proof": file}
    assert columns_of(record_type, [row]) == ["name", "tags", "proof"]
