"""Environment variables of what runs: tasks and runs that go on at once each see their own.

A process has one environment, so a block that sets a variable does two things (docs/decisions/0023):

- in the process's environment the block that began last decides, as C code and `os.system` see it; when the last block
  ends, each variable is what it was before the first;
- `os.environ` and `os.getenv` show the code of a block its own values, whatever other blocks set meanwhile. The block is
  known by a ContextVar, so threads that are started in a copy of the context and asyncio tasks belong to it. A process
  that the block starts with `subprocess` gets its values too.

What a block's code itself sets one of its variables to belongs to the block; other variables are the process's, as ever.
While no block is open, `os.environ` and `subprocess.Popen` are the standard library's own.
"""

from __future__ import annotations

import contextvars
import functools
import importlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, final

CUSTOM_CONTEXT = "DRAWLOOM_CUSTOM_CONTEXT"
"""The variable by which a run that isolates its tasks gives them their custom context, as JSON."""
PARAMETERS = "DRAWLOOM_PARAMETERS"
"""The variable by which it names a file with members of their `current_context()`, pickled."""
LOGS = "DRAWLOOM_LOGS"
"""The variable by which it says how their lines are logged, as a JSON list of what `LogSettings` holds."""
if TYPE_CHECKING:
    _Environ = os._Environ[Any]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - the class of `os.environ` has no other name
else:
    _Environ = type(os.environ)
"""The class of `os.environ`; the library has no public name for it."""

_lock = threading.Lock()
_held: dict[Any, list[EnvVars]] = {}
"""For each variable, by its encoded name: the open blocks that set it, the latest last."""
_before: dict[Any, Any] = {}
"""What each of them was before the first block."""
_blocks: contextvars.ContextVar[tuple[EnvVars, ...]] = contextvars.ContextVar("drawloom.env_vars", default=())
"""The blocks that the code of this context is in, the innermost last."""


@final
class EnvVars:
    """`with EnvVars(values):` has these variables set for the block. Nothing happens without any.

    A block that ends elsewhere than it began (a coroutine's) is opened with `acquire`, shown to a context with `show`, and
    ended with `release`, from any thread.
    """

    __slots__ = ("_encoded", "_token", "values")

    def __init__(self, values: Mapping[str, str] | None) -> None:
        self.values = dict(values or {})
        self._encoded: dict[Any, Any] = {}
        self._token: contextvars.Token[tuple[EnvVars, ...]] | None = None

    def __enter__(self) -> EnvVars:
        if self.values:
            self.acquire()
            self._token = self.show()
        return self

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _blocks.reset(self._token)
            self._token = None
        self.release()

    def show(self) -> contextvars.Token[tuple[EnvVars, ...]]:
        """Make the code of this context see the block's values."""
        return _blocks.set((*_blocks.get(), self))

    def acquire(self) -> None:
        """Open the block: set its variables in the process's environment."""
        environ: Any = os.environ
        encoded = {environ.encodekey(name): environ.encodevalue(value) for name, value in self.values.items()}
        if not encoded:
            return
        with _lock:
            contradicts = False
            for name, value in encoded.items():
                holders = _held.setdefault(name, [])
                if holders:
                    contradicts = contradicts or any(each.get(name, value) != value for each in holders)
                else:
                    _before[name] = environ._data.get(name)  # noqa: SLF001 - the process's own value, whichever block asks
                holders.append(self)
                _write(name, value)
            self._encoded = encoded
            _install(contradicts=contradicts)

    def release(self) -> None:
        """End the block. Doing so again does nothing."""
        with _lock:
            encoded, self._encoded = self._encoded, {}
            for name in encoded:
                holders = _held[name]
                holders.remove(self)
                if holders:
                    _write(name, holders[-1].get(name, None))
                else:
                    del _held[name]
                    _write(name, _before.pop(name))
            if encoded and not _held:
                _uninstall()

    def __contains__(self, name: object) -> bool:
        return name in self._encoded

    def names(self) -> list[Any]:
        """The encoded names of its variables; none before it began and after its end."""
        return list(self._encoded)

    def get(self, name: object, default: Any) -> Any:
        """The block's value of a variable, both encoded; None if its code deleted it."""
        return self._encoded.get(name, default)

    def put(self, name: object, value: Any) -> None:
        """The block's code sets one of its variables, or deletes it (None)."""
        with _lock:
            if name not in self._encoded:
                return  # it has ended meanwhile
            self._encoded[name] = value
            _write(name, value)


