"""The argument `{{.taskTemplatePath}}`: a task whose loader asks for its own template gets it as a file, while it is loaded.

Until then the template travels in the argument itself, so that whoever loads the task, here or in another process, has it.
"""

from __future__ import annotations

import os
from binascii import a2b_base64, b2a_base64
from collections.abc import Generator, Sequence
from contextlib import contextmanager

_INLINE = "data:application/x-task-template;base64,"
_NAME = "task_template.pb"


def is_template_path(arg: str) -> bool:
    """Whether an argument is to be the path of the task's template."""
    return arg.replace(" ", "").lower() == "{{.tasktemplatepath}}"


def is_inline_template(arg: str) -> bool:
    """Whether an argument is a template."""
    return arg.startswith(_INLINE)


def inline_template(data: bytes) -> str:
    """A template's bytes as an argument."""
    return _INLINE + b2a_base64(data, newline=False).decode()


@contextmanager
def template_files(args: Sequence[str]) -> Generator[list[str], None, None]:
    """The arguments, with the path of a file in place of a template; the file is there for the block."""
    if not any(map(is_inline_template, args)):
        yield list(args)
        return
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - few tasks need it, and it costs a container 5 ms

    with TemporaryDirectory(prefix="drawloom-template-") as folder:
        path = os.path.join(folder, _NAME)  # noqa: PTH118 - pathlib costs a container as much again
        yield [_written(arg, path) if is_inline_template(arg) else arg for arg in args]


def _written(arg: str, path: str) -> str:
    with open(path, "wb") as file:  # noqa: PTH123 - as above
        file.write(a2b_base64(arg.removeprefix(_INLINE)))
    return path
