"""Values of a run as a page shows them: by type, and always as data; the page never takes any of it for markup.

A value is `{"type", "show", ...}`. `show` is `json` (with `data`), `table` (`columns`, `rows`, `total`), `image` (`source`, a data
URI) or `file` (`uri`, `size`).
"""

from __future__ import annotations

import base64
import importlib
import importlib.util
import json
from pathlib import Path
from typing import Any, Protocol, cast

from drawloom.context import check_snapshot, is_remote, local_path
from literals import attempt, pb, preview
from typeengine import literal_to_json

LONGEST = 20_000
"""Characters of a value's JSON that are shown."""
LARGEST_IMAGE = 2_000_000
"""Bytes of an image that is put into the page."""
ROWS = 50
_IMAGES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp"}

Shown = dict[str, Any]


def shown_value(data: bytes, kind: str = "") -> Shown:
    """A literal as a page shows it. Bytes that are not a literal are said to be so."""
    read = attempt(pb.Literal.FromString, data)
    literal = read.value
    if literal is None:
        return {"type": kind, "show": "json", "data": "(not readable)"}
    scalar = literal.scalar if literal.HasField("scalar") else None
    if scalar is not None and scalar.HasField("blob"):
        return {"type": kind, **_file(scalar.blob.uri)}
    if scalar is not None and scalar.HasField("structured_dataset"):
        return {"type": kind, **_table(scalar.structured_dataset.uri)}
    made = attempt(literal_to_json, literal)
    value = made.value if made.error is None else preview(str(literal))
    text = json.dumps(value, ensure_ascii=False, default=str)
    if len(text) > LONGEST:
        return {"type": kind, "show": "json", "data": text[:LONGEST], "cut": len(text)}
    return {"type": kind, "show": "json", "data": value}


def shown_values(values: dict[str, bytes], kinds: dict[str, str]) -> dict[str, Shown]:
    """Named literals as a page shows them."""
    return {name: shown_value(data, kinds.get(name, "")) for name, data in sorted(values.items())}


def _local(uri: str) -> Path | None:
    """The file or folder on this machine; None for one elsewhere, which a page does not fetch, and for one that was changed."""
    path = None if is_remote(uri) else Path(local_path(uri))
    return path if path is not None and attempt(check_snapshot, path, by_content=True).error is None else None


def _file(uri: str) -> Shown:
    path = _local(uri)
    if path is None or not path.is_file():
        return {"show": "file", "uri": uri, "size": None}
    size = path.stat().st_size
    kind = _IMAGES.get(path.suffix.lower())
    if kind is not None and size <= LARGEST_IMAGE:
        text = base64.b64encode(path.read_bytes()).decode("ascii")
        return {"show": "image", "uri": uri, "size": size, "source": f"data:image/{kind};base64,{text}"}
    return {"show": "file", "uri": uri, "size": size}


class _Rows(Protocol):
    num_rows: int
    column_names: list[str]

    def slice(self, offset: int, length: int) -> _Rows: ...
    def to_pylist(self) -> list[dict[str, object]]: ...


def _table(uri: str) -> Shown:
    """The first rows of a table that lies on this machine as Parquet, where pyarrow is installed."""
    path = _local(uri)
    plain: Shown = {"show": "file", "uri": uri, "size": None}
    if path is None or not path.exists() or importlib.util.find_spec("pyarrow") is None:
        return plain
    read = attempt(importlib.import_module("pyarrow.parquet").read_table, str(path))
    if read.error is not None:
        return plain
    rows = cast("_Rows", read.value)
    first = rows.slice(0, ROWS)
    cells = [[str(row[name]) for name in first.column_names] for row in first.to_pylist()]
    return {"show": "table", "uri": uri, "columns": rows.column_names, "rows": cells, "total": rows.num_rows}
