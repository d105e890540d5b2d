"""The cells of a Parquet file as plain values: text, numbers as they were typed, lists, and structs by name."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.budget import MAX_ARTICLE_BYTES, refuse_more
from ownvoice.articles.formats.names import all_values
from ownvoice.articles.formats.opened import Fields, Numeral

if TYPE_CHECKING:
    import pyarrow as pa

MAX_LIST_VALUES = 1_000
_EXACT_BITS = {16: 11, 32: 24, 64: 53}  # how many bits of a whole number a float of 16, 32 or 64 bits holds


def row_of(batch: pa.RecordBatch, index: int) -> Fields:
    """Return a row by the names of its columns; a name that two columns have has both values.

    Raises `UnreadableError` for a cell that is no plain value, such as a number that its column cannot hold exactly.
    """
    return all_values([(name, _plain(batch.column(i)[index])) for i, name in enumerate(batch.schema.names)])


class _Struct(Mapping[str, Any]):
    """A struct whose values are made when they are asked for: beside an author's name may stand a million numbers."""

    def __init__(self, cells: Mapping[str, pa.Scalar[Any]]) -> None:
        self._cells = cells

    def __getitem__(self, name: str) -> Any:
        return _plain(self._cells[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


def _plain(cell: Any) -> Any:
    """Return the value of an Arrow scalar; None where it has none."""
    import pyarrow as pa

    if isinstance(cell, (pa.DictionaryScalar, pa.ExtensionScalar)) and not isinstance(cell, pa.UuidScalar):
        return _plain(cell.value)
    if not cell.is_valid:
        return None
    kind = cell.type
    if pa.types.is_struct(kind):
        return _Struct({kind.field(i).name: cell[i] for i in range(kind.num_fields)})
    if pa.types.is_map(kind):
        return _Struct(dict(_pairs(cell)))
    if isinstance(cell, pa.ListScalar):
        refuse_more("values in a list", len(cell.values), MAX_LIST_VALUES)
        return [_plain(one) for one in cell.values]
    if isinstance(cell, pa.BinaryScalar):  # text is of this class too
        return _text(cell.as_buffer())
    if pa.types.is_boolean(kind):
        return cell.as_py()
    return _number(cell.as_py(), cell) if pa.types.is_floating(kind) else Numeral(_spelled(cell))


def _pairs(cell: pa.MapScalar[Any, Any]) -> Iterator[tuple[str, Any]]:
    refuse_more("values in a map", len(cell.values), MAX_LIST_VALUES)
    for pair in cell.values:
        yield str(_plain(pair[0])), pair[1]


def _text(buffer: pa.Buffer) -> str:
    if buffer.size > MAX_ARTICLE_BYTES:
        raise UnreadableError(Reason.TOO_LARGE, f"a cell of it is larger than {MAX_ARTICLE_BYTES:,} bytes")
    try:
        return str(memoryview(buffer), "utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(Reason.NOT_UTF8, f"byte {error.start} of a cell is no UTF-8") from None


def _number(value: float, cell: pa.Scalar[Any]) -> Numeral | None:
    """Return a number of a column of floats, which are not exact beyond a bound; None for NaN, an empty cell."""
    if math.isnan(value):
        return None
    if abs(value) >= 1 << _EXACT_BITS[cell.type.bit_width]:
        detail = f"a column of {cell.type} does not hold {value:.17g} exactly; write the column as text"
        raise UnreadableError(Reason.WRONG_SHAPE, detail)
    return Numeral(f"{value:.0f}" if value.is_integer() else _spelled(cell))


def _spelled(cell: Any) -> str:
    """Return a number, a date or a UUID as text."""
    import pyarrow as pa

    try:
        spelled = str(cell if isinstance(cell, pa.UuidScalar) else cell.cast(pa.string()))
    except pa.ArrowException:
        spelled = "<no text>"
    if spelled.startswith("<"):  # Arrow spells a date that no calendar has "<value out of range: 2147483647>"
        raise UnreadableError(Reason.WRONG_SHAPE, f"a cell of {cell.type} cannot be read as text")
    return spelled
