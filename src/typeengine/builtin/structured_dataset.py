"""StructuredDataset, FlyteSchema, and the handlers that write and read data frames of each library.

Names and look-up rules are flytekit's. A frame library is loaded when one of its types is first met: its module under
`typeengine.contrib` registers handlers. Data is at `<raw data>/<random>/00000` for parquet, `<raw data>/<random>/.csv`
for CSV, as flytekit writes it; Arrow's own files are where parquet is.
"""

from __future__ import annotations

import html
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from drawloom.context import FlyteContext, FlyteContextManager, is_remote, scheme_of
from literals import class_of, is_iterator, pb, preview
from typeengine.builtin.pydantic_schema import field_schema
from typeengine.errors import TypeTransformerFailedError, wrong_value
from typeengine.raw_data import is_raw_data, storage

PARQUET = "parquet"
CSV = "csv"
ARROW = "arrow"
GENERIC_FORMAT = ""
GENERIC_PROTOCOL = "fsspec"
"""The protocol of a handler that works with any storage (flytekit's name for it)."""

FRAME_LIBRARIES: Mapping[str, str] = {
    "pandas": "typeengine.contrib.pandas",
    "geopandas": "typeengine.contrib.geopandas",
    "pyarrow": "typeengine.contrib.arrow",
    "polars": "typeengine.contrib.polars",
    "duckdb": "typeengine.contrib.duckdb",
    "_duckdb": "typeengine.contrib.duckdb",
}
"""Modules that register handlers, by the library whose types they handle."""


@dataclass(init=False, repr=False, eq=False)
class StructuredDataset:
    """Rows and columns somewhere, of any frame library.

    To give one: `StructuredDataset(dataframe=df)` or `StructuredDataset(uri=..., file_format=...)`. To read one that was
    given: `sd.open(pd.DataFrame).all()`. Two are equal if address and format are, or, with frames, if it is one frame.

    A dataclass of address and format, so that mashumaro, dataclasses-json and such take it as the type of a field.
    """

    uri: str | None = None
    file_format: str = GENERIC_FORMAT

    def __init__(self, dataframe: Any = None, uri: str | None = None, metadata: Any = None, **options: Any) -> None:
        self._dataframe = dataframe
        self.uri = uri
        self.file_format = options.get("file_format", GENERIC_FORMAT) or GENERIC_FORMAT
        self._metadata = metadata
        self._literal: Any = None
        self._frame_type: Any = None

    @classmethod
    def columns(cls) -> dict[str, Any]:
        """Columns that the class itself declares: none; a hint declares its own in Annotated."""
        return {}

    @classmethod
    def column_names(cls) -> list[str]:
        """Names of those columns."""
        return list(cls.columns())

    @property
    def dataframe(self) -> Any:
        """The frame that this was made with; None for one that was given."""
        return self._dataframe

    @property
    def metadata(self) -> Any:
        """The `StructuredDatasetMetadata` message, where known."""
        return self._metadata

    @property
    def literal(self) -> Any:
        """The `StructuredDataset` message that this came from or was written as; None before either."""
        return self._literal

    def remember(self, literal: pb.StructuredDataset) -> None:
        """Keep the message that this stands for, so that it is passed on without another write."""
        self._literal = literal
        self._metadata = self._metadata or literal.metadata

    def open(self, dataframe_type: Any) -> StructuredDataset:
        """Say which library's type `all` and `iter` give."""
        self._frame_type = dataframe_type
        return self

    def _source(self) -> tuple[Any, Any]:
        if self._frame_type is None:
            raise TypeTransformerFailedError(
                "the dataset was not opened",
                expected="a dataset that was opened with a frame type",
                got="one that was not",
                fix="name the frame type first: sd.open(pd.DataFrame).all()",
            )
        if self._literal is not None:
            return self._literal, self._metadata or self._literal.metadata
        if not self.uri:
            raise TypeTransformerFailedError(
                "the dataset has neither an address nor a literal to read from",
                expected="an address or a literal",
                got="neither",
                fix="make it of a frame or an address: StructuredDataset(dataframe=...) or (uri=...)",
            )
        literal = pb.StructuredDataset(uri=self.uri)
        literal.metadata.structured_dataset_type.format = self.file_format
        return literal, self._metadata or literal.metadata

    def all(self) -> Any:
        """The whole dataset as the opened type.

        Raises:
            TypeTransformerFailedError: not opened, nothing to read from, or no handler for type, storage and format.
        """
        literal, metadata = self._source()
        return read_frame(literal, self._frame_type, metadata)

    def iter(self) -> Iterator[Any]:
        """The dataset in parts, for handlers that give parts; as one part for the others."""
        result = self.all()
        return result if is_iterator(result) else iter((result,))

    def tree(self) -> dict[str, Any]:
        """The form inside structs; a frame is written for it."""
        message = written_dataset(self, pb.StructuredDatasetType())
        return {"uri": message.uri, "file_format": message.metadata.structured_dataset_type.format}

    @classmethod
    def _validated(cls, value: Any) -> Any:
        """A dataset from what a pydantic field was given: one, or its object."""
        if isinstance(value, StructuredDataset):
            return value
        said: dict[str, Any] = value if issubclass(class_of(value), dict) else {}
        if not isinstance(said.get("uri"), str):
            raise ValueError(  # noqa: TRY004 - pydantic takes a ValueError for an invalid value
                f"a {cls.__name__} is made from an object with a uri, not from {preview(value)}"
            )
        return cls(uri=said["uri"], file_format=said.get("file_format") or GENERIC_FORMAT)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """For pydantic models that have such a field."""
        del source, handler
        return field_schema(cls._validated, lambda value: value.tree(), f"{cls.__module__}.{cls.__name__}:")

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        """The JSON schema of such a field, as flytekit's class has it."""
        del schema, handler
        text = {"anyOf": [{"type": "string"}, {"type": "null"}]}
        properties = {
            "uri": {"title": "Uri", **text, "default": None},
            "file_format": {"title": "File Format", **text, "default": ""},
        }
        return {"type": "object", "title": cls.__name__, "properties": properties}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StructuredDataset):
            return NotImplemented
        if self._dataframe is not None or other._dataframe is not None:
            return self._dataframe is other._dataframe
        return self._key() == other._key()

    def _key(self) -> tuple[str, str]:
        if self._literal is not None:
            return self._literal.uri, self._literal.metadata.structured_dataset_type.format
        return self.uri or "", self.file_format

    def __hash__(self) -> int:
        return hash(self._key()[0])

    def __repr__(self) -> str:
        uri, file_format = self._key()
        return f"{type(self).__name__}(uri={uri or None!r}, file_format={file_format!r})"


