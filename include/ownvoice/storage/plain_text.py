"""Rows with plain strings in the place of string views, which pyarrow 26 can neither filter nor take from."""

from __future__ import annotations

import pyarrow as pa


def with_plain_text(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Return the same rows with every string view a string, those inside of lists, structs and maps too."""
    return rows.cast(plain_schema(rows.schema))


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema of such rows."""
    return pa.schema([field.with_type(_plain(field.type)) for field in schema])


def _plain(of_type: pa.DataType) -> pa.DataType:
    if of_type == pa.string_view():
        return pa.string()
    if pa.types.is_list(of_type):
        return pa.list_(of_type.value_field.with_type(_plain(of_type.value_type)))
    if pa.types.is_struct(of_type):
        return pa.struct([field.with_type(_plain(field.type)) for field in of_type])
    if pa.types.is_map(of_type):
        return pa.map_(_plain(of_type.key_type), of_type.item_field.with_type(_plain(of_type.item_type)))
    return of_type
