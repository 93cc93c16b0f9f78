"""Files of a user's that would be imported in place of a package of drawloom's: `literals.py`, `typeengine.py`, `compiler.py`.

These packages are at the top level, so a file of that name beside a program is found before them. Nothing here imports one of them.
"""

from __future__ import annotations

import os
import sys

# Not typing's own name: importing typing costs as much as the rest of `import drawloom`. Checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

TOP_LEVEL = ("literals", "typeengine", "compiler")
"""The packages of ours that a user's file can hide; `drawloom` itself is the one being imported."""
# As Python names files, not resolved: our packages lie side by side, so their names begin alike.
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__))) + os.sep  # noqa: PTH120 - pathlib would be imported by every program


def refuse_shadows() -> None:
    """Raise where Python finds something else under the name of one of our packages.

    Raises:
        ImportError: it does; the file is named, with the cure.
    """
    for name in TOP_LEVEL:
        module = sys.modules.get(name)
        spec = getattr(module, "__spec__", None) if module is not None else _found(name)
        file = spec.origin if spec is not None else getattr(module, "__file__", None)
        if file is not None and not file.startswith(_ROOT):
            raise ImportError(_message(name, file), name=name, path=file)


def refuse_shadows_in(folders: Iterable[str]) -> None:
    """The same for folders that are about to go onto the path.

    Raises:
        ImportError: one of them holds such a file or package, and is not where ours are.
    """
    for folder in folders:
        if os.path.join(folder, "") == _ROOT:  # noqa: PTH118 - as text
            continue
        for name in TOP_LEVEL:
            for file in (os.path.join(folder, name, "__init__.py"), os.path.join(folder, f"{name}.py")):  # noqa: PTH118 - as text
                if os.path.isfile(file) and not os.path.samefile(os.path.dirname(file), _ROOT + name):  # noqa: PTH113, PTH120, PTH121 - as text
                    raise ImportError(_message(name, file), name=name, path=file)


def _found(name: str):  # noqa: ANN202 - a module's specification; its class is not worth an import
    """What an import would find; asked of the finders themselves, because `importlib.util` is not loaded otherwise."""
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        if find is not None and (spec := find(name, None)) is not None:
            return spec
    return None


def _message(name: str, file: str) -> str:
    what = os.path.dirname(file) if file.endswith("__init__.py") else file  # noqa: PTH120 - as text
    return (
        f"{what} is imported in place of drawloom's own package {name!r}: it comes first on sys.path. "
        "Rename it, or put it into a package of your own (drawloom needs the names literals, typeengine and compiler)"
    )
