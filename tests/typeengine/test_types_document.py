"""docs/types.md says what is so: it is made from the table, and this test holds it to that.

`DRAWLOOM_UPDATE_GOLDENS=1 pytest tests/typeengine/test_types_document.py` writes it anew.
"""

import json
import os
from pathlib import Path

import pytest

import type_table
from literals import literal_text, parse, pb, type_text
from typeengine import Engine, UnsupportedTypeError, literal_to_json

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "types.md"
ENGINE = Engine()
HEAD = """# Types

What a hint becomes on the wire, and what is refused. This page is made by a test from the table that the test checks.

A value travels as a literal of the hint's literal type. `struct` is a msgpack tree with the JSON schema of the type beside
it; a file, folder or frame is stored below the raw data prefix and only its address travels. Whatever converts comes back
equal; whatever cannot is refused when the task is decorated, with the reason. Any of these may be nested in any other.
"""
TAIL = """
## What a value keeps

A value comes back equal and of equal classes all the way down, or is refused with its path.

- An instance of a subclass is refused where its base is declared, for it would come back as the base. Declare the subclass or
  a union of both, or tell the subclasses by mashumaro's `Discriminator(field=..., include_subtypes=True)`. The compiler
  refuses a promise likewise: a record with more fields does not flow into one with fewer.
- A pydantic model travels as pydantic's JSON where that reads back as the value. Where it does not (`UUID | str`, keys that
  are no text, private attributes, a validator that changes what it is given) it is carried by its fields, and the key
  `drawloom.model` says so; no validator runs when it is read. Which fields were given (`model_fields_set`) is part of the
  value only then.
- A class whose constructor changes what it is given (`__post_init__`, a converter) is restored field by field, and the key
  `drawloom.fields` says so. JSON that a person writes goes through validators and constructors.
- `Any` inside a record holds exactly `None`, `bool`, `int`, `float`, `str`, `bytes`, `list` and `dict`; a tuple, a date or a
  subclass is refused there.
- Numbers and texts are converted to the declared class: a `bool` never is an `int`, but numpy's scalars and subclasses of
  `int`, `float` and `str` become what is declared.
- A datetime keeps its fold and its zone, as `datetime.timezone` or `zoneinfo.ZoneInfo`. A deque with a `maxlen` and a
  defaultdict with another factory than the class of its values are refused.

## Three ways out

When a type is refused: register a transformer for it ([extending](extending.md)), change the hint, or opt in to pickle for
this one parameter with `Annotated[T, Pickle]`. Pickle is never a fallback: reading one runs code.

## Dialects

`Engine().clone(dialect="v2")` writes enums by name and records with a tag, as the Flyte 2 SDK does; the default `v1` is
flytekit's form. Either reads both, and the protobuf Structs that flytekit wrote before 1.14.
"""


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def text_of(literal):
    """A literal as text; a msgpack tree as JSON, which people read more easily than bytes."""
    message = parse(pb.Literal, literal)
    if message.scalar.binary.tag == "msgpack":
        return json.dumps(literal_to_json(message))
    return literal_text(message)


def rows_of(section, rows):
    names = vars(type_table)
    if section == "Refused":
        yield "| hint | reason |"
        yield "|---|---|"
        for hint, _, _ in rows:
            with pytest.raises(UnsupportedTypeError) as caught:
                ENGINE.codec(eval(hint, dict(names)))
            where = f"`{caught.value.where}`: " if caught.value.where else ""
            yield f"| `{cell(hint)}` | {where}{cell(caught.value.what)} |"
        return
    yield "| hint | literal type | a literal | |"
    yield "|---|---|---|---|"
    for hint, value, note in rows:
        codec = ENGINE.codec(eval(hint, dict(names)))
        shown = ""
        if value:
            shown = f"`{cell(text_of(codec.encode(eval(value, dict(names)))))}`"
        yield f"| `{cell(hint)}` | `{cell(type_text(codec.literal_type))}` | {shown} | {cell(note)} |"


def document():
    parts = [HEAD]
    for section, rows in type_table.SECTIONS:
        parts.append(f"\n## {section}\n\n" + "\n".join(rows_of(section, rows)) + "\n")
    return "".join([*parts, TAIL])


def test_the_document_is_what_the_engine_does():
    made = document()
    if os.environ.get("DRAWLOOM_UPDATE_GOLDENS") == "1":
        DOCUMENT.write_text(made)
    assert DOCUMENT.read_text() == made


@pytest.mark.parametrize(
    ("hint", "value"),
    [(hint, value) for _, rows in type_table.SECTIONS for hint, value, _ in rows if value],
    ids=lambda text: text,
)
def test_a_value_of_the_document_comes_back(hint, value):
    names = dict(vars(type_table))
    codec = ENGINE.codec(eval(hint, names))
    given = eval(value, names)
    back = codec.decode(codec.encode(given))
    assert (list(back) if "Iterator" in hint else back) == given
