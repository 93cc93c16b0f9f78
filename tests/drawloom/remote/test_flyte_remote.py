"""`FlyteRemote` and `drawloom register`, against a platform in a process of its own, which has faults where they are asked for."""

from __future__ import annotations

import contextlib
import json
import sys
import types
import webbrowser

import pytest

from drawloom.cli import main
from drawloom.flytekit.configuration import Config, PlatformConfig
from drawloom.ir import VerifyError
from drawloom.remote import (
    EntityConflictError,
    EntityExistsError,
    ExecutionStateError,
    FlyteRemote,
    NotAuthenticatedError,
    NotRegisteredError,
    PlatformSettings,
    PlatformUnavailableError,
    RemoteError,
)
from drawloom.remote.login import PublicClient, token_by_browser
from literals import DrawloomError
from platform_process import a_program, a_server

pytest.importorskip("grpc")
PROGRAM = """
from dataclasses import dataclass
from drawloom import LaunchPlan, conditional, map_task, task, workflow

@dataclass
class Point:
    x: int
    y: int

@task
def point(x: int) -> Point:
    return Point(x, -x)

@task
def tell(text: str) -> str:
    if text == "bad":
        raise ValueError("this is bad")
    return text.upper()

@workflow
def sign(x: int) -> str:
    p = point(x=x)
    return conditional("sign").if_(p.y < 0).then(tell(text="plus")).else_().then(tell(text="minus"))

@workflow
def fails(text: str) -> str:
    return tell(text=text)

@workflow
def mapped(xs: list[int]) -> list[str]:
    return map_task(LaunchPlan.get_default_launch_plan(None, sign))(x=xs)

twice = LaunchPlan.get_or_create(sign, name="remote_program." + __file__.split("/")[-2], fixed_inputs={"x": 2})
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    with a_program(tmp_path, monkeypatch, "remote_program", PROGRAM) as module:
        yield module


@pytest.fixture
def start(tmp_path):
    with contextlib.ExitStack() as started:
        yield lambda **faults: started.enter_context(a_server(tmp_path, **faults))


def test_what_is_registered_twice_stays_and_another_content_is_a_conflict(start, program):
    server = start()
    with server.remote() as remote:
        first = remote.register([program.sign])[0]
        before = len(server.seen()["calls"])
        assert remote.register([program.sign])[0].id == first.id
        assert server.seen()["calls"][:before] == server.seen()["calls"][before : 2 * before]
        remote.register_task(program.point, version="v1")
        changed = types.ModuleType("remote_program")
        sys.modules["remote_program"] = changed
        text = PROGRAM.partition("twice =")[0].replace("@task\ndef point", "@task(retries=3)\ndef point")
        exec(compile(text, program.__file__, "exec"), vars(changed))
        with pytest.raises(EntityConflictError, match="point") as caught:
            remote.register_task(changed.point, version="v1")
        assert "with different structure already exists" in caught.value.got
        assert "new version" in caught.value.fix
        found = remote.fetch_task(name="remote_program.point", version="v1")
        assert found.interface == remote.list_tasks_by_version("v1")[0].interface
        assert remote.fetch_task(name="remote_program.point").id.version == "v1"
        assert remote.fetch_workflow(name="remote_program.sign").id == first.id


def test_what_the_platform_would_refuse_is_not_sent(start, program):
    server = start()
    with server.remote() as remote, pytest.raises(VerifyError) as caught:
        remote.register([program.mapped])
    assert "array-launch-plan" in str(caught.value)
    assert server.seen()["calls"] == []


def test_an_execution_gives_what_a_local_run_gives(start, program):
    server = start()
    with server.remote() as remote:
        made = remote.execute(program.sign, {"x": 4})
        with pytest.raises(ExecutionStateError, match="has not ended"):
            made.outputs["o0"]
        done = remote.wait(made, poll_interval=0.01, sync_nodes=True)
        assert done.is_successful
        assert done.outputs["o0"] == program.sign(x=4) == "PLUS"
        assert done.inputs.get("x", int) == 4
        assert set(done.nodes) == {"start-node", "n0"}
        plan = remote.register_launch_plan(program.twice)
        assert remote.wait(remote.execute(plan, {}), poll_interval=0.01).outputs.get("o0", str) == "PLUS"
        fetched = remote.fetch_workflow(name="remote_program.sign")
        again = remote.wait(remote.execute(fetched, {"x": -4}), poll_interval=0.01)
        assert again.outputs.get("o0", str) == program.sign(x=-4) == "MINUS"
        assert remote.fetch_execution(name=again.name).is_done
        assert [each.name for each in remote.recent_executions(limit=1)] == [again.name]
        assert f"/executions/{again.name}" in remote.generate_console_url(again)


def test_how_an_execution_failed_is_told(start, program):
    server = start()
    with server.remote() as remote:
        done = remote.execute(program.fails, {"text": "bad"})
        remote.wait(done, poll_interval=0.01)
        assert done.phase == "FAILED"
        assert "this is bad" in done.error
        with pytest.raises(ExecutionStateError, match="has not succeeded"):
            done.outputs["o0"]
        stopped = remote.execute(program.fails, {"text": "good"})
        remote.terminate(stopped, "enough")
        assert (remote.sync(stopped).phase, stopped.error) == ("ABORTED", "enough")


@pytest.mark.parametrize("what", ["unavailable", "slow", "lost"])
def test_a_fault_on_the_way_is_not_noticed(start, program, what):
    server = start(CreateTask=[what], CreateWorkflow=["", what], CreateExecution=[what], GetExecution=[what])
    with server.remote() as remote:
        done = remote.wait(remote.execute(program.sign, {"x": 1}), poll_interval=0.01)
        assert done.outputs["o0"] == "PLUS"
        assert len(remote.recent_executions()) == 1


def test_a_platform_that_stays_away_is_named_with_the_number_of_attempts(start, program):
    server = start(CreateTask=["unavailable"] * 9)
    remote = FlyteRemote(PlatformSettings(server.endpoint, insecure=True), "p", "d", attempts=2)
    with remote, pytest.raises(PlatformUnavailableError, match="2 attempts") as caught:
        remote.register([program.sign])
    assert server.endpoint in caught.value.where
    assert isinstance(caught.value, DrawloomError)


def test_a_token_is_fetched_for_the_clients_credentials_and_renewed_when_it_has_run_out(start, program):
    server = start(token=3)
    with server.remote(client_id="me", client_credentials_secret="secret") as remote:
        remote.register([program.sign])
    assert server.seen()["calls"].count("CreateTask") >= 3
    with server.remote(client_id="me", client_credentials_secret="wrong") as remote:
        with pytest.raises(NotAuthenticatedError, match="gives no token"):
            remote.register([program.sign])
    with server.remote(command=[sys.executable, "-c", "raise SystemExit('no')"]) as remote:
        with pytest.raises(NotAuthenticatedError, match="gave none"):
            remote.register([program.sign])


@pytest.fixture
def browser(tmp_path, monkeypatch):
    """A browser of the user's, as the variable BROWSER names one: it goes where it is sent."""
    program = tmp_path / "browser.py"
    program.write_text("import sys, urllib.request\nurllib.request.urlopen(sys.argv[1]).read()\n")
    monkeypatch.setenv("BROWSER", f"{sys.executable} {program} %s")
    monkeypatch.setattr(webbrowser, "_tryorder", None)  # it was made of another BROWSER


