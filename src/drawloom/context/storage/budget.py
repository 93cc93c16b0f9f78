"""Bytes that may be held at a time: a thread that wants more than is left waits."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator


class Budget:
    """A number of bytes that the threads of a process share."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._left = size
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def holding(self, size: int) -> Generator[None]:
        """Hold `size` bytes while the block goes on; waits until they are left. Who wants more than there are has all alone."""
        taken = min(size, self._size)
        with self._changed:
            self._changed.wait_for(lambda: self._left >= taken)
            self._left -= taken
        try:
            yield
        finally:
            with self._changed:
                self._left += taken
                self._changed.notify_all()
