"""Addresses of raw data: which are local, how they are joined, and how they are shown without what is secret in them.

A path is local if it has no `scheme://`, or the scheme `file://` or `local://`; every other scheme is remote.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from literals import DrawloomError

LOCAL_SCHEMES = frozenset({"file", "local"})
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
WEB_SCHEMES = frozenset({"http", "https"})
"""Where a `?` begins a query; everywhere else it is a character of the name."""
_USER_INFO = re.compile(r"://[^/@?#]*@")
_NAME_BYTES = 16
"""Bytes of a random name: 32 hexadecimal characters, as flytekit's."""


class StorageError(DrawloomError, AssertionError, OSError):
    """A file or folder could not be read, written or reached. Also an AssertionError, which flytekit raises here."""


def scheme_of(path: str | os.PathLike[str]) -> str:
    """The scheme of a path in lower case, `file` where it has none."""
    found = SCHEME.match(os.fspath(path))
    return found.group(1).lower() if found else "file"


def is_remote(path: str | os.PathLike[str]) -> bool:
    """Whether a path is reached through a store's library rather than the local file system."""
    return scheme_of(path) not in LOCAL_SCHEMES


def local_path(path: str | os.PathLike[str]) -> Path:
    """A local path without its scheme; `file://` text is percent-decoded, as RFC 8089 has it."""
    text = os.fspath(path)
    found = SCHEME.match(text)
    if found is None:
        return Path(text)
    rest = text[found.end() :]
    return Path(unquote(rest) if found.group(1).lower() == "file" else rest)


def random_name() -> str:
    """32 hexadecimal characters from the operating system's generator, so that a user's seed neither steers nor repeats it."""
    return os.urandom(_NAME_BYTES).hex()


def join(*parts: str) -> str:
    """Parts joined by one slash each; a part's own slashes at the joints are dropped, an empty part is skipped."""
    kept = [part for part in parts if part]
    if not kept:
        return ""
    first, *rest = kept
    return "/".join([first.rstrip("/") if rest else first, *(part.strip("/") for part in rest)])


def file_tail(path: str | os.PathLike[str]) -> str:
    """The last component of a path or address; of a web address, without its query."""
    text = os.fspath(path)
    if scheme_of(text) in WEB_SCHEMES:
        text = text.split("?", 1)[0].split("#", 1)[0]
    return text.rstrip("/").rsplit("/", 1)[-1]


def shown(path: str | os.PathLike[str]) -> str:
    """An address as errors, logs and records may show it: without user, password and query, which may hold credentials."""
    text = os.fspath(path)
    if not is_remote(text):
        return text
    text = _USER_INFO.sub("://", text)
    if scheme_of(text) in WEB_SCHEMES:
        bare = text.split("?", 1)[0].split("#", 1)[0]
        return bare if bare == text else f"{bare}?…"
    return text