class StructuredDatasetEncoder:
    """Writes frames of one type. Subclass, define `encode`, register with `StructuredDatasetTransformerEngine`."""

    def __init__(self, python_type: Any, protocol: str | None = None, supported_format: str | None = None) -> None:
        """Without a protocol it serves every storage; without a format, every format."""
        self._python_type = python_type
        self._protocol = protocol.replace("://", "") if protocol else None
        self._supported_format = supported_format or GENERIC_FORMAT

    @property
    def python_type(self) -> Any:
        """The frame type."""
        return self._python_type

    @property
    def protocol(self) -> str | None:
        """The storage scheme; None for any."""
        return self._protocol

    @property
    def supported_format(self) -> str:
        """The format; empty for any."""
        return self._supported_format

    def encode(self, ctx: FlyteContext, structured_dataset: StructuredDataset, structured_dataset_type: Any) -> Any:  # noqa: ARG002 - for subclasses
        """Write the frame and give the `StructuredDataset` message. To be defined by the subclass."""
        raise TypeTransformerFailedError(
            f"{type(self).__name__} defines no encode",
            expected="a method encode",
            got="none",
            fix="define encode in the subclass",
        )


class StructuredDatasetDecoder(StructuredDatasetEncoder):
    """Reads frames of one type. Subclass, define `decode`, register with `StructuredDatasetTransformerEngine`."""

    def __init__(
        self,
        python_type: Any,
        protocol: str | None = None,
        supported_format: str | None = None,
        additional_protocols: list[str] | None = None,
    ) -> None:
        super().__init__(python_type, protocol, supported_format)
        self.additional_protocols = list(additional_protocols or ())

    def decode(self, ctx: FlyteContext, flyte_value: Any, current_task_metadata: Any) -> Any:  # noqa: ARG002 - for subclasses
        """Read the frame that the message names; the metadata says which columns. To be defined by the subclass."""
        raise TypeTransformerFailedError(
            f"{type(self).__name__} defines no decode",
            expected="a method decode",
            got="none",
            fix="define decode in the subclass",
        )


_LOCAL = "file"
"""The scheme of paths without one."""


