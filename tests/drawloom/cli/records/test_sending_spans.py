"""The spans of a run, sent to a receiver of OTLP over HTTP: a server in a thread of the test."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from drawloom import task, workflow
from drawloom.cli import main


@task
def one() -> int:
    return 1


@workflow
def wf() -> int:
    return one()


def call(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    return end.value.code, capsys.readouterr().err


@pytest.fixture
def collector():
    taken = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802 - http.server's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()
        thread.join()


def test_the_spans_of_a_run_reach_a_collector(capsys, tmp_path, monkeypatch, collector):
    address, taken = collector
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path))
    assert call(capsys, "run", "--name", "r", __file__, "wf")[0] == 0
    code, err = call(capsys, "runs", "export", "r", "--format", "otlp", "--to", address)
    assert code == 0, err
    ((path, kind, document),) = taken
    assert (path, kind) == ("/v1/traces", "application/json")
    spans = document["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert [span["name"].rpartition(".")[2] for span in spans] == ["wf", "one"]
    assert spans[1]["parentSpanId"] == spans[0]["spanId"]


def test_what_cannot_be_sent_says_why(capsys, tmp_path, monkeypatch, collector):
    address, taken = collector
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path))
    assert call(capsys, "run", "--name", "r", __file__, "wf")[0] == 0
    for to, words in (
        ("localhost:4317", "http://localhost:4318"),
        (f"{address}/elsewhere", "HTTP Error 404"),
        ("http://127.0.0.1:1", "the spans were not taken"),
    ):
        code, err = call(capsys, "runs", "export", "r", "--format", "otlp", "--to", to)
        assert code == 2
        assert words in err
        assert "to fix: " in err
    assert len(taken) == 1
    code, err = call(capsys, "runs", "export", "r", "--to", address)
    assert code == 2
    assert "--format otlp" in err