def test_without_a_secret_the_user_logs_in_by_the_browser(start, program, browser, capsys):
    server = start(token=50)
    with server.remote() as remote:
        remote.register([program.sign])
    assert "/authorize?" in capsys.readouterr().err
    with server.remote(scopes=["none"]) as remote, pytest.raises(NotAuthenticatedError, match="logging in") as caught:
        remote.register([program.sign])
    assert caught.value.got == "access_denied"


def test_nobody_logs_in(monkeypatch):
    monkeypatch.setenv("BROWSER", "true %s")
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    client = PublicClient("me", "http://localhost:0/callback", "http://x/authorize", "http://x/token", [])
    with pytest.raises(NotAuthenticatedError, match=r"within 0\.1 seconds"):
        token_by_browser(client, timeout=0.1)


def test_fast_registration_brings_the_code_by_a_signed_address(start, program):
    server = start()
    with server.remote() as remote:
        first = remote.register([program.sign], fast=True, root=server.folder)[0]
        ((path, size),) = server.seen()["files"].items()
        assert size > 0
        args = remote.fetch_task(name="remote_program.point", version=first.id.version).message.container.args
        assert args[:5] == [
            "drawloom-fast-execute",
            "--additional-distribution",
            f"s3://store{path}",
            "--dest-dir",
            ".",
        ]
        assert remote.register([program.sign], fast=True, root=server.folder)[0].id == first.id
        assert len(server.seen()["files"]) == 1


