"""weft: typed Python workflows as protobuf. `from weft import task, workflow`, and whatever else the README shows.

Nothing of weft is loaded until a name is read from here: what names there are, and where they live, is in `_names.py`.
"""

from weft._door import lazy
from weft._names import NAMES, SUBMODULES

__version__ = "0.1.0"
__getattr__, __dir__ = lazy(__name__, {**NAMES, **{name: f"weft.{name}:*" for name in SUBMODULES}})
__all__ = sorted(NAMES)  # pyright: ignore[reportUnsupportedDunderAll] - the stub beside this file spells it out  # noqa: PLE0605 - spelled out in the stub beside this file
