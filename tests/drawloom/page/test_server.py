"""`drawloom ui`: on this machine, for who has the token, and nothing but reading."""

import http.client
import json
import threading

import pytest

from drawloom.page.server import HOST, RunServer


@pytest.fixture
def server(runs):
    made = RunServer(runs)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def ask(server, path, method="GET", **headers):
    connection = http.client.HTTPConnection(HOST, server.server_port, timeout=20)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_runs_and_values_are_answered(server):
    answer, body = ask(server, "/api/runs", X_Drawloom_Token=server.token)
    assert answer.status == 200
    assert {run["name"] for run in json.loads(body)["runs"]} == {"good", "bad"}
    answer, body = ask(server, "/api/run?name=good", X_Drawloom_Token=server.token)
    assert json.loads(body)["state"] == "SUCCEEDED"
    answer, body = ask(server, "/api/values?name=good&node=n0", X_Drawloom_Token=server.token)
    assert json.loads(body)["inputs"]["n"]["data"] == 2


def test_it_listens_on_this_machine_only(server):
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("path", ["/", "/api/runs", "/api/run?name=good", "/?token=wrong", "/?token=", "/?token=%ff"])
def test_without_the_token_nothing_is_answered(server, path):
    answer, body = ask(server, path)
    assert answer.status == 403
    assert b"good" not in body


def test_the_token_in_an_address_opens_the_page_alone(server):
    assert ask(server, f"/?token={server.token}")[0].status == 200
    assert ask(server, f"/api/runs?token={server.token}")[0].status == 403


def test_another_name_for_this_machine_is_refused(server):
    answer, _ = ask(server, "/api/runs", X_Drawloom_Token=server.token, Host="evil.example")
    assert answer.status == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_there_is_nothing_to_write(server, method):
    assert ask(server, "/api/runs", method, X_Drawloom_Token=server.token)[0].status == 501


@pytest.mark.parametrize("name", ["", "..", "../runs/good", "/etc", "nope", "%2e%2e", "good/../bad"])
def test_only_runs_below_the_root_are_read(server, name):
    answer, body = ask(server, f"/api/run?name={name}", X_Drawloom_Token=server.token)
    assert answer.status == 404
    assert b"there is no run" in body


def test_answers_forbid_frames_caches_and_guessing(server):
    answer, _ = ask(server, f"/?token={server.token}")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
