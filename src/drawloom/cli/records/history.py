"""`drawloom runs`, `drawloom resume`, `drawloom cache`: what earlier runs left on disk."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from drawloom.actions.resume import start_again
from drawloom.cli.codes import FAILED, OK
from drawloom.cli.inputs.flags import ACTION, WHY_NOT, Pair
from drawloom.cli.inputs.typed_text import literal_of_texts
from drawloom.cli.records.export import FORMATS, export_run, send
from drawloom.cli.targets import folder_of
from drawloom.cli.terminal.live_tree import SIGNS
from drawloom.cli.terminal.output import Output, counted
from drawloom.cli.terminal.peer import allow_pickle, as_peer
from drawloom.cli.terminal.progress import ProgressLines
from drawloom.cli.terminal.results import say_resume, show_failure, show_outputs
from drawloom.cli.terminal.run_tree import indented, spans
from drawloom.cli.terminal.suggestions import run_names
from drawloom.context import default_file_access, is_remote, local_path, shown
from drawloom.interpreter import (
    ACTIONS,
    RecordedRun,
    RunInfo,
    SqliteCache,
    State,
    find_runs,
    load,
    open_cache,
    raw_data_given,
    read_info,
    read_run,
    remove_remote,
    remove_run,
    remove_stored,
    resume,
    send_signal,
    sizes_of,
    unreferred,
    unreferred_remote,
)
from drawloom.ir import walk_template
from drawloom.local.call import local_options
from drawloom.local.errors import TargetError
from drawloom.local.home import home, runs_root
from drawloom.local.modules import put_on_path
from drawloom.local.terminal import NO, YES, ask_at_terminal
from drawloom.local.trust import check_record, given_folders
from literals import literal_text, parse, pb

_json = click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")


@click.group("runs", invoke_without_command=True)
@click.pass_context
@_json
def runs_group(ctx: click.Context, as_json: bool) -> None:  # noqa: FBT001 - click gives the options by name
    """List recorded runs, the newest first. `drawloom runs show RUN` shows one."""
    if ctx.invoked_subcommand is not None:
        return
    output = Output(as_json=as_json)
    good, bad = find_runs(runs_root())
    infos = [_info(info) for info in good]
    if as_json:
        unreadable = [{"path": str(each.path), "reason": each.error.what} for each in bad]
        output.document({"runs": infos, "unreadable": unreadable})
        return
    rows = [[i["name"], i["state"], i["entity"], _when(i["started"]), str(i["finished"])] for i in infos]
    output.table(["run", "state", "entity", "started", "tasks done"], rows, f"no runs in {runs_root()}")
    for each in bad:
        output.note(f"not readable: {each.path}: {each.error.what}", style="yellow")


@runs_group.command("show")
@click.argument("run", metavar="RUN", shell_complete=run_names)
@click.option("--node", help="Only this node: its address, or the name of an action or of its task.")
@click.option("--events", "as_events", is_flag=True, help="Each event in its order, instead of the tree.")
@click.option(
    "--raw-data", "as_data", is_flag=True, help="What each node stored, with sizes and addresses, remote stores too."
)
@_json
def show_run(run: str, node: str | None, as_events: bool, as_data: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives the options by name
    """Show what happened in RUN as a tree, with times, outputs and errors; or each event, or those of one node; or the raw data."""
    output = Output(as_json=as_json)
    if as_data and as_events:
        raise click.UsageError("--events and --raw-data are two views: give one of them")
    recorded = read_run(folder_of(run))
    info = recorded.info
    events = [frame for frame in recorded.frames if frame["k"] == "ev" and node in {None, frame["a"], frame["e"]}]
    if node is not None and not events:
        raise TargetError(
            f"run {info.name} has no node {node!r}",
            expected="one of its nodes",
            got=repr(node),
            fix=f"`drawloom runs show {run}` lists them",
        )
    ends = [frame for frame in recorded.frames if frame["k"] == "end"]
    if as_data:
        _show_raw_data(output, recorded, node)
        return
    trail: list[str] = ends[-1].get("tr", []) if ends and info.ended else []
    folder = recorded.info.path
    sizes = sizes_of(folder, _prefix() or folder / "raw_data")
    if as_json:
        output.document({**_info(info), "bytes": sizes, "trail": trail, "events": [_event(frame) for frame in events]})
        return
    output.line(f"{info.name}: {info.state.value}, {info.entity.name}, {counted(info.finished, 'task')} finished")
    output.line(f"size: {sizes['record']:,} bytes of record, {sizes['raw_data']:,} bytes of raw data")
    if info.resumed:
        output.line(f"resumed: {info.resumed}; taken from the record: {info.recovered}")
    if info.damaged:
        output.line(f"the last {info.damaged:,} bytes of the journal are damaged and do not count", style="yellow")
    if info.detail:
        output.line(info.detail, style="red")
    for step in trail:
        output.line(f"  in {step}", style="dim")
    if not as_events and node is None:
        _show_tree(output, recorded)
        return
    rows = [
        [_when(e["t"]), e["a"] or "(run)", e["s"], e["e"], e.get("p", ""), e.get("d", "").split("\n")[0]]
        for e in events
    ]
    output.table(["time", "node", "state", "entity", "caller", "detail"], rows, "no events")


def _show_raw_data(output: Output, recorded: RecordedRun, node: str | None) -> None:
    """What each node gave that lies in a store: who ended first gave it, and others passed it on."""
    found = sorted((each for each in spans(recorded) if each.address), key=lambda each: each.ended)
    given = raw_data_given([(each.address, each.outputs) for each in found], default_file_access())
    names = {each.address: each.name for each in found}
    rows = [each for each in given if node in {None, each.node, names[each.node]}]
    size = sum(each.size or 0 for each in rows)
    if output.as_json:
        output.document({"name": recorded.info.name, "raw_data": [each._asdict() for each in rows], "bytes": size})
        return
    told = [
        [each.node, each.output, "gone" if each.size is None else f"{each.size:,}", shown(each.address)]
        for each in rows
    ]
    output.table(["node", "output", "bytes", "address"], told, "no raw data")
    if rows:
        output.line(f"{size:,} bytes")


def _prefix() -> Path | None:
    """Where raw data go here; None where that is not a folder of this machine."""
    prefix = default_file_access().raw_output_prefix
    return None if is_remote(prefix) else local_path(prefix)


@runs_group.command("rm")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Remove nothing; say what would go.")
@_json
def remove_runs(runs: tuple[str, ...], dry_run: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives the options by name
    """Remove the records of RUN..., and the raw data that nothing else refers to: no other record, and no cached result."""
    output = Output(as_json=as_json)
    cached, freed = list(_store().values()), 0
    folders = [folder_of(run) for run in runs]
    for folder in folders:
        size = remove_run(folder, _prefix() or folder / "raw_data", cached, dry_run=dry_run)
        output.line(f"{'would remove' if dry_run else 'removed'} {folder.name}: {size:,} bytes")
        freed += size
    if as_json:
        output.document(
            {"ok": True, "removed": [folder.name for folder in folders], "bytes": freed, "dry_run": dry_run}
        )


@runs_group.command("gc")
@click.option("--yes/--dry-run", "really", default=False, help="Remove it; otherwise only say what would go.")
@click.option("--older-than", default=24.0, show_default=True, help="Keep what was stored within this many hours.")
@click.option(
    "--raw-data", "prefix", metavar="ADDRESS",
    help="Look below this prefix, which may be remote. What other machines' records refer to is not known here: name only what this "
    "machine alone writes to.",
)  # fmt: skip
@_json
def collect_garbage(really: bool, older_than: float, prefix: str | None, as_json: bool) -> None:  # noqa: FBT001 - click gives the options by name
    """Find the raw data that no record and no cached result of this machine refers to, and with --yes remove them."""
    output = Output(as_json=as_json)
    cached, younger, local = _store().values(), older_than * 3600, _prefix() or home() / "raw-data"
    if prefix is not None and is_remote(prefix):
        access = default_file_access()
        remote = unreferred_remote(access, prefix, runs_root(), local, cached, younger=younger)
        found = [(each.address, each.size) for each in remote]
        if really:
            remove_remote(access, remote)
    else:
        stored = unreferred(local if prefix is None else local_path(prefix), runs_root(), cached, younger=younger)
        found = [(str(each.path), each.size) for each in stored]
        if really:
            remove_stored(stored)
    size = sum(each for _, each in found)
    if as_json:
        rows = [{"path": path, "bytes": each} for path, each in found]
        output.document({"ok": True, "unreferred": rows, "bytes": size, "removed": really})
        return
    output.table(["bytes", "path"], [[f"{each:,}", path] for path, each in found], "nothing is unreferred")
    if found:
        output.line(f"{'removed' if really else 'would remove'} {len(found)} with {size:,} bytes")
    if found and not really:
        output.note("nothing was removed; --yes does")


def _show_tree(output: Output, recorded: RecordedRun) -> None:
    for name, data in recorded.inputs.items():
        output.line(f"  {name} = {_shown(data)}", style="dim")
    for depth, span in indented(spans(recorded)):
        took = f" {span.ended - span.started:.2f}s" if span.ended else ""
        attempts = f" (attempt {span.attempts})" if span.attempts > 1 else ""
        what = " ".join(filter(None, (span.address or "run", span.name)))
        output.line(f"{'  ' * depth}{SIGNS[State(span.state)][0]} {what}{attempts} {span.state.lower()}{took}")
        for name, data in span.outputs.items():
            output.line(f"{'  ' * depth}    {name} = {_shown(data)}", style="dim")
        if span.detail and depth:
            output.line(f"{'  ' * depth}    {span.detail.splitlines()[0]}", style="red")


_LONGEST_VALUE = 100


def _shown(data: bytes) -> str:
    text = literal_text(parse(pb.Literal, data))
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


@runs_group.command("export")
@click.argument("run", metavar="RUN", shell_complete=run_names)
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS]),
    default="perfetto",
    show_default=True,
    help="Format of the trace.",
)
@click.option(
    "-o", "--output", "destination", type=click.Path(path_type=Path), help="The file; standard output if not given."
)
@click.option("--to", help="Send the spans to a receiver of OTLP over HTTP, such as http://localhost:4318.")
def export_command(run: str, form: str, destination: Path | None, to: str | None) -> None:
    """Write RUN as a trace: for ui.perfetto.dev and Chrome, or as spans of OpenTelemetry (OTLP as JSON)."""
    if to is not None:
        if form != "otlp" or destination is not None:
            raise click.UsageError("--to sends spans of OpenTelemetry: give --format otlp, and no --output")
        recorded = read_run(folder_of(run))
        send(recorded.info, spans(recorded), to)
        return
    export_run(folder_of(run), form, destination)


def _event(frame: dict[str, Any]) -> dict[str, Any]:
    names = {"g": "group", "p": "caller", "x": "seconds", "f": "failures"}
    more = {name: frame[key] for key, name in names.items() if key in frame}
    return {
        "node": frame["a"], "state": frame["s"], "entity": frame["e"], "attempt": frame["n"], "time": frame["t"],
        "detail": frame.get("d", ""), **more,
    }  # fmt: skip


def _info(info: RunInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "kind": info.kind,
        "state": info.state.value,
        "entity": info.entity.name,
        "started": info.started,
        "ended": info.ended or None,
        "finished": info.finished,
        "resumed": info.resumed,
        "recovered": info.recovered,
        "detail": info.detail,
        "path": str(info.path),
    }


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds)) if seconds else ""


@click.command("resume")
@click.argument("run", metavar="RUN", shell_complete=run_names)
@as_peer
@allow_pickle
@click.option("--path", multiple=True, type=click.Path(), help="A folder to look for task modules in (repeatable).")
@click.option(
    "-e",
    "--env",
    "env_vars",
    multiple=True,
    type=Pair(),
    help="Set a variable of the run again (repeatable); its record does not keep their values.",
)
@click.option(
    "--python", default="", type=click.Path(), help="An interpreter with flytekit, for tasks that flytekit compiled."
)
@click.option("--executor", default=None, help="What runs the tasks from now on: an address, as `run` takes it.")
@click.option(
    "--gates", type=click.Choice(["ask", "wait"]), help="Ask for answers, or wait for `drawloom signal` from elsewhere."
)
@click.option("--trust", is_flag=True, help="Resume a record from elsewhere whatever modules and commands it names.")
@_json
def resume_command(  # noqa: PLR0917 - click gives the options by name
    run: str,
    path: tuple[str, ...],
    env_vars: tuple[tuple[str, str], ...],
    python: str,
    executor: str | None,
    gates: str | None,
    trust: bool,  # noqa: FBT001 - click gives the options by name
    as_json: bool,  # noqa: FBT001 - click gives the options by name
) -> int:
    """Continue RUN from where it stopped. Finished tasks do not run again."""
    output = Output(as_json=as_json)
    put_on_path([*(str(Path(folder).resolve()) for folder in path), str(Path.cwd())])
    folder = folder_of(run)
    is_foreign = not folder.resolve().is_relative_to(runs_root().resolve())
    if trust and not is_foreign:
        raise click.UsageError("--trust is for records from elsewhere, and this run is one of this user's own")
    if is_foreign and not trust:
        check_record(folder, given_folders(path), python=python)
    if read_info(folder).kind == ACTIONS:
        if gates:
            raise click.UsageError(f"--gates does not act on {ACTION}, and {run} is a run of one: {WHY_NOT['gates']}")
        made = start_again(folder, dict(env_vars), executor)
        if made.error is not None:
            show_failure(output, made.error, made.error.__traceback__)
            say_resume(output, run)
            return FAILED
        show_outputs(output, made.literals)
        return OK
    with ProgressLines(output) as progress:
        ask = None if gates == "wait" else progress.asking(ask_at_terminal)
        options = local_options(observers=(progress,), raise_errors=False, python=python, executor=executor, ask=ask)
        result = resume(folder, options=options)
    if result.failure is not None:
        show_failure(output, result.failure.raisable(), result.failure.traceback)
        say_resume(output, run)
        return FAILED
    show_outputs(output, result.outputs)
    return OK


@click.command("signal")
@click.argument("run", metavar="RUN", shell_complete=run_names)
@click.argument("signal", metavar="ID")
@click.argument("value", metavar="VALUE")
def signal_command(run: str, signal: str, value: str) -> None:
    """Answer a gate that RUN is waiting at. ID names the gate; VALUE is yes or no, or a value of its type."""
    folder = folder_of(run)
    gates = dict(_gates(folder))
    if signal not in gates:
        raise TargetError(
            f"run {run} has no gate {signal!r}",
            expected=", ".join(sorted(gates)) or "a run with gates",
            got=repr(signal),
            fix="give the name of one of its gates",
        )
    gate = gates[signal]
    if gate.WhichOneof("condition") == "signal":
        send_signal(folder, signal, literal_of_texts([value], gate.signal.type, None, signal))
        return
    if value.lower() not in {*YES, *NO}:
        raise TargetError(
            "an approval is answered with yes or no",
            where=signal,
            expected="yes or no",
            got=value,
            fix=f"drawloom signal {run} {signal} yes",
        )
    send_signal(folder, signal, value.lower() in YES)


def _gates(folder: Path) -> Iterator[tuple[str, Any]]:
    """Gates of a recorded run by what answers them."""
    for template in load(read_run(folder).bundle).workflows.values():
        for place in walk_template(template):
            gate = place.node.gate_node
            kind = gate.WhichOneof("condition")
            if kind in {"signal", "approve"}:
                yield getattr(gate, kind).signal_id, gate


@click.group("cache")
def cache_group() -> None:
    """List, verify and clear cached results of tasks."""


def _store() -> SqliteCache:
    return open_cache(home() / "cache.db")


def _mended(store: SqliteCache) -> dict[str, str]:
    return {"damaged": str(store.mended)} if store.mended is not None else {}


def _say_mended(output: Output, store: SqliteCache) -> None:
    if store.mended is not None:
        output.line(f"the file was damaged: it is {store.mended} now, and the cache begins anew", style="yellow")


@cache_group.command("ls")
@_json
def list_cache(as_json: bool) -> None:  # noqa: FBT001 - click gives the options by name
    """List the entries."""
    output = Output(as_json=as_json)
    store = _store()
    entries = store.entries()
    if as_json:
        output.document({"entries": [entry._asdict() for entry in entries], **_mended(store)})
        return
    _say_mended(output, store)
    rows = [[entry.name, entry.key[:16], _when(entry.created), f"{entry.size:,}"] for entry in entries]
    output.table(["task", "key", "stored", "bytes"], rows, "the cache is empty")


@cache_group.command("clear")
@click.argument("task", required=False, default="")
@_json
def clear_cache(task: str, as_json: bool) -> None:  # noqa: FBT001 - click gives the options by name
    """Remove all entries, or those of TASK."""
    output = Output(as_json=as_json)
    store = _store()
    count = store.clear(task)
    _say_mended(output, store)
    output.line(f"{counted(count, 'entry', 'entries')} removed")
    if as_json:
        output.document({"ok": True, "forgotten": count, **_mended(store)})


@cache_group.command("verify")
@_json
def verify_cache(as_json: bool) -> int:  # noqa: FBT001 - click gives the options by name
    """Read every entry; exit 1 if any is damaged. A damaged one is a miss, never an error of a run."""
    output = Output(as_json=as_json)
    store = _store()
    bad = store.verify()
    if as_json:
        found_bad = [entry._asdict() for entry in bad]
        output.document({"ok": not bad and store.mended is None, "bad": found_bad, **_mended(store)})
    _say_mended(output, store)
    for entry in bad:
        output.line(f"damaged: {entry.name} {entry.key}")
    if not bad:
        output.line("every entry is good")
    return FAILED if bad or store.mended is not None else OK