def test_what_is_not_there_is_not_found(start, program):
    server = start()
    with server.remote() as remote:
        for found in (
            lambda: remote.fetch_task(name="x"),
            lambda: remote.fetch_launch_plan(name="x", version="v"),
            lambda: remote.fetch_execution(name="x"),
        ):
            with pytest.raises(NotRegisteredError):
                found()
        remote.execute(program.sign, {"x": 1}, execution_name="mine")
        with pytest.raises(EntityExistsError):
            remote.execute(program.sign, {"x": 1}, execution_name="mine")


def test_init_the_environment_and_a_file_say_where_the_platform_is(start, program, tmp_path, monkeypatch):
    server = start()
    monkeypatch.delenv("FLYTE_PLATFORM_URL", raising=False)
    with pytest.raises(RemoteError, match="nothing says where"):
        FlyteRemote()
    monkeypatch.setenv("FLYTE_PLATFORM_URL", server.endpoint)
    monkeypatch.setenv("FLYTE_PLATFORM_INSECURE", "true")
    FlyteRemote().register_task(program.point)
    monkeypatch.delenv("FLYTE_PLATFORM_URL")
    monkeypatch.delenv("FLYTE_PLATFORM_INSECURE")
    file = tmp_path / "flyte.yaml"
    file.write_text(f"admin:\n  endpoint: dns:///{server.endpoint}\n  insecure: true\n")
    FlyteRemote.auto(str(file)).register_task(program.point)
    assert Config.auto(str(file)).platform == PlatformConfig(endpoint=f"dns:///{server.endpoint}", insecure=True)
    FlyteRemote(Config.for_endpoint(server.endpoint, insecure=True)).register_task(program.point)
    assert server.seen()["calls"].count("CreateTask") == 3


def command(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    said = capsys.readouterr()
    return end.value.code, said.out, said.err


def test_the_command_line_registers_and_runs(start, program, tmp_path, capsys, monkeypatch):
    server = start()
    monkeypatch.setenv("FLYTE_PLATFORM_INSECURE", "1")
    where = ["--endpoint", server.endpoint, "-p", "p", "-d", "d"]
    file = tmp_path / "remote_program.py"
    code, out, err = command(capsys, "register", file, "sign", *where, "--json")
    assert (code, err) == (0, "")
    (made,) = json.loads(out)["registered"]
    assert made["name"] == "remote_program.sign"
    assert server.seen()["files"], "the code goes along unless it is told not to"
    code, out, err = command(capsys, "register", file, "mapped", *where)
    assert code == 1
    assert "array-launch-plan" in err
    monkeypatch.setenv("FLYTE_PLATFORM_URL", server.endpoint)
    code, out, err = command(capsys, "run", "--remote", "--json", file, "sign", "--x", "3")
    assert code == 0, err
    assert json.loads(out)["outputs"]["o0"] == "PLUS"
    code, out, err = command(capsys, "run", "--remote", file, "fails", "--text", "bad")
    assert code == 1
    assert "this is bad" in err
