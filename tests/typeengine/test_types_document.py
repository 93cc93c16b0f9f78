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

Every type that you can use as an annotation of a task, what it becomes in a message, and which types are refused. The tables are
made by a test, from the same rows that it checks.

Each type has a *literal type*, and its values travel as *literals* of that type. `drawloom types 'dict[str, list[int]]'` shows both for any
type. The literal type `struct` is a msgpack tree together with the JSON schema of the type. The content of files, folders and data frames is
stored elsewhere ([Files and stores](data.md)), and only the address travels. You can nest all of these types in each other.

A value always comes back equal to what it was. A type for which this is impossible is an error when the task is decorated, and the error
says why.
"""
TAIL = """
## What a value keeps

A value comes back equal, and all of its parts have the classes that they had. Where that is impossible, you get an error with the path
to the part.

- **Subclasses.** If a parameter is declared as a base class, an instance of a subclass is an error, because it would come back as the base.
  Declare the subclass or a union of both, or distinguish subclasses with mashumaro's
  `Discriminator(field=..., include_subtypes=True)`. In the same way, the compiler does not let a record with more fields flow into one with
  fewer.
- **Pydantic models.** A model travels as pydantic's own JSON if reading that JSON gives the value again. Otherwise (for example with
  `UUID | str`, keys that are not strings, private attributes, or a validator that changes its input) it travels field by field, marked by the key
  `drawloom.model`; no validator runs when it is read. Only in this form does it keep which fields were set (`model_fields_set`).
- **Constructors that change their arguments** (`__post_init__`, converters). Such a class is restored field by field, marked by the key
  `drawloom.fields`. JSON that a person writes does go through validators and constructors.
- **`Any` inside a record** takes exactly `None`, `bool`, `int`, `float`, `str`, `bytes`, `list` and `dict`. A tuple, a date or an instance of a
  subclass is an error there.
- **Numbers and strings** are converted to the declared class: numpy's scalars and instances of subclasses of `int`, `float` and `str` become
  what is declared. A `bool` is never accepted as an `int`.
- **Times and containers.** A datetime keeps its fold, and its zone as `datetime.timezone` or `zoneinfo.ZoneInfo`. A deque with a `maxlen`, and a
  defaultdict whose factory is not the class of its values, are errors.

A workflow reads a field of a record through its promise, `made.field`. The bytes of a pydantic model are the exception: pydantic writes
them as text, so let a task take the model.

## If your type is refused

There are three ways out: register a transformer for it ([Extending](extending.md)), use another type, or opt in to pickle for this one
parameter with `Annotated[T, Pickle]`. Pickle is never used unless you ask for it, because reading a pickle runs code.

## Dialects

By default values are written as flytekit writes them (dialect `v1`). `Engine().clone(dialect="v2")` writes them as the Flyte 2 SDK does: enums
by name, and records with a tag. Both dialects can read both forms, and also the protobuf Structs that flytekit wrote before 1.14.
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
