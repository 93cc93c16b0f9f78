"""Things on a platform; of these, only a run is real here."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft._elsewhere": "Action App FlyteRemote Project Secret Task Trigger User upload_dir upload_file",
        "weft._outcome": "ActionOutputs Run",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
