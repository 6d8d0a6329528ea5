"""The columns of any rows, as they must be declared to be written again.

    {"id": 7, "x": 1}, {"id": "8", "x": 0.5, "tags": ["a"]} -> Features id: string, x: float64, tags: List(string)

Parquet says it; of lines, arrays and tables every row is looked at once. A column whose values have no common type is text.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
from datasets import Features, Value

from builders import rows
from builders.errors import UserError
from builders.formats import opened_parquet
from builders.row import Row
from builders.sources import Source, opened

AT_ONCE = 1000  # rows


def features_of(source: Source) -> Features:
    """The columns of the files of a source. UserError where no file could have them."""
    found = _features(source)
    for name in found:
        if "\0" in name:
            raise UserError(f"{source.name} has a column {name!r}; a column's name holds no NUL: give it another one")
    return found


def _features(source: Source) -> Features:
    if source.files[0].kind == "parquet":
        return Features.from_arrow_schema(pa.schema([(name, plain(kind)) for name, kind in declared(source).items()]))
    known: dict[str, pa.DataType] = {}
    given = rows.read(source)
    while batch := list(islice(given, AT_ONCE)):
        for name in dict.fromkeys(name for row in batch for name in row):
            kind = kind_of(row.get(name) for row in batch)
            known[name] = merged(known[name], kind) if name in known else kind
    known.pop("bad_row")
    return Features.from_arrow_schema(pa.schema([(name, plain(kind)) for name, kind in known.items()]))


def declared(source: Source) -> dict[str, pa.DataType]:
    """What the footers of parquet files say."""
    known: dict[str, pa.DataType] = {}
    for file in source.files:
        with opened(file) as raw:
            rows.parquet_columns(file, raw, None, ())
            for field in opened_parquet(raw).schema_arrow:
                known[field.name] = merged(known.get(field.name, field.type), field.type)
    return known


def kind_of(values: Iterable[Any]) -> pa.DataType:
    """The type of a column's values."""
    try:
        return pa.array(list(values)).type
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return pa.string()


def merged(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """The type that holds both."""
    if one == other:
        return one
    try:
        fields = [pa.schema([("column", kind)]) for kind in (one, other)]
        return pa.unify_schemas(fields, promote_options="permissive").field("column").type
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.string()


def plain(kind: pa.DataType) -> pa.DataType:
    """A type that parquet has: text where nothing else is known."""
    if pa.types.is_dictionary(kind):
        return plain(kind.value_type)
    return pa.string() if pa.types.is_null(kind) or empty(kind) else kind


def empty(kind: pa.DataType) -> bool:
    """Whether objects of this type, or some within, have no names, which parquet cannot say."""
    inner = [kind.field(at).type for at in range(kind.num_fields)]
    return (pa.types.is_struct(kind) and not inner) or any(empty(each) for each in inner)


def fitted(row: Row, features: Features) -> Row:
    """A row with text where its column is text."""
    return {
        name: rows.as_text(row.get(name)) if kind == Value("string") else row.get(name)
        for name, kind in features.items()
    }


def read(source: Source, limit: int | None = None) -> Iterator[Row]:
    """The first `limit` rows of a source, as they are, with `bad_row`."""
    if limit is not None and limit < 1:
        raise UserError(f"limit is {limit}; it must be 1 or more, or left out for all")
    for number, row in enumerate(rows.read(source), 1):
        yield row
        if number == limit:
            return
