"""What `FlyteRemote` does beside registering and executing, against a platform in a process of its own."""

from __future__ import annotations

import pathlib
import time

import pytest

from compiler import SerializationSettings, compile_bundle, write_archive
from drawloom.cli import main
from drawloom.remote import (
    FlyteRemote,
    NotRegisteredError,
    PlatformSettings,
    RemoteError,
    RemoteProject,
    UnsupportedMethodError,
)
from drawloom.remote.refused import REFUSED
from literals import pb
from platform_process import PROGRAM_OF_GATES, a_program, a_server
from typeengine import LiteralsResolver

pytest.importorskip("grpc")


@pytest.fixture
def program(tmp_path, monkeypatch):
    with a_program(tmp_path, monkeypatch, "gates_program", PROGRAM_OF_GATES) as module:
        yield module


@pytest.fixture
def server(tmp_path):
    with a_server(tmp_path, SetSignal=["lost"]) as made:
        yield made


def until(found, remote, execution):
    """Wait until the execution's gates are as they should be."""
    for _ in range(600):
        remote.sync(execution)
        known = {each.id: each for each in remote.list_signals(execution.name)}
        if found(known):
            return known
        time.sleep(0.05)
    raise TimeoutError(str(known))


def test_gates_are_listed_answered_and_approved(server, program):
    with server.remote() as remote:
        execution = remote.execute(program.gated, {"x": 2})
        known = until(lambda known: "factor" in known, remote, execution)
        assert (known["factor"].type, known["factor"].value) == (pb.LiteralType(simple=pb.SimpleType.INTEGER), None)
        with pytest.raises(NotRegisteredError, match="the execution has no such signal") as caught:
            remote.set_signal("other", execution.name, 3)
        assert caught.value.expected == "factor"
        remote.set_input("factor", execution.name, 3)  # the first answer is lost, and it is set again
        known = until(lambda known: "ok" in known, remote, execution)
        assert known["factor"].value.scalar.primitive.integer == 3
        remote.approve("ok", execution.name)
        assert remote.wait(execution, poll_interval=0.05).outputs["o0"] == 6


def test_a_rejected_gate_fails_the_execution(server, program):
    with server.remote() as remote:
        execution = remote.execute(program.gated, {"x": 2})
        until(lambda known: "factor" in known, remote, execution)
        remote.set_signal("factor", execution.name, 3, python_type=int)
        until(lambda known: "ok" in known, remote, execution)
        remote.reject("ok", execution.name)
        assert remote.wait(execution, poll_interval=0.05).phase == "FAILED"


def test_launch_plans_are_switched_on_and_off(server, program):
    with server.remote() as remote:
        plan = remote.register([program.plan], version="1")[0]
        assert remote.fetch_active_launchplan(name=plan.name) is None
        remote.activate_launchplan(plan)
        assert remote.fetch_active_launchplan(name=plan.name).id == plan.id
        remote.deactivate_launchplan(plan.id)
        assert remote.fetch_active_launchplan(name=plan.name) is None
        with pytest.raises(NotRegisteredError):
            remote.activate_launchplan(pb.Identifier(project="p", domain="d", name="no", version="1"))


def test_projects_and_domains_are_listed(server):
    with server.remote() as remote:
        assert remote.list_projects() == [RemoteProject("p", "The project", ("d", "e"), "of tests")]
        assert remote.get_domains() == ["d", "e"]


def test_a_lazy_entity_is_fetched_when_it_is_used(server, program):
    with server.remote() as remote:
        later = remote.fetch_workflow_lazy(name=program.doubled.name, version="1")
        assert (later.name, later.entity_fetched()) == (program.doubled.name, False)
        remote.register([program.doubled], version="1")
        assert list(later.interface.inputs.variables) == ["x"]
        assert later.entity_fetched()
        assert remote.execute(later, {"x": 4}, wait=True).outputs["o0"] == 8
        with pytest.raises(NotRegisteredError):
            _ = remote.fetch_task_lazy(name="no", version="1").id


def test_an_address_of_the_platform_is_fetched(server, program):
    with server.remote() as remote:
        made = remote.execute(program.doubled, {"x": 4}, wait=True)
        assert remote.get(f"flyte://v1/p/d/{made.name}/n0/o").get("o0", int) == 8
        assert remote.get(f"flyte://v1/p/d/{made.name}/n0/d") == ["http://deck"]
        with pytest.raises(NotRegisteredError, match="there is nothing at this address"):
            remote.get(f"flyte://v1/p/d/{made.name}/n0/i")


