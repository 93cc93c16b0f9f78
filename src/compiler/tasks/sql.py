"""SQL tasks: a query with `{{ .inputs.x }}` templates, and the kind that asks a sqlite3 file.

Template values are put into the query as text, as platforms do, so a query's author decides about quotes.
"""

# ruff: noqa: PLR0917 - the signatures are flytekit's, positions included

from __future__ import annotations

import contextlib
import importlib
import pathlib
import re
import sqlite3
import tempfile
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from compiler.errors import ArgumentError, NotRunnableError, OptionError
from compiler.source.interface import Interface
from compiler.tasks.base_task import PythonTask
from compiler.tasks.python_task import PythonInstanceTask
from compiler.tasks.shim_task import ShimTaskExecutor, TemplateOfTask
from compiler.tasks.task_metadata import TaskMetadata
from drawloom.context import file_access, unpack_archive
from literals import DrawloomError
from typeengine import FlyteSchema

T = TypeVar("T")

_INPUT = re.compile(r"(\{\{\s*\.inputs\.(\w+)\s*\}\})", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


class QueryError(DrawloomError, RuntimeError):
    """A database refused a query, or its file is not what was promised."""


class SQLTask(PythonTask[T]):
    """A query for a plugin of the platform. Run here it has no database to ask."""

    def __init__(
        self,
        name: str,
        query_template: str,
        task_config: T | None = None,
        task_type: str = "sql_task",
        inputs: Mapping[str, Any] | None = None,
        metadata: TaskMetadata | None = None,
        outputs: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            task_type=task_type,
            name=name,
            interface=Interface(dict(inputs or {}), dict(outputs or {})),
            metadata=metadata,
            task_config=task_config,
            **kwargs,
        )
        self._query_template = _SPACE.sub(" ", query_template).strip()

    @property
    def query_template(self) -> str:
        """The query on one line."""
        return self._query_template

    def get_query(self, **kwargs: Any) -> str:
        """The query with its templates filled."""
        return self.interpolate_query(self.query_template, **kwargs)

    @classmethod
    def interpolate_query(cls, query_template: str, **kwargs: Any) -> str:
        """Fill templates with the text of the inputs.

        Raises:
            ArgumentError: a template without an input, or an input that no template names.
        """
        names = {name for _, name in _INPUT.findall(query_template)}
        for name in sorted(names - kwargs.keys()):
            raise ArgumentError(
                f"the query names `{name}`, which is not an input",
                where="query",
                expected=", ".join(kwargs),
                got=repr(name),
                fix="declare it in inputs, or mend its name in the query",
            )
        for name in sorted(kwargs.keys() - names):
            raise ArgumentError(
                f"input `{name}` is not in the query",
                where="query",
                expected=f"{{{{.inputs.{name}}}}} in the query",
                got=query_template[:120],
                fix="use it in the query, or remove it from inputs",
            )
        return _INPUT.sub(lambda match: str(kwargs[match.group(2)]), query_template)

    def execute(self, **kwargs: Any) -> Any:
        """No database is known here.

        Raises:
            NotRunnableError: always.
        """
        del kwargs
        raise NotRunnableError(
            "a SQL task is run by a plugin of the platform",
            where=self.name,
            expected="a task that can run here, or a stub",
            got="a query without a database",
            fix="give it a stub with task_mock in a test",
        )


@dataclass
class SQLite3Config:
    """The database file: a local path or an address that the storage can read; `compressed` for an archive with one file."""

    uri: str
    compressed: bool = False


class SQLite3Task(SQLTask[SQLite3Config], PythonInstanceTask[SQLite3Config]):
    """A query on a sqlite3 file. Its output is `results`: a frame, or a list of dicts where `output_schema_type` is one."""

    def __init__(
        self,
        name: str,
        query_template: str,
        inputs: Mapping[str, Any] | None = None,
        task_config: SQLite3Config | None = None,
        output_schema_type: object = None,
        container_image: object = None,
        **kwargs: Any,
    ) -> None:
        if task_config is None or not task_config.uri:
            raise OptionError(
                "a sqlite3 task has no database",
                where=name,
                expected="the path of a database",
                got="no task_config",
                fix="add task_config=SQLite3Config(uri='path/to/file.db')",
            )
        super().__init__(
            name=name,
            query_template=query_template,
            task_config=task_config,
            task_type="sqlite",
            inputs=inputs,
            outputs={"results": FlyteSchema if output_schema_type is None else output_schema_type},
            container_image=container_image,
            **kwargs,
        )

    @property
    def config(self) -> SQLite3Config:
        """The database file."""
        if self.task_config is None:
            raise OptionError(
                "a sqlite3 task has no database",
                where=self.name,
                expected="the path of a database",
                got="none",
                fix="add task_config=SQLite3Config(uri='path/to/file.db')",
            )
        return self.task_config

    @property
    def output_columns(self) -> list[str] | None:
        """Columns that the output type names; None when it names none."""
        names = getattr(self.python_interface.outputs["results"], "column_names", None)
        return (names() or None) if names is not None else None

    def get_custom(self, settings: object) -> dict[str, Any]:
        """Query and database."""
        del settings
        return {"query_template": self.query_template, "uri": self.config.uri, "compressed": self.config.compressed}

    def execute(self, **kwargs: Any) -> Any:
        """Ask the database.

        Raises:
            QueryError: sqlite3 refused the query, or the archive does not hold exactly one file.
        """
        query = self.get_query(**kwargs)
        with tempfile.TemporaryDirectory() as folder:
            path = _database(self.config, pathlib.Path(folder))
            with contextlib.closing(sqlite3.connect(path)) as connection:
                try:
                    cursor = connection.execute(query)
                    rows = cursor.fetchall()
                except sqlite3.Error as error:
                    raise QueryError(
                        f"sqlite3 refused the query: {error}",
                        where=self.name,
                        expected="a query that sqlite accepts",
                        got=query[:120],
                        fix="mend the query",
                    ) from error
                columns = [column[0] for column in cursor.description or ()]
        return _result(rows, columns, self.python_interface.outputs["results"])


class SQLite3TaskExecutor(ShimTaskExecutor[SQLite3Task]):
    """Runs a sqlite3 task by its template, as flytekit compiles it."""

    def execute_from_model(self, tt: TemplateOfTask, **kwargs: Any) -> Any:
        """The query's rows as a frame.

        Raises:
            QueryError: sqlite3 refused the query, or the archive does not hold exactly one file.
        """
        config = SQLite3Config(tt.custom["uri"], bool(tt.custom.get("compressed")))
        task = SQLite3Task(tt.id.name, tt.custom["query_template"], dict.fromkeys(kwargs, str), config)
        return task.execute(**kwargs)


def _database(config: SQLite3Config, folder: pathlib.Path) -> pathlib.Path:
    local = pathlib.Path(
        file_access().get_data(config.uri, str(folder / pathlib.PurePosixPath(config.uri).name)) or config.uri
    )
    fetched = folder / pathlib.PurePosixPath(config.uri).name
    path = fetched if fetched.exists() else local
    if not config.compressed:
        return path
    unpacked = folder / "unpacked"
    unpack_archive(path.read_bytes(), unpacked, where=config.uri)
    files = [file for file in unpacked.rglob("*") if file.is_file()]
    if len(files) != 1:
        raise QueryError(
            "an archive does not hold exactly one file",
            where=config.uri,
            expected="one database in the archive",
            got=f"{len(files)} files",
            fix="pack one file, or give the path of the database itself",
        )
    return files[0]


def _result(rows: list[tuple[Any, ...]], columns: list[str], hint: object) -> Any:
    if typing.get_origin(hint) is list:
        return [dict(zip(columns, row, strict=True)) for row in rows]
    try:
        pandas: Any = importlib.import_module("pandas")
    except ModuleNotFoundError as error:
        raise QueryError(
            "a frame needs pandas, which is not installed",
            where="SQLite3Task",
            expected="pandas",
            got="no module of this name",
            fix="install pandas, or use output_schema_type=list[dict[str, str]]",
        ) from error
    return pandas.DataFrame(rows, columns=columns)