def _write(name: Any, value: Any) -> None:
    """Set a variable of the process, or delete it (None), whichever block this code is in."""
    data: dict[Any, Any] = getattr(os.environ, "_data")  # noqa: B009 - past the block's own view
    if value is not None:
        os.putenv(name, value)
        data[name] = value
    elif data.pop(name, None) is not None:
        os.unsetenv(name)


def _block_of(name: object) -> EnvVars | None:
    """The innermost block of this context that sets the variable."""
    for block in reversed(_blocks.get()):
        if name in block:
            return block
    return None


class _BlockEnviron(_Environ):
    """`os.environ` (and `os.environb`) while blocks are open: theirs before the process's."""

    _data: dict[Any, Any]

    def __getitem__(self, key: object) -> Any:
        name = self.encodekey(key)
        block = _block_of(name)
        if block is None:
            return super().__getitem__(key)
        value = block.get(name, None)
        if value is None:
            raise KeyError(key)
        return self.decodevalue(value)

    def __setitem__(self, key: object, value: Any) -> None:
        name, encoded = self.encodekey(key), self.encodevalue(value)
        block = _block_of(name)
        if block is None:
            super().__setitem__(key, value)
        else:
            block.put(name, encoded)

    def __delitem__(self, key: object) -> None:
        name = self.encodekey(key)
        block = _block_of(name)
        if block is None:
            super().__delitem__(key)
        elif block.get(name, None) is None:
            raise KeyError(key)
        else:
            block.put(name, None)

    def __iter__(self) -> Iterator[Any]:
        for key in super().__iter__():
            block = _block_of(self.encodekey(key))
            if block is None or block.get(self.encodekey(key), None) is not None:
                yield key
        # A variable that another block's code deleted is not in the process's environment, and still in this block's.
        for name in {name for block in _blocks.get() for name in block.names() if name not in self._data}:
            block = _block_of(name)
            if block is not None and block.get(name, None) is not None:
                yield self.decodekey(name)

    def __len__(self) -> int:
        return sum(1 for _ in self)


_ENV_ARGUMENT = 10
"""Position of `env` among the arguments of `subprocess.Popen`."""
_popen: list[tuple[Callable[..., None], Callable[..., None]]] = []
"""What starts processes instead of `Popen.__init__`, and what did before; empty while no blocks contradict each other."""


def _with_variables(start: Callable[..., None]) -> Callable[..., None]:
    """`Popen.__init__`, so that a process without an `env` of its own has what `os.environ` shows here."""

    @functools.wraps(start)
    def started(self: Any, *args: Any, **kwargs: Any) -> None:
        if _blocks.get():
            if len(args) > _ENV_ARGUMENT:
                if args[_ENV_ARGUMENT] is None:
                    args = (*args[:_ENV_ARGUMENT], dict(os.environ), *args[_ENV_ARGUMENT + 1 :])
            elif kwargs.get("env") is None:
                kwargs["env"] = dict(os.environ)
        start(self, *args, **kwargs)

    return started


def _install(*, contradicts: bool) -> None:
    """Under the lock: show blocks their own values, and if they contradict each other, to the processes they start too."""
    for environ in _environs():
        environ.__class__ = _BlockEnviron
    if contradicts and not _popen:
        popen = importlib.import_module("subprocess").Popen  # loaded for this alone
        _popen.append((_with_variables(popen.__init__), popen.__init__))
        popen.__init__ = _popen[0][0]


def _uninstall() -> None:
    """Under the lock: no block is open any more."""
    for environ in _environs():
        environ.__class__ = _Environ
    if _popen:
        ours, before = _popen.pop()
        popen = importlib.import_module("subprocess").Popen
        if popen.__init__ is ours:
            popen.__init__ = before


def _environs() -> list[Any]:
    return [each for each in (os.environ, getattr(os, "environb", None)) if each is not None]


def _after_fork() -> None:
    """In a forked child: only the thread that forked is there, and what it executes sees the process's environment."""
    _lock._at_fork_reinit()  # type: ignore[attr-defined]  # noqa: SLF001 - as the standard library's own modules do
    for block in _blocks.get():
        for name in block.names():
            _write(name, block.get(name, None))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