class StructuredDatasetTransformerEngine:
    """The handlers, by frame type, storage scheme and format."""

    ENCODERS: ClassVar[dict[Any, dict[str, dict[str, StructuredDatasetEncoder]]]] = {}
    DECODERS: ClassVar[dict[Any, dict[str, dict[str, StructuredDatasetDecoder]]]] = {}
    DEFAULT_PROTOCOLS: ClassVar[dict[Any, str]] = {}
    DEFAULT_FORMATS: ClassVar[dict[Any, str]] = {}
    Renderers: ClassVar[dict[Any, Any]] = {}

    @classmethod
    def register_renderer(cls, python_type: Any, renderer: Any) -> None:
        """Let `renderer.to_html(frame)` show frames of a type in reports; the last one registered is used."""
        cls.Renderers[python_type] = renderer

    @classmethod
    def to_html(cls, ctx: object, python_val: Any, expected_python_type: Any = None) -> str:
        """A frame, or a dataset's frame, as HTML; a dataset without one shows its address.

        Raises:
            TypeTransformerFailedError: no renderer is registered for the frame's type.
        """
        del ctx, expected_python_type
        frame = python_val.dataframe if isinstance(python_val, StructuredDataset) else python_val
        if frame is None:
            return html.escape(repr(python_val))
        for kind in type(frame).__mro__:
            if kind in cls.Renderers:
                return str(cls.Renderers[kind].to_html(frame))
        raise TypeTransformerFailedError(
            f"nothing shows a {type(frame).__name__} as HTML",
            expected="a renderer for this type",
            got="none",
            fix="call StructuredDatasetTransformerEngine.register_renderer",
        )

    @classmethod
    def register(
        cls,
        h: StructuredDatasetEncoder,
        default_for_type: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        override: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        default_format_for_type: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        default_storage_for_type: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
    ) -> None:
        """Add a handler; its type can then be a hint. The protocol "/" is flytekit's word for local files.

        Raises:
            ValueError: one is registered for the same type, scheme and format, and `override` is not given.
        """
        defaults = default_for_type or default_format_for_type, default_for_type or default_storage_for_type
        cls.register_for_protocol(h, h.protocol or GENERIC_PROTOCOL, False, override, *defaults)  # noqa: FBT003 - said by the defaults
        for scheme in getattr(h, "additional_protocols", ()):
            cls.register_for_protocol(h, scheme, override=override)

    @classmethod
    def register_for_protocol(  # noqa: PLR0917 - flytekit's signature
        cls,
        h: StructuredDatasetEncoder,
        protocol: str,
        default_for_type: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        override: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        default_format_for_type: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        default_storage_for_type: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
    ) -> None:
        """Add a handler for one scheme; `/` is that of local files.

        Raises:
            ValueError: one is registered for the same type, scheme and format, and `override` is not given.
        """
        table: Any = cls.DECODERS if isinstance(h, StructuredDatasetDecoder) else cls.ENCODERS
        scheme = _LOCAL if protocol == "/" else protocol
        row = table.setdefault(h.python_type, {}).setdefault(scheme, {})
        if h.supported_format in row and not override:
            raise ValueError(
                f"a handler for {h.python_type}, {scheme} and format {h.supported_format!r} is registered: "
                f"{type(row[h.supported_format]).__name__}; pass override=True to replace it"
            )
        row[h.supported_format] = h
        if default_for_type or default_format_for_type:
            cls.DEFAULT_FORMATS[h.python_type] = h.supported_format
        if default_for_type or default_storage_for_type:
            cls.DEFAULT_PROTOCOLS[h.python_type] = scheme

    def encode(  # noqa: PLR0917 - flytekit's signature
        self,
        ctx: FlyteContext,
        sd: StructuredDataset,
        df_type: type,
        protocol: str,
        format: str,  # noqa: A002 - flytekit's signature
        structured_literal_type: pb.StructuredDatasetType,
    ) -> pb.Literal:
        """The literal of a dataset's frame, written by the handler for its type, scheme and format.

        Raises:
            TypeTransformerFailedError: there is no such handler, or the frame cannot be written.
        """
        handler = self.get_encoder(df_type, protocol, format)
        written = _typed(handler.encode(ctx, sd, structured_literal_type), structured_literal_type, handler)
        sd.remember(written)
        return pb.Literal(scalar=pb.Scalar(structured_dataset=written))

    def open_as(
        self, ctx: FlyteContext, sd: pb.StructuredDataset, df_type: type, updated_metadata: pb.StructuredDatasetMetadata
    ) -> Any:
        """The frame that a message names, as `df_type`; the metadata say which columns are wanted.

        Raises:
            TypeTransformerFailedError: there is no handler for it, or it cannot be read.
        """
        file_format = sd.metadata.structured_dataset_type.format
        return self.get_decoder(df_type, scheme_of(sd.uri), file_format).decode(ctx, sd, updated_metadata)

    def iter_as(
        self, ctx: FlyteContext, sd: pb.StructuredDataset, df_type: type, updated_metadata: pb.StructuredDatasetMetadata
    ) -> Iterator[Any]:
        """As `open_as`, for a handler that gives parts.

        Raises:
            TypeTransformerFailedError: there is no handler for it, or it gives no parts.
        """
        parts = self.open_as(ctx, sd, df_type, updated_metadata)
        if not is_iterator(parts):
            raise TypeTransformerFailedError(
                "the handler gives the whole frame, and no parts",
                expected="a handler that gives the parts",
                got=type(parts).__name__,
                fix="call open_as",
            )
        return parts

    @classmethod
    def handles(cls, frame_type: object) -> bool:
        """Whether handlers are registered for exactly this type."""
        return frame_type in cls.ENCODERS or frame_type in cls.DECODERS

    @classmethod
    def handler(cls, table: Mapping[Any, Any], frame_type: Any, scheme: str, file_format: str, verb: str) -> Any:
        """The handler for a frame type, scheme and format: the scheme's own before the general one.

        Raises:
            TypeTransformerFailedError: there is none; the message lists those that there are.
        """
        load_library(frame_type)
        by_scheme = table.get(frame_type, {})
        default = cls.DEFAULT_FORMATS.get(frame_type, GENERIC_FORMAT)
        for name in (scheme, GENERIC_PROTOCOL):
            row = by_scheme.get(name, {})
            lone = next(iter(row)) if len(row) == 1 and not file_format else None
            for candidate in (file_format, GENERIC_FORMAT, default if not file_format else None, lone):
                if candidate is not None and candidate in row:
                    return row[candidate]
        known = sorted(f"{name}/{kind or 'any format'}" for name, row in by_scheme.items() for kind in row)
        raise TypeTransformerFailedError(
            f"nothing {verb} a {getattr(frame_type, '__name__', frame_type)} as {file_format or 'its default format'} on {scheme}",
            expected=", ".join(known) or "a registered handler",
            got="none",
            fix="register a handler with StructuredDatasetTransformerEngine.register",
        )

    @classmethod
    def get_encoder(cls, df_type: Any, protocol: str, format: str) -> Any:  # noqa: A002 - flytekit's signature
        """The encoder for a frame type, scheme and format."""
        return cls.handler(cls.ENCODERS, df_type, protocol, format, "writes")

    @classmethod
    def get_decoder(cls, df_type: Any, protocol: str, format: str) -> Any:  # noqa: A002 - flytekit's signature
        """The decoder for a frame type, scheme and format."""
        return cls.handler(cls.DECODERS, df_type, protocol, format, "reads")


