"""Files on their way to a platform's store, by addresses that the platform signs."""

from __future__ import annotations

import base64
import hashlib
import urllib.error
import urllib.request
from pathlib import Path

from drawloom.remote.connection import Connection
from drawloom.remote.errors import RemoteError
from drawloom.remote.stubs import library


def upload(connection: Connection, file: Path, project: str, domain: str, filename_root: str = "") -> tuple[bytes, str]:
    """Put a file into the platform's store; give its MD5 and the address by which tasks read it.

    Raises:
        RemoteError: the file cannot be read, the platform signs no address, or the store does not take it.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise RemoteError(
            "a file cannot be read for upload",
            where=str(file),
            expected="a file that can be read",
            got=str(error),
            fix="check the path and its permissions",
        ) from error
    digest = hashlib.md5(data).digest()  # noqa: S324 - the checksum that the store's protocol asks for
    request = library("flyteidl.service.dataproxy_pb2").CreateUploadLocationRequest(
        project=project,
        domain=domain,
        filename=file.name,
        content_md5=digest,
        filename_root=filename_root,
        add_content_md5_metadata=True,
    )
    place = connection.call("data", "CreateUploadLocation", request, f"upload of {file.name}")
    address: str = place.signed_url
    if not address.startswith(("http://", "https://")):
        raise RemoteError(
            "the platform signed an address that is not of HTTP",
            where=file.name,
            expected="an address that starts with https:// or http://",
            got=address,
            fix="ask the platform's administrator: its store signs no addresses of HTTP",
        )
    headers = {"Content-Length": str(len(data)), "Content-MD5": base64.b64encode(digest).decode(), **place.headers}
    put = urllib.request.Request(address, data=data, headers=headers, method="PUT")  # noqa: S310 - of HTTP, see above
    try:
        with urllib.request.urlopen(put, timeout=300):  # noqa: S310 - of HTTP, see above
            return digest, place.native_url
    except (urllib.error.URLError, OSError) as error:
        raise RemoteError(
            "the store did not take a file",
            where=file.name,
            expected="an upload that is taken",
            got=str(error),
            fix="try again; if it stays so, ask the platform's administrator",
        ) from error
