"""Tokens: from a program, for a client's credentials, or of a user who logs in by a browser (OAuth 2's code with PKCE, RFC 7636)."""

from __future__ import annotations

import http.server
import queue
import secrets
import subprocess
import sys
import threading
import urllib.parse
import webbrowser
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from drawloom.remote.errors import NotAuthenticatedError
from drawloom.remote.stubs import library

_SECONDS = 300.0


class _Session(Protocol):
    """What authlib asks with."""

    def fetch_token(self, url: str, **question: str) -> Mapping[str, object]:
        """The platform's answer."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class PublicClient(NamedTuple):
    """What a platform says about its clients that have no secret, and where it gives tokens."""

    client_id: str
    redirect_uri: str
    authorization_endpoint: str
    token_endpoint: str
    scopes: Sequence[str]


def token_of_command(command: Sequence[str]) -> str:
    """What the program that the settings name prints.

    Raises:
        NotAuthenticatedError: it cannot be started, fails, or prints nothing.
    """
    where = " ".join(command)
    try:
        done = subprocess.run([*command], capture_output=True, text=True, check=False)  # noqa: S603 - what the user's settings name
    except OSError as error:
        raise NotAuthenticatedError(
            "the program that gives tokens does not start",
            where=where,
            expected="a program that can be started",
            got=str(error),
            fix="check `command` in the file of settings",
        ) from error
    if done.returncode or not done.stdout.strip():
        raise NotAuthenticatedError(
            "the program that gives tokens gave none",
            where=where,
            expected="a token on its standard output",
            got=done.stderr.strip(),
            fix="run the program yourself, and mend what it says",
        )
    return done.stdout.strip()


def token_of_client(client_id: str, secret: str, token_endpoint: str, scopes: Sequence[str]) -> str:
    """The token of a client that has a secret.

    Raises:
        NotAuthenticatedError: the platform gives none.
    """
    session = library("authlib.integrations.requests_client").OAuth2Session(
        client_id,
        secret,
        scope=" ".join(scopes) or None,
        token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - the name of a method
    )
    return _fetched(session, token_endpoint, grant_type="client_credentials")


def token_by_browser(client: PublicClient, timeout: float = _SECONDS) -> str:
    """Let the user log in; give the token. `timeout`: seconds that they have.

    Raises:
        NotAuthenticatedError: there is no browser, nobody logged in, or the platform refused.
    """
    session = library("authlib.integrations.requests_client").OAuth2Session(
        client.client_id,
        redirect_uri=client.redirect_uri,
        scope=" ".join(client.scopes) or None,
        code_challenge_method="S256",
        token_endpoint_auth_method="none",  # noqa: S106 - the name of a method
    )
    verifier = secrets.token_urlsafe(64)
    address, state = session.create_authorization_url(client.authorization_endpoint, code_verifier=verifier)
    with _Listener(client.redirect_uri) as listener:
        print(f"log in at {address}", file=sys.stderr)  # noqa: T201 - where no browser comes up, the user opens it by hand
        webbrowser.open(address)
        given = listener.wait(timeout)
    if given.get("state") != state or "code" not in given:
        raise NotAuthenticatedError(
            "logging in by the browser failed",
            where=client.authorization_endpoint,
            expected="a login",
            got=given.get("error_description") or given.get("error") or "an answer to another question",
            fix="log in again",
        )
    return _fetched(
        session, client.token_endpoint, grant_type="authorization_code", code=given["code"], code_verifier=verifier
    )


def _fetched(session: _Session, token_endpoint: str, **question: str) -> str:
    failures = (library("authlib.common.errors").AuthlibBaseError, library("requests").RequestException)
    try:
        return str(session.fetch_token(token_endpoint, **question)["access_token"])
    except failures as error:
        raise NotAuthenticatedError(
            "the platform gives no token",
            where=token_endpoint,
            expected="a token",
            got=str(error),
            fix="check the client's id and secret",
        ) from error
    finally:
        session.close()


class _Listener:
    """Listens where the browser is sent back to, for as long as the block."""

    def __init__(self, redirect_uri: str) -> None:
        place = urllib.parse.urlsplit(redirect_uri)
        answers: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()
        self._answers = answers

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = urllib.parse.urlsplit(self.path)
                is_answer = asked.path == (place.path or "/")
                self.send_response(200 if is_answer else 404)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.end_headers()
                if is_answer:
                    self.wfile.write(b"You can close this page and go back to the terminal.\n")
                    answers.put(dict(urllib.parse.parse_qsl(asked.query)))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
                del format, args

        try:
            self._server = http.server.ThreadingHTTPServer((place.hostname or "localhost", place.port or 80), Handler)
        except OSError as error:
            raise NotAuthenticatedError(
                "nothing can listen for the browser's answer on this machine",
                where=redirect_uri,
                expected="an address of this machine with a port that is free",
                got=str(error),
                fix="end the program that uses the port, or log in with another authType",
            ) from error
        self._server.daemon_threads = True

    def __enter__(self) -> _Listener:  # noqa: PYI034 - Self is newer than Python 3.10
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, timeout: float) -> dict[str, str]:
        """What the browser was sent back with."""
        try:
            return self._answers.get(timeout=timeout)
        except queue.Empty:
            raise NotAuthenticatedError(
                f"nobody logged in within {timeout:g} seconds",
                where="the browser",
                expected=f"a login within {timeout:g} seconds",
                got="none",
                fix="try again, and log in on the page that opens",
            ) from None
