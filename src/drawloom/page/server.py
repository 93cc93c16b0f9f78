"""`drawloom ui`: the runs of this machine in a browser. Loopback only, read-only, and only for who has the token."""

from __future__ import annotations

import hmac
import json
import secrets
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast, final
from urllib.parse import parse_qs, urlsplit

from drawloom.interpreter import RUN_FILE, RunDirectoryError, find_runs
from drawloom.page.document import Document, RunReader, summary
from drawloom.page.html import page
from literals import DrawloomError

HOST = "127.0.0.1"
_SAFE = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@final
class RunServer(ThreadingHTTPServer):
    """Serves the runs below one folder. `address` is what a browser opens: it has the token."""

    daemon_threads = True

    def __init__(self, root: Path, port: int = 0) -> None:
        """Begin to listen. Raises `OSError` where the port is taken."""
        super().__init__((HOST, port), _Answers)
        self.root = root
        self.token = secrets.token_urlsafe(24)
        self._read: dict[str, tuple[tuple[int, int], RunReader]] = {}

    @property
    def address(self) -> str:
        """The address with the token."""
        return f"http://{HOST}:{self.server_port}/?token={self.token}"

    def run(self, name: str) -> RunReader:
        """A run by name, read again where its journal has changed. Raises `RunDirectoryError`."""
        folder = self.root / name
        if Path(name).name != name or not (folder / RUN_FILE).is_file():
            raise RunDirectoryError(
                f"there is no run {name!r}",
                where=str(self.root),
                expected="a recorded run",
                got=repr(name),
                fix="go back to the list of runs",
            )
        state = [each.stat() for each in sorted(folder.iterdir())]
        stamp = (sum(each.st_size for each in state), max(each.st_mtime_ns for each in state))
        known = self._read.get(name)
        if known is None or known[0] != stamp:
            self._read = {**dict([*self._read.items()][-3:]), name: (stamp, RunReader(folder))}
        return self._read[name][1]


@final
class _Answers(BaseHTTPRequestHandler):
    """One request: GET, from this machine's own address, with the token."""

    server_version = "drawloom"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer, or refuse."""
        served = self._served
        asked = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(asked.query).items()}
        token = self.headers.get("X-Drawloom-Token") or (query.get("token", "") if asked.path == "/" else "")
        if self.headers.get("Host", "") not in {
            f"{HOST}:{served.server_port}",
            f"localhost:{served.server_port}",
        }:
            self._refuse(HTTPStatus.FORBIDDEN, "another host's name")  # a page elsewhere that had its name point here
        elif not hmac.compare_digest(token.encode(), served.token.encode()):
            self._refuse(HTTPStatus.FORBIDDEN, "open the address that `drawloom ui` printed: it has the token")
        elif asked.path == "/":
            shown = page("drawloom", {"mode": "ui", "token": served.token}, connects=True)
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", shown.encode())
        else:
            self._api(asked.path, query)

    @property
    def _served(self) -> RunServer:
        return cast("RunServer", self.server)

    def _api(self, path: str, query: dict[str, str]) -> None:
        try:
            if path == "/api/runs":
                good, bad = find_runs(self._served.root)
                self._json(
                    {
                        "runs": [summary(each) for each in good],
                        "unreadable": [{"path": str(each.path), "reason": each.error.what} for each in bad],
                    }
                )
            elif path == "/api/run":
                self._json(self._served.run(query.get("name", "")).document())
            elif path == "/api/values":
                self._json(self._served.run(query.get("name", "")).values(query.get("node", "")))
            else:
                self._refuse(HTTPStatus.NOT_FOUND, "there is nothing here")
        except DrawloomError as error:
            self._refuse(HTTPStatus.NOT_FOUND, str(error))

    def _json(self, content: Document) -> None:
        self._send(HTTPStatus.OK, "application/json", json.dumps(content, default=str).encode())

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self._send(status, "application/json", json.dumps({"error": why}).encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in {**_SAFE, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Say nothing: the terminal is the user's."""