def load_library(frame_type: Any) -> None:
    """Load the module whose handlers serve this type's library. Libraries are known by name; no name comes from data."""
    library = str(getattr(frame_type, "__module__", "")).partition(".")[0]
    if library in FRAME_LIBRARIES:
        importlib.import_module(FRAME_LIBRARIES[library])


def write_frame(dataset: StructuredDataset, frame_type: Any, dataset_type: Any) -> Any:
    """Write a dataset's frame with the handler for its type; give the message, whose format is the handler's."""
    engine = StructuredDatasetTransformerEngine
    load_library(frame_type)
    scheme = engine.DEFAULT_PROTOCOLS.get(frame_type) or scheme_of(dataset.uri or storage().raw_output_prefix)
    handler = engine.get_encoder(frame_type, scheme, dataset_type.format)
    return _typed(handler.encode(FlyteContextManager.current_context(), dataset, dataset_type), dataset_type, handler)


def _typed(
    written: pb.StructuredDataset, declared: pb.StructuredDatasetType, handler: StructuredDatasetEncoder
) -> pb.StructuredDataset:
    """What a handler gave, with the declared type where it said none, in the handler's format."""
    result = pb.StructuredDataset()
    result.CopyFrom(written)
    if not result.metadata.HasField("structured_dataset_type"):
        result.metadata.structured_dataset_type.CopyFrom(declared)
    result.metadata.structured_dataset_type.format = handler.supported_format
    return result


def written_dataset(value: StructuredDataset, declared: Any) -> Any:
    """The message of a dataset: its own if it has one, its address, or a frame written now."""
    if value.literal is not None:
        return value.literal
    if value.dataframe is not None:
        message = write_frame(value, type(value.dataframe), declared)
        value.remember(message)
        return message
    if not value.uri:
        raise wrong_value("a dataset with a frame or an address", value, fix="give dataframe= or uri=")
    stays = is_remote(value.uri) or is_raw_data(value.uri)
    uri = value.uri if stays else storage().keep(value.uri, storage().is_folder(value.uri))
    message = pb.StructuredDataset(uri=uri)
    message.metadata.structured_dataset_type.CopyFrom(declared)
    if not declared.format and value.file_format:
        message.metadata.structured_dataset_type.format = value.file_format
    return message


def read_frame(literal: pb.StructuredDataset, frame_type: Any, metadata: Any) -> Any:
    """Read the frame that a message names, as `frame_type`; `metadata` says which columns are wanted."""
    file_format = literal.metadata.structured_dataset_type.format
    decoder = StructuredDatasetTransformerEngine.get_decoder(frame_type, scheme_of(literal.uri), file_format)
    return decoder.decode(FlyteContextManager.current_context(), literal, metadata)


def column_names(metadata: Any) -> list[str] | None:
    """Names of the wanted columns; None for all. For handlers."""
    return [column.name for column in metadata.structured_dataset_type.columns] or None
