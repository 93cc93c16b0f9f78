"""Constraints of `Annotated` in the literal type's metadata, as flyte 2.12.1 writes them; each row was measured there."""

import datetime as dt
from typing import Annotated, Dict, List, Optional, Union

import annotated_types
import pydantic
import pytest
from google.protobuf.json_format import MessageToDict
from pydantic import Field

from typeengine import default_engine

ENGINE = default_engine().clone(dialect="v2")
NONE = {"simple": "NONE", "structure": {"tag": "none"}}


def union(*variants, **metadata):
    return {"unionType": {"variants": list(variants)}, **({"metadata": metadata} if metadata else {})}


def simple(name, tag="", **metadata):
    return {
        "simple": name,
        **({"metadata": metadata} if metadata else {}),
        **({"structure": {"tag": tag}} if tag else {}),
    }


ROWS = [
    (Annotated[str, Field(pattern="^a", min_length=2)], simple("STRING", pattern="^a", minLength=2.0)),
    (Optional[Annotated[str, Field(pattern="^a")]], union(simple("STRING", "str", pattern="^a"), NONE)),
    (Annotated[Optional[str], Field(pattern="x")], union(simple("STRING", "str", pattern="x"), NONE)),
    (Annotated[Optional[str], Field(min_length=1)], union(simple("STRING", "str", minLength=1.0), NONE)),
    (Annotated[Optional[int], annotated_types.Interval(ge=1, le=3)], union(simple("INTEGER", "int", minimum=1.0, maximum=3.0), NONE)),
    (List[Annotated[int, Field(gt=1)]], {"collectionType": simple("INTEGER", exclusiveMinimum=1.0)}),
    (Annotated[List[int], Field(min_length=1)], {"collectionType": simple("INTEGER"), "metadata": {"minItems": 1.0}}),
    (Annotated[Dict[str, int], Field(min_length=1, title="X")], {"mapValueType": simple("INTEGER"), "metadata": {"minProperties": 1.0, "title": "X"}}),
    (Annotated[int, Field(ge=1, le=5, description="d", title="T")], simple("INTEGER", minimum=1.0, maximum=5.0, description="d", title="T")),
    (Annotated[float, Field(multiple_of=0.5)], simple("FLOAT", multipleOf=0.5)),
    (Annotated[str, annotated_types.Len(1, 3)], simple("STRING", minLength=1.0, maxLength=3.0)),
    (Annotated[str, Field(default="a")], simple("STRING")),
    (Annotated[str, Field(examples=["a"])], simple("STRING", examples=["a"])),
    (Annotated[int, Field(json_schema_extra={"k": 1})], simple("INTEGER", k=1.0)),
    (Annotated[str, "x"], simple("STRING")),
    (pydantic.PositiveInt, simple("INTEGER", exclusiveMinimum=0.0)),
    (Annotated[dt.timedelta, Field(gt=dt.timedelta(0))], simple("DURATION")),
    (Annotated[dt.datetime, Field(description="q")], simple("DATETIME", description="q")),
    (
        Annotated[Union[int, str], Field(gt=1)],
        union(simple("INTEGER", "int", exclusiveMinimum=1.0), {**simple("STRING", "str"), "metadata": {}}, gt=1.0),
    ),
    (
        Annotated[Union[int, str, None], Field(description="q")],
        union({**simple("INTEGER", "int"), "metadata": {}}, {**simple("STRING", "str"), "metadata": {}}, NONE, description="q"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("hint", "expected"), ROWS, ids=[str(row[0])[:60] for row in ROWS])
def test_a_constraint_is_in_the_metadata(hint, expected):
    assert MessageToDict(ENGINE.codec(hint).literal_type) == expected
