"""Records as the command line and many processes meet them: names, starts at the same moment, damage, homes that cannot be written."""

import json
import os
import resource
import shutil
import subprocess
import sys
import textwrap

import pytest

import drawloom
from drawloom.errors import RunNameError
from drawloom.interpreter import State, check_name, find_runs, read_info, read_run

PROGRAM = """
import drawloom

env = drawloom.TaskEnvironment("records")


@env.task
def action(n: int) -> str:
    return big(n)


@env.task
def big(n: int) -> str:
    return str(n) * 3_000_000


@drawloom.task
def plus(n: int) -> int:
    return n + 1


@drawloom.task(cache=True, cache_version="1")
def text(n: int) -> str:
    return str(n) * 3_000_000


@drawloom.workflow
def wf(n: int) -> str:
    return text(n=plus(n=n))
"""
KINDS = ["action", "wf"]


@pytest.fixture
def drawloom_cli(tmp_path):
    (tmp_path / "records_program.py").write_text(PROGRAM)
    environment = {
        **os.environ, "DRAWLOOM_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp"),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }  # fmt: skip
    (tmp_path / "tmp").mkdir(exist_ok=True)

    def start(*arguments, limit=None, **variables):
        return subprocess.Popen(
            [sys.executable, "-m", "drawloom", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, cwd=tmp_path, env={**environment, **variables},
            preexec_fn=None if limit is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )  # fmt: skip

    def say(*arguments, code=0, **more):
        process = start(*arguments, **more)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, out[-500:] + err
        return out, err

    say.start = start
    return say


def run_of(kind, name, n=1):
    return ["run", "--name", name, "records_program.py", kind, "--n", str(n)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_use_of_a_name_is_an_error_that_offers_resume(drawloom_cli, tmp_path, kind):
    drawloom_cli(*run_of(kind, "nightly"))
    before = {file: file.read_bytes() for file in (tmp_path / "home" / "runs").rglob("*") if file.is_file()}
    _, error = drawloom_cli(*run_of(kind, "nightly"), code=1)
    assert "a run named 'nightly' already" in error
    assert "drawloom resume nightly" in error
    _, error = drawloom_cli(*run_of(next(each for each in KINDS if each != kind), "nightly"), code=1)
    assert "already" in error
    assert {file: file.read_bytes() for file in before} == before


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../../x",
        "a/b",
        ".",
        "..",
        "a..b",
        "x" * 129,
        "con",
        "NUL.txt",
        "-x",
        "a b",
        "é",
        "a\\b",
        "a\n",
        "x.",
        7,
        None,
        "\udcff",
    ],
)
def test_a_name_that_is_not_safe_as_one_folder_is_refused(tmp_path, name):
    for check in (check_name, lambda name: drawloom.with_runcontext(name="" if name is None else name)):
        with pytest.raises(RunNameError, match="name"):
            check(name)


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_line_has_the_same_rule_for_names(drawloom_cli, tmp_path, kind):
    _, error = drawloom_cli("run", "--name=../../x", "records_program.py", kind, "--n", "1", code=1)
    assert "not a valid name for a run" in error
    assert not (tmp_path / "home" / "runs").exists() or not list((tmp_path / "home" / "runs").iterdir())
    assert not (tmp_path.parent / "x").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_of_processes_that_start_one_name_with_other_inputs_one_runs_and_the_record_is_its(
    drawloom_cli, tmp_path, kind
):
    for turn in range(2):
        running = {n: drawloom_cli.start(*run_of(kind, f"race-{turn}", n), "--json") for n in range(3)}
        ended = {n: (*process.communicate(timeout=120), process.returncode) for n, process in running.items()}
        won = [n for n, (_, _, code) in ended.items() if code == 0]
        assert len(won) == 1, ended
        recorded = read_run(tmp_path / "home" / "runs" / f"race-{turn}")
        assert recorded.info.state is State.SUCCEEDED
        assert recorded.inputs["n"][-1] % 16 == won[0]
        digit = str(won[0] if kind == "action" else won[0] + 1)
        assert json.loads(ended[won[0]][0])["outputs"]["o0"] == digit * 3_000_000
        assert all("already" in out + err for n, (out, err, _) in ended.items() if n != won[0])


DAMAGES = ("cut", "old", "shape", "flipped")


def damaged(runs, damage, kind):
    """A copy of a good run whose `run.json` has come to harm."""
    folder = runs / f"{damage}-{kind}"
    shutil.copytree(runs / f"good-{kind}", folder)
    content = json.loads((folder / "run.json").read_text())
    changed = {"old": {"format": 1}, "shape": {"entity": [1]}, "flipped": {"started": content["started"] + 1}}
    text = json.dumps({**content, **changed.get(damage, {})})
    (folder / "run.json").write_text(text[: -5 if damage == "cut" else None])


def test_bad_folders_are_skipped_and_named(drawloom_cli, tmp_path):
    runs = tmp_path / "home" / "runs"
    for kind in KINDS:
        drawloom_cli(*run_of(kind, f"good-{kind}"))
        for damage in DAMAGES:
            damaged(runs, damage, kind)
    out, error = drawloom_cli("runs")
    assert [line.split("\t")[0] for line in out.splitlines()[-2:]] == ["good-wf", "good-action"]
    assert all(f"{damage}-{kind}" in error for damage in DAMAGES for kind in KINDS)
    document = json.loads(drawloom_cli("runs", "--json")[0])
    assert len(document["runs"]) == 2
    assert len(document["unreadable"]) == 8


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_bad_folder_is_an_error_of_the_command_that_needs_it(drawloom_cli, tmp_path, damage):
    runs = tmp_path / "home" / "runs"
    for kind in KINDS:
        drawloom_cli(*run_of(kind, f"good-{kind}"))
        damaged(runs, damage, kind)
    for command in (
        ["resume", f"{damage}-wf"],
        ["runs", "show", f"{damage}-action"],
        ["resume", f"{damage}-action"],
    ):
        _, error = drawloom_cli(*command, code=1)
        assert "Traceback" not in error