def test_a_script_brings_its_folder_along(server, program, tmp_path):
    with server.remote() as remote:
        made = remote.register_script(
            program.doubled, version="s", source_path=tmp_path, copy_all=True, destination_dir="/code", envs={"A": "b"}
        )
        task = remote.fetch_task(name=program.double.name, version="s").message
    assert made.id.version == "s"
    args = list(task.container.args)
    assert args[0] == "drawloom-fast-execute"
    assert args[args.index("--dest-dir") + 1] == "/code"
    assert ("A", "b") in [(pair.key, pair.value) for pair in task.container.env]
    assert server.seen()["files"]


@pytest.mark.parametrize("form", ["bundle", "archive"])
def test_compiled_files_are_registered_with_what_they_leave_open(server, program, tmp_path, form):
    compiled = compile_bundle(
        [program.plan, program.gated], SerializationSettings(version="{{ registration.version }}")
    )
    file = tmp_path / ("it.pb" if form == "bundle" else "it.tgz")
    if form == "bundle":
        file.write_bytes(compiled.data)
    else:
        write_archive(compiled, file)
    with server.remote() as remote:
        made = {each.name: each for each in remote.register_files(file, version="7")}
        assert {program.plan.name, program.doubled.name, program.gated.name, program.double.name} <= made.keys()
        assert {(each.id.project, each.id.domain) for each in made.values()} == {("p", "d")}
        again = remote.register_files(file, version="7")
        assert {each.name for each in again} == made.keys()
        assert remote.execute(made[program.doubled.name], {"x": 5}, wait=True).outputs["o0"] == 10


def test_the_command_line_registers_compiled_files(server, program, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FLYTE_PLATFORM_INSECURE", "1")
    file = tmp_path / "it.pb"
    file.write_bytes(compile_bundle([program.doubled], SerializationSettings(version="7")).data)

    def command(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["register", str(file), *arguments, "--endpoint", server.endpoint, "-p", "p", "-d", "d"])
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    code, out, err = command()
    assert (code, err) == (0, "")
    assert f"p/d {program.doubled.name}@7" in out
    assert "all of it is registered" in command("doubled")[2]
    assert "compiled for another version" in command("--version", "8")[2]


def test_files_of_outputs_are_downloaded_and_no_name_leads_out(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "b.txt").write_text("b")

    def blob(path, dimensionality):
        kind = pb.BlobType(dimensionality=dimensionality)
        return pb.Literal(scalar=pb.Scalar(blob=pb.Blob(metadata=pb.BlobMetadata(type=kind), uri=str(path))))

    one, many = blob(tmp_path / "a.txt", 0), blob(tmp_path / "folder", 1)
    number = pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=1)))
    listed = pb.Literal(collection=pb.LiteralCollection(literals=[one, number, many]))
    data = LiteralsResolver({"xs": listed, "n": number, "m": pb.Literal(map=pb.LiteralMap(literals={"k": one}))})
    to = tmp_path / "to"
    assert FlyteRemote.download(data, to) == [to / "xs" / "0", to / "xs" / "2", to / "m" / "k"]
    assert ((to / "xs" / "2" / "b.txt").read_text(), (to / "m" / "k").read_text()) == ("b", "a")
    assert FlyteRemote.download(one, tmp_path / "single") == [tmp_path / "single" / "data"]
    assert (tmp_path / "single" / "data").read_text() == "a"
    with pytest.raises(RemoteError, match="there are several literals"):
        FlyteRemote.download(data, to, recursive=False)
    for name in ("..", "a/b", "a\\b", ""):
        with pytest.raises(RemoteError, match="cannot be that of a file"):
            FlyteRemote.download({name: one}, to)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_flytekits_client_has_besides_is_refused_by_name(name):
    remote = FlyteRemote(PlatformSettings("nowhere"), "p", "d")
    with pytest.raises(UnsupportedMethodError, match=f"FlyteRemote.{name} is flytekit's") as caught:
        getattr(remote, name)
    assert caught.value.fix
    assert not hasattr(remote, name)


def test_every_method_of_flytekits_client_is_there_or_refused():
    """The public members of flytekit 1.16's `FlyteRemote`."""
    listed = (pathlib.Path(__file__).parent / "flytekit_remote_members.txt").read_text().split()
    missing = [
        each
        for each in listed
        if each not in REFUSED and each not in dir(FlyteRemote) and each not in {"default_project", "default_domain"}
    ]
    assert missing == []
