"""What a generated import path of a peer is at run time: names of ours, found when they are first read.

`drawloom.flytekit` and `drawloom.flyte` are such modules and nothing else. `tools/gen_mirrors.py` writes them from the tables in
`tools/mirrors`; type checkers read the imports in the same file, and the interpreter calls `mirror`.
"""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

# Not typing's own name: importing typing costs as much as the rest of `import drawloom`. Checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def mirror(
    module: str, origins: Mapping[str, str], *, refused: Mapping[str, str] | None = None, children: str = ""
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of `module`.

    `origins`: where its names come from, as in `lazy_exports.table`. `refused`: reason -> names that can be imported and whose
    use is refused for that reason. `children`: the modules below it, which are attributes too, as after their import.

    `from module import *` gives what `origins` lists.
    """
    served = table(origins)
    names = {name: f"{module}.{name}:*" for name in children.split()}
    for reason, listed in (refused or {}).items():
        for name in listed.split():
            names[name] = f"drawloom.unsupported:{reason}.{name}"
    get, listing = lazy(module, {**names, **served})

    def get_or_list(name: str) -> Any:
        return sorted(served) if name == "__all__" else get(name)

    return get_or_list, listing
