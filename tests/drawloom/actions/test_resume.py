"""`resume` of runs of env tasks: across processes, after `kill -9`, with checkpoints, over torn records."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import drawloom
from drawloom.actions.resume import ResumeError
from drawloom.interpreter import RunDirectoryError, State, read_info, read_run

PROGRAM = """
import os, pathlib, time
import drawloom

env = drawloom.TaskEnvironment("again")
LOG = pathlib.Path(os.environ["LOG"])


def note(text):
    with LOG.open("a") as log:
        log.write(text + "\\n")


@env.task
def leaf(n: int) -> int:
    note(f"leaf {n}")
    return n * 10


@env.task
async def aleaf(tags: list[str]) -> str:
    note(f"aleaf {tags}")
    return "-".join(tags)


@env.task
def counted(upto: int) -> int:
    checkpoint = drawloom.ctx().checkpoint
    path = checkpoint.load_sync()
    start = int(path.read_text()) if path else 0
    note(f"counted from {start}")
    for i in range(start, upto):
        checkpoint.save_sync(str(i + 1).encode())
        if i + 1 == 3 and "DIE" in os.environ:
            note("dying")
            time.sleep(60)
    return upto


@env.task
async def main(n: int) -> str:
    note("main " + drawloom.ctx().action.run_name + " " + drawloom.ctx().custom_context.get("who", ""))
    total = sum([await leaf.aio(i) for i in range(n)])
    text = await aleaf(["a", "b"])
    return f"{total} {text} {await counted.aio(5)}"
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A module of tasks in a folder of its own; gives a function that runs Python there."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "again_tasks.py").write_text(PROGRAM)
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *filter(None, sys.path)]))
    monkeypatch.chdir(tmp_path)
    return folder


def python(text, **variables):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(text)],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **variables},
    )  # fmt: skip