@pytest.mark.parametrize(
    ("damage", "kind"),
    [(each, "wf") for each in ("outputs", "inputs", "bundle", "journal", "cache")]
    + [(each, "action") for each in ("outputs", "inputs", "journal")],
)
def test_what_is_read_back_is_compared_with_its_digest(drawloom_cli, tmp_path, kind, damage):
    drawloom_cli(*run_of(kind, "mine"))
    folder = tmp_path / "home" / "runs" / "mine"
    files = {
        "outputs": list((folder / "outputs").iterdir()),
        "inputs": [folder / "inputs.pb"],
        "bundle": [folder / "bundle.pb"] if kind == "wf" else [],
        "journal": [folder / "journal.wal"],
        "cache": [tmp_path / "home" / "cache.db"] if kind == "wf" else [],
    }[damage]
    for file in files:
        data = bytearray(file.read_bytes())
        for place in range(len(data) // 2, len(data), max(1, len(data) // 9)):
            data[place] ^= 1
        file.write_bytes(data)
    if damage in {"inputs", "bundle"}:
        _, error = drawloom_cli("resume", "mine", code=1)
        assert "damaged" in error
        return
    out, _ = drawloom_cli("resume", "mine")
    assert out.strip() == "o0 = " + ("1" if kind == "action" else "2") * 3_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_home_that_cannot_be_written_is_our_error_before_anything_ran_with_the_way_out(drawloom_cli, tmp_path, kind):
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "records_program.py").write_text(PROGRAM.replace("    return s", "    print('ran')\n    return s"))
    home = {"DRAWLOOM_HOME": str(tmp_path / "file" / "home")}
    out, error = drawloom_cli(*run_of(kind, "mine"), code=1, **home)
    assert "the record of the run cannot be written" in error
    assert "--no-record" in error
    assert "Traceback" not in error
    assert "ran" not in out
    out, error = drawloom_cli("run", "--no-record", *run_of(kind, "mine")[1:], **home)
    assert out.count("ran") == 1
    if kind == "wf":
        assert error.count("tasks run without it") == 1
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_is_our_error_and_the_run_goes_on_when_there_is_room(drawloom_cli, tmp_path, kind):
    _, error = drawloom_cli(*run_of(kind, "mine"), code=1, limit=1_000_000)
    assert "the record of the run cannot be written" in error
    assert "Traceback" not in error
    assert drawloom_cli("resume", "mine")[0].strip() == "o0 = " + ("1" if kind == "action" else "2") * 3_000_000
    assert read_info(tmp_path / "home" / "runs" / "mine").state is State.SUCCEEDED


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_can_read_a_record_and_nothing_is_left_in_the_temporary_folder(drawloom_cli, tmp_path, kind):
    drawloom_cli(*run_of(kind, "mine"))
    modes = {path: path.stat().st_mode & 0o777 for path in [tmp_path / "home", *(tmp_path / "home").rglob("*")]}
    assert {str(path): oct(mode) for path, mode in modes.items() if mode not in {0o600, 0o700}} == {}
    assert not list((tmp_path / "tmp").iterdir())


def test_a_folder_that_another_user_can_have_put_in_the_way_is_refused(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (tmp_path / "elsewhere").mkdir()
    (shared / "linked").symlink_to(tmp_path / "elsewhere")
    if os.getuid() == 0:
        (shared / "theirs").mkdir()
        os.chown(shared / "theirs", 12345, 12345)
    program = """
        import sys, drawloom
        env = drawloom.TaskEnvironment("shared")

        @env.task
        def one() -> int:
            return 1

        for folder in sys.argv[1:]:
            try:
                drawloom.with_runcontext(run_base_dir=folder, copy_style="none", version="1").run(one)
                print("ran")
            except drawloom.errors.RunDirectoryError as error:
                print(error.what)
    """
    places = [shared / "linked", shared / "own", *([shared / "theirs"] if os.getuid() == 0 else [])]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, places)], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "DRAWLOOM_HOME": str(tmp_path / "home")},
    )  # fmt: skip
    refused = "this folder lies where everybody may write, and is a link or another user's"
    assert done.stdout.splitlines() == [refused, "ran", refused][: len(places)]
    assert not list((tmp_path / "elsewhere").iterdir())


def test_runs_whose_folder_nobody_named_leave_nothing_unless_they_failed_or_were_asked_for(tmp_path):
    program = """
        import pathlib, drawloom
        env = drawloom.TaskEnvironment("unnamed")

        @env.task
        def stores(fail: bool) -> drawloom.FlyteFile:
            drawloom.ctx().checkpoint.save_sync(b"x")
            path = pathlib.Path("made.txt")
            path.write_text("x")
            if fail:
                raise ValueError
            return drawloom.FlyteFile(str(path))

        plain = drawloom.run(stores, fail=False)
        print(drawloom.with_runcontext().start(stores, {"fail": True}).name)
        asked = drawloom.run(stores, fail=False)
        asked.url
        print(asked.name)
    """
    (tmp_path / "tmp").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True, cwd=tmp_path,
        env={
            **os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "DRAWLOOM_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp"),
        },
    )  # fmt: skip
    good, bad = find_runs(tmp_path / "home" / "runs")
    assert sorted(info.name for info in good) == sorted(done.stdout.split())
    assert len(list((tmp_path / "home" / "runs").iterdir())) == 2
    assert bad == []
    assert not list((tmp_path / "tmp").iterdir())
