"""Whether the columns of a frame that is written are those that its hint declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from literals import pb, preview, type_text
from typeengine.errors import TypeTransformerFailedError

ANY = ""
"""The kind of a column that is all missing values, or of a type that no declaration names."""
LIST, MAP = "list", "map"


def check_columns(declared: pb.StructuredDatasetType, names: Iterable[str], kinds: Mapping[str, str]) -> None:
    """Hold a frame against the declared columns. `kinds`: a simple type's name, `list`, `map` or ``ANY``, by column.

    A nested column is declared by names joined with dots, of which the frame has the first only. Columns that are not declared
    are written with the others.

    Raises:
        TypeTransformerFailedError: a declared column is missing, or of another kind; `where` is the column.
    """
    there = list(names)
    for column in declared.columns:
        where = f"column {preview(column.name)}"
        if column.name not in there:
            if column.name.partition(".")[0] in there and "." in column.name:
                continue
            raise TypeTransformerFailedError(
                "the frame lacks a column that is declared",
                where=where,
                expected=type_text(column.literal_type),
                got=f"the columns {preview(there)}",
                fix="add the column, or take it out of the hint",
            )
        wanted, found = _kind(column.literal_type), kinds.get(column.name, ANY)
        if found not in (ANY, wanted):
            raise TypeTransformerFailedError(
                "the column is not of the declared type",
                where=where,
                expected=type_text(column.literal_type),
                got=found.lower(),
                fix="convert the column, or declare what it is",
            )


def _kind(declared: pb.LiteralType) -> str:
    match declared.WhichOneof("type"):
        case "simple":
            return pb.SimpleType.Name(declared.simple)
        case "collection_type":
            return LIST
        case _:
            return MAP
