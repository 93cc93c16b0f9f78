"""A real S3 server in a process of its own, and a proxy before it that breaks what it is told to break."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

KEYS = {"access_key_id": "key-of-the-test", "secret_access_key": "secret-of-the-test"}
BUCKET = "bucket"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def s3_server() -> Iterator[str]:
    """The address of a server that has one empty bucket."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/moto-api/", timeout=1).close()
                break
            time.sleep(0.1)
        request = urllib.request.Request(f"{address}/{BUCKET}", method="PUT")
        urllib.request.urlopen(request, timeout=10).close()
        yield address
    finally:
        process.kill()
        process.wait()


@dataclass
class Fault:
    """What to do with requests that `matches` takes, the first `times` of them: None is all."""

    matches: Callable[[str, str], bool] = lambda method, path: True  # noqa: E731
    times: int | None = None
    status: int | None = None
    cut_answer: int | None = None
    cut_request: int | None = None
    delay: float = 0.0
    seen: int = field(default=0, init=False)

    def takes(self, method: str, path: str) -> bool:
        if not self.matches(method, path) or (self.times is not None and self.seen >= self.times):
            return False
        self.seen += 1
        return True


class Proxy:
    """Hands every request on to the server behind it, unless a fault takes it."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream.removeprefix("http://")
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def handle_any(self) -> None:
                proxy.serve(self)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any

            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):
                    super().handle()

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def serve(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        method, path = handler.command, handler.path
        self.requests.append((method, path))
        fault = next((one for one in self.faults if one.takes(method, path)), None)
        length = int(handler.headers.get("Content-Length") or 0)
        if fault is not None and fault.delay:
            time.sleep(fault.delay)
        if fault is not None and fault.cut_request is not None:
            handler.rfile.read(min(length, fault.cut_request))
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        body = self._body(handler, length)
        if fault is not None and fault.status is not None:
            self._answer(handler, fault.status, {}, b"<Error><Code>InternalError</Code></Error>")
            return
        client = http.client.HTTPConnection(self.upstream, timeout=30)
        headers = {key: value for key, value in handler.headers.items() if key.lower() != "transfer-encoding"}
        client.request(method, path, body=body, headers=headers)
        answer = client.getresponse()
        content = answer.read()
        kept = {
            k: v for k, v in answer.getheaders() if k.lower() not in {"content-length", "connection", "date", "server"}
        }
        if method == "HEAD":
            kept["Content-Length"] = answer.getheader("Content-Length") or "0"
        cut = fault.cut_answer if fault is not None else None
        self._answer(handler, answer.status, kept, content, cut=cut, head=method == "HEAD")
        client.close()

    @staticmethod
    def _body(handler: http.server.BaseHTTPRequestHandler, length: int) -> bytes:
        if "chunked" not in (handler.headers.get("Transfer-Encoding") or ""):
            return handler.rfile.read(length)
        parts = []
        while size := int(handler.rfile.readline().split(b";")[0], 16):
            parts.append(handler.rfile.read(size))
            handler.rfile.readline()
        handler.rfile.readline()
        return b"".join(parts)

    @staticmethod
    def _answer(handler, status, headers, content, *, cut=None, head=False) -> None:
        handler.send_response(status)
        for key, value in headers.items():
            handler.send_header(key, value)
        if not head:
            handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if head:
            return
        handler.wfile.write(content if cut is None else content[:cut])
        if cut is not None and cut < len(content):
            handler.wfile.flush()
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
