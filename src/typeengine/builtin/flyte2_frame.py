"""Flyte 2's table: a dataset with awaitable methods, and hashes of frames."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from drawloom.context import run_in_thread
from literals import attempt, error_text, is_iterator, preview
from typeengine.builtin.dataset_columns import dataset_type
from typeengine.builtin.flyte2_files import HashFunction
from typeengine.builtin.structured_dataset import GENERIC_FORMAT, PARQUET, StructuredDataset, write_frame
from typeengine.errors import TypeTransformerFailedError

_END: Final = object()


def hash_of_frame(method: HashFunction | None, frame: object) -> str:
    """The content hash that a function gives for a frame; empty without a function.

    Raises:
        TypeTransformerFailedError: the function failed, or gave no text.
    """
    if method is None:
        return ""
    made = attempt(method.of, frame)
    if made.error is not None or not isinstance(made.value, str):
        why = error_text(made.error) if made.error is not None else "it gave no text"
        raise TypeTransformerFailedError(
            f"the hash function of a frame failed ({why})",
            expected="text",
            got=preview(made.value),
            fix="give text for any frame",
        ) from made.error
    return made.unwrap()


class DataFrame(StructuredDataset):
    """Flyte 2's table: a dataset whose `all` is awaited (`await df.open(pd.DataFrame).all()`), or `all_sync`."""

    def __init__(
        self,
        val: Any = None,
        uri: str | None = None,
        format: str = GENERIC_FORMAT,  # noqa: A002 - Flyte 2's signature
        hash: str | None = None,  # noqa: A002 - Flyte 2's signature
        **options: Any,
    ) -> None:
        frame = val if val is not None else options.pop("dataframe", None)
        super().__init__(frame, uri, options.pop("metadata", None), file_format=options.pop("file_format", format))
        self.hash = hash

    @classmethod
    def from_df(cls, val: Any = None, uri: str | None = None) -> DataFrame:
        """A table of a frame, written when it travels; a table, such as a run gave, is itself."""
        return val if isinstance(val, cls) and uri is None else cls(val=val, uri=uri)

    wrap_df = from_df

    @classmethod
    def from_existing_remote(cls, remote_path: str, format: str | None = None, **_: Any) -> DataFrame:  # noqa: A002 - Flyte 2's signature
        """A table that is already there."""
        return cls(uri=remote_path, format=format or PARQUET)

    @classmethod
    def from_local_sync(
        cls,
        df: Any,
        columns: Mapping[str, Any] | None = None,
        remote_destination: str | None = None,
        hash_method: HashFunction | str | None = None,
    ) -> DataFrame:
        """A table of a frame, written now: below the raw data prefix, or at `remote_destination`.

        `columns`: those that the frame has to have. `hash_method`: gives the content's hash for cache keys, or is it.

        Raises:
            TypeTransformerFailedError: the frame is of another shape, or cannot be written, or the hash method failed.
        """
        declared = dataset_type(columns, GENERIC_FORMAT, None)
        digest = hash_method if isinstance(hash_method, str) else hash_of_frame(hash_method, df)
        made = cls(val=df, uri=remote_destination, hash=digest or None)
        made.remember(write_frame(made, type(df), declared))
        return made

    @classmethod
    async def from_local(
        cls,
        df: Any,
        columns: Mapping[str, Any] | None = None,
        remote_destination: str | None = None,
        hash_method: HashFunction | str | None = None,
    ) -> DataFrame:
        """As `from_local_sync`; the event loop goes on meanwhile."""
        return await run_in_thread(cls.from_local_sync, df, columns, remote_destination, hash_method)

    @property
    def val(self) -> Any:
        """The frame that this was made with."""
        return self.dataframe

    @property
    def format(self) -> str:
        """The stored format."""
        return self._key()[1]

    def open(self, dataframe_type: Any) -> DataFrame:
        """Say which library's type `all` gives."""
        super().open(dataframe_type)
        return self

    def all_sync(self) -> Any:
        """The whole table as the opened type."""
        return super().all()

    async def all(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride] - Flyte 2's is a coroutine
        """The whole table as the opened type; the event loop goes on meanwhile."""
        return await run_in_thread(self.all_sync)

    async def iter(self) -> AsyncIterator[Any]:  # pyright: ignore[reportIncompatibleMethodOverride] - likewise
        """The table in parts, for handlers that give parts; as one part for the others."""
        whole = await self.all()
        parts = whole if is_iterator(whole) else iter((whole,))
        while (part := await run_in_thread(next, parts, _END)) is not _END:
            yield part