def killed_in_mid_run(tmp_path, name="killed"):
    """A run that was killed with SIGKILL while its last task was at work."""
    start = f"""
        import drawloom, again_tasks
        drawloom.with_runcontext(name={name!r}, run_base_dir={str(tmp_path / name)!r}, custom_context={{"who": "me"}}).run(
            again_tasks.main, n=3
        )
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(start)], env={**os.environ, "DIE": "1"})
    log = tmp_path / "log"
    until = time.monotonic() + 60
    while not (log.exists() and "dying" in log.read_text()):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    log.unlink()
    return tmp_path / name


def test_a_killed_run_goes_on_in_another_process_where_it_was(program, tmp_path):
    folder = killed_in_mid_run(tmp_path)
    info = read_info(folder)
    assert info.state is State.ABORTED
    assert info.detail == f"its process ended without a word; go on with `drawloom resume {info.name}`"

    again = python(
        f"import drawloom; run = drawloom.resume({str(folder)!r}); print(run.name, run.phase, run.outputs()[0])"
    )
    assert again.stdout.strip() == "killed succeeded 30 a-b 5", again.stderr
    # The first task runs again; what it had called is taken from the record; the one cut off has its checkpoint.
    assert (tmp_path / "log").read_text().splitlines() == ["main killed me", "counted from 3"]
    info = read_info(folder)
    assert (info.name, info.state, info.resumed, info.recovered) == ("killed", State.SUCCEEDED, 1, 4)


def test_a_finished_run_runs_nothing_again(program, tmp_path):
    folder = tmp_path / "done"
    first = python(f"""
        import drawloom, again_tasks
        drawloom.with_runcontext(name="done", run_base_dir={str(folder)!r}).run(again_tasks.main, n=2)
    """)
    assert first.returncode == 0, first.stderr
    (tmp_path / "log").unlink()
    again = python(f"import drawloom; print(drawloom.resume({str(folder)!r}).outputs()[0])")
    assert again.stdout.strip() == "10 a-b 5", again.stderr
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize("damage", ["cut", "garbage", "zeros", "flipped"])
def test_lines_that_were_torn_are_run_again(program, tmp_path, damage):
    folder = killed_in_mid_run(tmp_path)
    file = folder / "journal.wal"
    kept = file.read_bytes()
    assert len([frame for frame in read_run(folder).frames if frame["k"] == "out"]) == 4
    last = kept.rindex(b"\xa1k\xa3out") - 9  # the head, and the byte that says it is a map
    damaged = {
        "cut": kept[: last + 40],
        "garbage": kept[:last] + b"\x00\xff{" * 9,
        "zeros": kept[:last] + bytes(4096),
        "flipped": kept[: last + 40] + bytes([kept[last + 40] ^ 1]) + kept[last + 41 :],
    }
    file.write_bytes(damaged[damage])
    assert len([frame for frame in read_run(folder).frames if frame["k"] == "out"]) == 3
    again = python(f"import drawloom; print(drawloom.resume({str(folder)!r}).outputs()[0])")
    assert again.stdout.strip() == "30 a-b 5", again.stderr
    assert (tmp_path / "log").read_text().splitlines() == ["main killed me", "aleaf ['a', 'b']", "counted from 3"]
    # And the lines that were written since are whole.
    (tmp_path / "log").unlink()
    assert python(f"import drawloom; drawloom.resume({str(folder)!r})").returncode == 0
    assert not (tmp_path / "log").exists()


def test_a_task_whose_code_has_changed_runs_again_and_from_the_beginning(program, tmp_path):
    folder = killed_in_mid_run(tmp_path)
    (program / "again_tasks.py").write_text(PROGRAM.replace("return n * 10", "return n * 100"))
    again = python(f"import drawloom; print(drawloom.resume({str(folder)!r}).outputs()[0])")
    assert again.stdout.strip() == "300 a-b 5", again.stderr
    assert "leaf 2" in (tmp_path / "log").read_text()
    assert "aleaf" not in (tmp_path / "log").read_text()

    changed = PROGRAM.replace("return upto", "return upto + 1")
    (program / "again_tasks.py").write_text(changed)
    (tmp_path / "log").unlink()
    main = changed.replace("{total} {text}", "{text}")
    (program / "again_tasks.py").write_text(main)
    again = python(f"import drawloom; print(drawloom.resume({str(folder)!r}).outputs()[0])")
    assert again.stdout.strip() == "a-b 6", again.stderr
    assert "counted from 0" in (tmp_path / "log").read_text()


def test_another_interface_is_refused_with_both_of_them(program, tmp_path):
    folder = killed_in_mid_run(tmp_path)
    (program / "again_tasks.py").write_text(
        PROGRAM.replace("async def main(n: int)", "async def main(n: int, m: str = 'x')")
    )
    again = python(f"""
        import drawloom
        try:
            drawloom.resume({str(folder)!r})
        except ValueError as error:
            print(error)
    """)
    assert "interface has changed" in again.stdout
    assert "m: str, n: int" in again.stdout
    assert not (tmp_path / "log").exists()


def test_the_command_line_runs_is_killed_lists_shows_and_resumes(program, tmp_path):
    call = [
        sys.executable,
        "-m",
        "drawloom",
        "run",
        str(program / "again_tasks.py"),
        "main",
        "--n",
        "2",
        "--name",
        "mine",
    ]
    process = subprocess.Popen(call, env={**os.environ, "DIE": "1"}, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not ((tmp_path / "log").exists() and "dying" in (tmp_path / "log").read_text()):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)

    def drawloom_says(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "drawloom", *arguments], capture_output=True, text=True, timeout=60, check=False
        )

    going_on = drawloom_says("resume", "mine")
    assert going_on.returncode == 1
    assert "going on in another process" in going_on.stderr
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert "mine" in drawloom_says("runs").stdout
    assert "again.leaf" in drawloom_says("runs", "show", "mine").stdout
    (tmp_path / "log").unlink()
    again = drawloom_says("resume", "mine", "--json")
    assert json.loads(again.stdout) == {"ok": True, "outputs": {"o0": "10 a-b 5"}}, again.stderr
    assert (tmp_path / "log").read_text().splitlines()[1:] == ["counted from 3"]
    rows = json.loads(drawloom_says("runs", "--json").stdout)["runs"]
    assert [(row["name"], row["state"], row["entity"]) for row in rows] == [("mine", "SUCCEEDED", "again.main")]
    taken = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
    assert taken.returncode != 0
    assert "a run named 'mine' already" in taken.stderr


env = drawloom.TaskEnvironment("here")
state = {"fail": True, "ran": []}


@env.task
def step(n: int) -> int:
    state["ran"].append(n)
    return n


@env.task(retries=1)
def flaky(n: int) -> int:
    checkpoint = drawloom.ctx().checkpoint
    path = checkpoint.load_sync()
    count = int(path.read_text()) + 1 if path else 1
    checkpoint.save_sync(str(count).encode())
    state["ran"].append(("flaky", drawloom.ctx().attempt_number, count))
    if state["fail"]:
        raise RuntimeError("not yet")
    return n


@env.task
def pipeline() -> int:
    return sum(drawloom.map(step, [1, 2])) + step(1) + flaky(5)


@pytest.fixture(autouse=True)
def _fresh():
    state.update(fail=True, ran=[])


def test_a_failed_run_without_a_folder_of_its_own_goes_on_from_its_record(tmp_path):
    runner = drawloom.with_runcontext(raw_data_path=tmp_path / "raw")
    failed = runner.start(pipeline, {})
    assert failed.phase == "failed"
    state.update(fail=False, ran=[])
    run = drawloom.resume(failed)
    assert run.name == failed.name
    assert run.url == failed.url
    assert run.outputs()[0] == 9
    # The attempts of the failed action were two; the next chain counts from 0 and has the last one's checkpoint.
    assert state["ran"] == [("flaky", 0, 3)]


def test_it_fails_again_as_it_failed_before_and_can_go_on_after_that(tmp_path):
    runner = drawloom.with_runcontext(run_base_dir=tmp_path / "r", name="r")
    with pytest.raises(RuntimeError, match="not yet"):
        runner.run(pipeline)
    state["ran"] = []
    with pytest.raises(RuntimeError, match="not yet"):
        drawloom.resume(tmp_path / "r")
    assert [each[2] for each in state["ran"]] == [3, 4]
    state["fail"] = False
    assert drawloom.resume(tmp_path / "r").outputs()[0] == 9
    assert read_info(tmp_path / "r").resumed == 2


def test_a_task_that_cannot_be_found_is_given(tmp_path):
    @env.task
    def inner() -> int:
        return step(7)

    run = drawloom.with_runcontext(run_base_dir=tmp_path / "r").run(inner)
    with pytest.raises(ResumeError, match="not in its module"):
        drawloom.resume(run)
    state["ran"] = []
    assert drawloom.resume(run, task=inner).outputs()[0] == 7
    assert state["ran"] == []
    with pytest.raises(ResumeError, match="another task"):
        drawloom.resume(run, task=step)


def test_values_of_variables_are_not_recorded_and_have_to_be_given_again(tmp_path):
    drawloom.with_runcontext(run_base_dir=tmp_path / "r", env_vars={"TOKEN": "s3cret"}).start(pipeline, {})
    assert all(b"s3cret" not in file.read_bytes() for file in (tmp_path / "r").iterdir() if file.is_file())
    with pytest.raises(ResumeError, match="TOKEN"):
        drawloom.resume(tmp_path / "r")
    state["fail"] = False
    assert drawloom.resume(tmp_path / "r", env_vars={"TOKEN": "other"}).outputs()[0] == 9


def test_what_is_no_record_is_one_clear_error(tmp_path):
    with pytest.raises(RunDirectoryError, match="no record of a run 'nobody'"):
        drawloom.resume("nobody")
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(RunDirectoryError, match="not the record of a run"):
        drawloom.resume(tmp_path)
    (tmp_path / "run.json").write_text(json.dumps({"kind": "actions", "format": 99}))
    with pytest.raises(RunDirectoryError, match="another version"):
        drawloom.resume(tmp_path)


def test_other_settings_of_the_run_are_those_it_began_with(tmp_path):
    seen = []

    @env.task
    def look() -> None:
        context = drawloom.ctx()
        seen.append((context.action.project, context.version, context.raw_data_path, dict(context.custom_context)))
        seen.append(context.run_start_time)

    run = drawloom.with_runcontext(
        project="p", version="v7", raw_data_path=tmp_path / "raw", custom_context={"a": "b"},
        run_base_dir=tmp_path / "r", copy_style="none", max_action_concurrency=2,
    ).run(look)  # fmt: skip
    pathlib.Path(run.url, "journal.wal").write_bytes(b"")
    drawloom.resume(run, task=look)
    assert seen[:2] == seen[2:]


def test_a_traced_step_that_had_succeeded_is_not_taken_again(tmp_path):
    ran = []

    @drawloom.trace
    def ask(question: str) -> list[str]:
        ran.append(question)
        return [question, "answer"]

    @drawloom.trace
    async def aask(question: str) -> None:
        ran.append(question)

    @drawloom.trace
    def untold(question) -> str:
        ran.append("untold")
        return question

    @env.task
    async def talk() -> list[str]:
        await aask("first")
        got = ask("a") + ask("a") + [untold("b")]
        if state["fail"]:
            raise RuntimeError("later")
        return got

    failed = drawloom.with_runcontext(run_base_dir=tmp_path / "r").start(talk, {})
    assert ran == ["first", "a", "a", "untold"]
    ran.clear()
    state["fail"] = False
    assert drawloom.resume(failed, task=talk).outputs()[0] == ["a", "answer", "a", "answer", "b"]
    # A step whose argument has no type cannot be told from another one.
    assert ran == ["untold"]
