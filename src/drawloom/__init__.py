"""drawloom: typed Python workflows as protobuf. `from drawloom import task, workflow`, and whatever else the README shows.

Nothing of drawloom is loaded until a name is read from here: what names there are, and where they live, is in `exports/public_names.py`.
"""

import os

from drawloom.exports import VERSION
from drawloom.exports.lazy_exports import lazy
from drawloom.exports.public_names import NAMES, SUBMODULES
from drawloom.exports.shadowing import refuse_shadows

refuse_shadows()

__version__ = VERSION
__getattr__, __dir__ = lazy(__name__, {**NAMES, **{name: f"drawloom.{name}:*" for name in SUBMODULES}})
__all__ = sorted(NAMES)  # pyright: ignore[reportUnsupportedDunderAll] - the stub beside this file spells it out  # noqa: PLE0605 - spelled out in the stub beside this file

if "DRAWLOOM_AS" in os.environ:
    # A process that installed a peer's name starts others with this variable: their programs import that name too.
    from drawloom.import_alias import install_from_environment

    install_from_environment()
