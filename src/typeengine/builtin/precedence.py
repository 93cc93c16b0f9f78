"""The precedence of the types that come with drawloom: the first row that matches makes the codec.

Read from top to bottom. Kinds of hints and exact classes come first; then kinds of classes (enum, record), classes of
optional libraries (a `LazyCodecRows` each, told by the module of a class in the ancestry, never by importing it), classes whose
base the user registered, dataclasses, and last the subclasses of simple ones. What most programs do not use is a `LazyCodecRows` too,
with a condition that is as wide as those of its rows or wider: a program pays the import of what its types need.
"""

from __future__ import annotations

import collections.abc
import enum
import importlib
import os
import sys
import typing
from collections.abc import Callable
from typing import Final

from literals import is_dict
from typeengine.builtin import containers, records, scalars
from typeengine.hints.forms import Form, Special
from typeengine.registry import CodecRow, LazyCodecRows


def _library(*names: str) -> Callable[[Form], bool]:
    """Forms of a class that is, or derives from, one that a library defines."""
    wanted = frozenset(names)

    def matches(form: Form) -> bool:
        return form.cls is not None and any(base.__module__.partition(".")[0] in wanted for base in form.cls.__mro__)

    return matches


def _has(attribute: str) -> Callable[[Form], bool]:
    return lambda form: form.cls is not None and hasattr(form.cls, attribute)


def _defined_in(*modules: str) -> Callable[[Form], bool]:
    """Forms of a class that drawloom itself defines in one of `modules`."""
    wanted = frozenset(f"typeengine.builtin.{module}" for module in modules)
    return lambda form: form.cls is not None and any(base.__module__ in wanted for base in form.cls.__mro__)


def _pickled(form: Form) -> bool:
    """Whether the hint opts in to pickle."""
    return any(
        getattr(note.value, "__name__", type(note.value).__name__) == "Pickle"
        or (is_dict(note.value) and "allow_pickle" in note.value)
        for note in form.notes
    )


def _derived(form: Form, *classes: type) -> bool:
    return isinstance(form.origin, type) and issubclass(form.origin, classes)


_DATASETS: Final = "typeengine.builtin.structured_dataset"


def _has_handlers(form: Form) -> bool:
    """Whether a program has registered handlers of datasets for the class; then their module is loaded."""
    if _DATASETS not in sys.modules:
        return False
    module = importlib.import_module(_DATASETS)  # waits where another thread is loading it
    return bool(module.StructuredDatasetTransformerEngine.handles(form.cls))


_BY_CLASS: Final = frozenset({complex, range, Special.ANY})
_TEXTS: Final = _library("decimal", "_pydecimal", "fractions", "uuid", "ipaddress", "pathlib")
_STREAMS: Final = frozenset({typing.TextIO, typing.BinaryIO, os.PathLike})
_ITERATORS: Final = frozenset({collections.abc.Iterator, collections.abc.Generator})
_REFERENCES: Final = _defined_in("flyte_reference", "flyte2_files", "flyte_schema", "reference_codecs")
_FRAMES: Final = _defined_in("structured_dataset", "flyte2_frame")
_BY_CHOICE: Final = ("sklearn", "xgboost", "lightgbm", "matplotlib")
_FRAME_LIBRARIES: Final = _library("pandas", "pyarrow", "polars", "duckdb", "_duckdb")

TABLE: Final[tuple[CodecRow | LazyCodecRows, ...]] = (
    LazyCodecRows("pickle by choice", _pickled, "typeengine.contrib.pickle"),
    LazyCodecRows(
        "safetensors",
        lambda form: any(note.value == "safetensors" for note in form.notes),
        "typeengine.contrib.safetensors",
    ),
    *scalars.EXACT_ROWS,
    LazyCodecRows(
        "times", lambda form: getattr(form.origin, "__module__", "") == "datetime", "typeengine.builtin.times"
    ),
    LazyCodecRows("Union", lambda form: form.origin is Special.UNION, "typeengine.builtin.unions"),
    LazyCodecRows(
        "Literal, Enum",
        lambda form: form.origin is Special.LITERAL or _derived(form, enum.Enum),
        "typeengine.builtin.enums",
    ),
    *containers.ROWS,
    LazyCodecRows("tuples, TypedDict", lambda form: _derived(form, tuple, dict), "typeengine.builtin.products"),
    LazyCodecRows(
        "FlyteFile and kin",
        lambda form: form.origin in _STREAMS or _REFERENCES(form),
        "typeengine.builtin.reference_codecs",
    ),
    LazyCodecRows(
        "Iterator",
        lambda form: form.origin in _ITERATORS or _defined_in("iterators")(form),
        "typeengine.builtin.iterators",
    ),
    LazyCodecRows(
        "frames", lambda form: _FRAMES(form) or _FRAME_LIBRARIES(form), "typeengine.builtin.dataframe_codecs"
    ),
    LazyCodecRows("pandas values", _library("pandas"), "typeengine.contrib.pandas_values"),
    LazyCodecRows("polars.Series", _library("polars"), "typeengine.contrib.polars_series"),
    LazyCodecRows("numpy", _library("numpy"), "typeengine.contrib.numpy"),
    LazyCodecRows("scipy sparse", _library("scipy"), "typeengine.contrib.scipy"),
    LazyCodecRows("PIL images", _library("PIL"), "typeengine.contrib.pillow"),
    LazyCodecRows("models and figures", _library(*_BY_CHOICE), "typeengine.contrib.models"),
    LazyCodecRows("torch", _library("torch"), "typeengine.contrib.torch"),
    LazyCodecRows("ONNX models", _library("onnx"), "typeengine.contrib.onnx"),
    LazyCodecRows("protobuf messages", _has("DESCRIPTOR"), "typeengine.contrib.protobuf"),
    LazyCodecRows("pydantic models", _has("model_fields"), "typeengine.contrib.pydantic"),
    LazyCodecRows("msgspec structs", _library("msgspec"), "typeengine.contrib.msgspec"),
    LazyCodecRows("attrs classes", _has("__attrs_attrs__"), "typeengine.contrib.attrs"),
    LazyCodecRows("texts", lambda form: form.origin in _BY_CLASS or _TEXTS(form), "typeengine.builtin.text_types"),
    *records.ROWS,
    *scalars.SUBCLASS_ROWS,
    LazyCodecRows("classes with handlers of datasets", _has_handlers, "typeengine.builtin.dataframe_codecs"),
)
