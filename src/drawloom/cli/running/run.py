"""`drawloom run TARGET NAME --input ...`: options out of the interface, progress while it goes, results at the end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Generator, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from compiler import Description, Documentation, LiveSettings, compile_bundle
from drawloom.actions.environment import is_action_task
from drawloom.cli.codes import FAILED, OK
from drawloom.cli.inputs.flags import ACTION, GRAPH, WHY_NOT, check_flags, run_context_of, takes
from drawloom.cli.inputs.options import Input, click_options, collect, inputs_of, is_of_input, texts_of
from drawloom.cli.running.entity_command import COMMON, EntityCommand, run_options
from drawloom.cli.running.remote_run import run_remotely
from drawloom.cli.terminal.output import Output
from drawloom.cli.terminal.peer import PICKLE_FLAG, allow_pickle, as_peer
from drawloom.cli.terminal.progress import ProgressLines
from drawloom.cli.terminal.results import say_resume, show_failure, show_outputs
from drawloom.cli.terminal.suggestions import files
from drawloom.cli.usage import INPUT_PREFIX, HelpfulGroup
from drawloom.context import LogSettings, RawDataPath, custom_context, logging_as, using
from drawloom.interpreter import Program, check_name, load, made_up_name, run
from drawloom.ir import Key
from drawloom.local.call import local_options
from drawloom.local.home import runs_root
from drawloom.local.modules import choose_one, entities_of, is_python, put_on_path
from drawloom.local.terminal import ask_at_terminal
from drawloom.local.trust import check_trust, given_folders
from literals import DrawloomError, literal_text, parse, pb


class Target:
    """What the first argument names, opened once: a program, and the live entities if it was Python."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.live: dict[str, Any] = {}
        self.program: Program | None = None
        if is_python(target):
            self.live = entities_of(target)
        else:
            put_on_path([str(Path.cwd()), str(Path(target).resolve().parent)])
            self.program = load(Path(target))

    def names(self) -> list[str]:
        """What can be run, the workflows first."""
        if self.program is None:
            return list(self.live)
        keys = self.program.keys()
        return list(dict.fromkeys(key.name for key in keys))

    def find(self, name: str) -> tuple[Program, Key, Any, Mapping[Key, Any]]:
        """Program, key, live entity (None from a file) and live entities for a name."""
        if self.program is not None:
            return self.program, self.program.find(name), None, {}
        entity = choose_one(self.live, name, self.target)
        compiled = compile_bundle([entity], LiveSettings())
        program = load(compiled.data)
        return program, program.find(entity.name), entity, compiled.entities


class TargetGroup(HelpfulGroup):
    """The entities of one target, each a command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order in which help lists them."""
        del ctx
        return self._target().names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        del ctx
        return entity_command(self._target(), cmd_name)

    def _target(self) -> Target:
        if not hasattr(self, "_opened"):
            self._opened = Target(self.name or "")
        return self._opened


class RunGroup(HelpfulGroup):
    """`run`: its subcommands are whatever targets there are."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Have the switch for pickles stand anywhere: behind the target it would come too late, for that is imported."""
        ahead = args[: args.index("--")] if "--" in args else args
        if PICKLE_FLAG in ahead:
            args = [PICKLE_FLAG, *(each for each in args if each != PICKLE_FLAG)]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order in which help lists them."""
        del ctx
        return []

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Files, as targets, and the options of a run."""
        return (
            files(ctx, self.params[0], incomplete)
            if not incomplete.startswith("-")
            else super().shell_complete(ctx, incomplete)
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        del ctx
        return TargetGroup(
            cmd_name,
            help=f"Run a task, workflow or launch plan of {cmd_name}.",
            subcommand_metavar="NAME [INPUTS]...",
            params=[],
        )


@click.group("run", cls=RunGroup, subcommand_metavar="FILE NAME [INPUTS]...", params=run_options())
@as_peer
@allow_pickle
@click.pass_context
def run_group(ctx: click.Context, **flags: Any) -> None:
    """Run a task, workflow or launch plan.

    `drawloom run FILE --help` lists what a Python file or compiled file has, and `drawloom run FILE NAME --help` the inputs of one.
    """
    ctx.obj = flags
    if flags["path"]:
        put_on_path([str(Path(folder).resolve()) for folder in flags["path"]])


def entity_command(target: Target, name: str) -> click.Command:
    """The command that runs one entity: an option for each input, and those of the run."""
    program, key, entity, live = target.find(name)
    inputs = inputs_of(program, key, entity)
    kind = ACTION if is_action_task(entity) else GRAPH
    flags = run_options([flag for flag in COMMON if takes(flag, kind)])
    reserved = {spelling for flag in flags for spelling in (*flag.opts, *flag.secondary_opts)} | {"--help"}
    options = click_options(inputs, reserved)
    shared = _shared(flags, inputs)

    def callback(**given: Any) -> int:
        outer = cast("dict[str, Any] | None", click.get_current_context().find_object(dict)) or {}
        chosen = {**outer, **{k: v for k, v in given.items() if not is_of_input(k) and v not in {None, (), False}}}
        _say_whose(shared, Output(as_json=bool(chosen.get("as_json"))))
        # The flag may stand before the target or after the name; the group has seen only the former.
        put_on_path([str(Path(folder).resolve()) for folder in chosen.get("path") or ()])
        _allowed(target, program, chosen)
        texts = texts_of(inputs, given)
        values = collect(inputs, texts, chosen.get("inputs_file"))
        return execute(EntityRun(program, key, entity, live, values, target.live.values()), chosen)

    fixed = [
        f"{row.name} = {literal_text(parse(pb.Literal, row.default))}" for row in inputs if row.is_fixed and row.default
    ]
    parts = [_described(entity), f"Run {key.kind} {key.name}.", f"Fixed: {', '.join(fixed)}." if fixed else ""]
    text = "\n\n".join(filter(None, parts))
    return EntityCommand(name, callback=callback, params=[*options, *flags], help=text)


def _shared(flags: Iterable[click.Parameter], inputs: Iterable[Input]) -> dict[str, click.Parameter]:
    """The options of the run that inputs are called as, by the input's name; their help says so."""
    found: dict[str, click.Parameter] = {}
    for row in inputs:
        for flag in flags:
            if isinstance(flag, click.Option) and f"--{row.name.replace('_', '-')}" in flag.opts and not row.is_fixed:
                flag.help = f"{flag.help} The input of this name is {INPUT_PREFIX}{row.name}."
                found[row.name] = flag
    return found


def _say_whose(shared: Mapping[str, click.Parameter], output: Output) -> None:
    """Note that an option which was typed behind the entity's name is the run's, and how the input of its name is given."""
    context = click.get_current_context()
    for name, flag in shared.items():
        if context.get_parameter_source(flag.name or "") is ParameterSource.COMMANDLINE:
            output.note(f"note: {flag.opts[0]} is the run's own option; the input `{name}` is {INPUT_PREFIX}{name}")


def _allowed(target: Target, program: Program, flags: Mapping[str, Any]) -> None:
    """Refuse what a compiled file would run that was not allowed."""
    if target.program is None:
        if flags.get("trust"):
            raise click.UsageError(f"--trust does not act on {target.target}: {WHY_NOT['trust']}")
        return
    if not flags.get("trust"):
        beside = Path(target.target).resolve().parent
        isolated = bool(flags.get("python")) or flags.get("isolation") not in {None, "thread"}
        folders = given_folders([beside, *(flags.get("path") or ())])
        check_trust(program, folders, target.target, isolated=isolated)


def _described(entity: object) -> str:
    """What the live entity's author says of it; empty for one from a file, which does not carry it."""
    docs = getattr(entity, "docs", None)
    if not isinstance(docs, Documentation):
        written = getattr(getattr(entity, "python_interface", None), "docstring", None)
        texts = [getattr(written, part, None) for part in ("short_description", "long_description")]
        return "\n\n".join(str(each) for each in texts if each)
    longer = docs.long_description
    text = longer.value if isinstance(longer, Description) else longer
    return "\n\n".join(filter(None, (docs.short_description, text)))


class EntityRun(NamedTuple):
    """One thing to run, with its inputs as literals; `beside` are the entities of the same file."""

    program: Program
    key: Key
    entity: Any
    live: Mapping[Key, Any]
    inputs: dict[str, bytes]
    beside: Collection[Any] = ()

    @property
    def everything(self) -> list[Any]:
        """What a failure may come from."""
        return [self.entity, *self.live.values(), *self.beside]


def execute(job: EntityRun, flags: Mapping[str, Any]) -> int:
    """Run it, show what came out, and give the exit code."""
    output = Output(as_json=bool(flags.get("as_json")))
    is_action = is_action_task(job.entity)
    if flags.get("remote") and not is_action:
        return run_remotely(job.entity, job.inputs, flags, output)
    check_flags(flags, ACTION if is_action else GRAPH, job.key.name)
    if is_action:
        return _execute_action(job, flags, output)
    chosen = options_of(flags, job.key)
    if flags.get("gates") == "wait":
        output.note(f"answer gates with: drawloom signal {flags.get('run_base_dir') or chosen['name']} ID VALUE")
    try:
        with ProgressLines(output) as progress, _ambient(flags):
            chosen.setdefault("ask", progress.asking(ask_at_terminal))
            options = local_options(observers=(progress,), raise_errors=False, **chosen)
            result = run(job.program, job.inputs, entity=job.key, entities=job.live, options=options)
    except KeyboardInterrupt:
        if "run_dir" in chosen:
            say_resume(output, flags.get("run_base_dir") or chosen["name"])
        raise
    if result.failure is not None:
        show_failure(output, result.failure.raisable(), result.failure.traceback, job.everything)
        if "run_dir" in chosen:
            say_resume(output, flags.get("run_base_dir") or chosen["name"])
        return FAILED
    show_outputs(output, result.outputs)
    return OK


@contextlib.contextmanager
def _ambient(flags: Mapping[str, Any]) -> Generator[None]:
    """What the flags say about the surroundings of a graph's tasks, for the block."""
    changes: dict[str, Any] = {}
    if flags.get("raw_data_path"):
        changes = {"raw_data_path": RawDataPath(flags["raw_data_path"]), "file_access": None}
    variables: dict[str, str] = dict(flags.get("custom_context") or ())
    # This process is the run's alone, and the tasks' processes inherit its variables.
    os.environ.update(dict(flags.get("env_vars") or ()))
    with (
        logging_as(
            LogSettings(flags.get("log_level"), None, flags.get("log_format") or "console"),
            preserve_root=bool(flags.get("reset_root_logger")),
        ),
        using(**changes),
        custom_context(**variables),
    ):
        yield


def options_of(flags: Mapping[str, Any], key: Key) -> dict[str, Any]:
    """Options of the interpreter out of the command line's flags."""
    name = check_name(flags["name"], "--name") if flags.get("name") else made_up_name(key.name)
    chosen: dict[str, Any] = {"name": name}
    if flags.get("run_base_dir"):
        chosen["run_dir"] = flags["run_base_dir"]
    elif not flags.get("no_record"):
        chosen["run_dir"] = runs_root() / name
    chosen |= {
        option: flags[option] for option in ("durability", "isolation", "executor", "python") if flags.get(option)
    }
    if flags.get("overwrite_cache"):
        chosen["overwrite_cache"] = True
    if flags.get("disable_run_cache"):
        chosen["cache"] = None
    if flags.get("raw_data_path"):
        chosen["state"] = {"raw_data_path": RawDataPath(flags["raw_data_path"])}
    if flags.get("gates") == "wait":
        if "run_dir" not in chosen:
            raise click.UsageError("--gates wait and --no-record: answers from elsewhere are left in the run's record")
        chosen["ask"] = None
    if flags.get("max_parallelism"):
        chosen["max_parallelism"] = flags["max_parallelism"]
    return chosen


def _value(entity: Any, name: str, data: bytes) -> Any:
    """An input in the task's own type, which may take fewer values than the literal type says."""
    try:
        return entity.named_inputs.decode_one(name, data)
    except DrawloomError as error:
        raise click.BadParameter(str(error), param_hint=f"--{name}") from error


def _execute_action(job: EntityRun, flags: Mapping[str, Any], output: Output) -> int:
    values = {name: _value(job.entity, name, data) for name, data in job.inputs.items()}
    chosen, folder = dict(flags), ""
    if not (flags.get("run_base_dir") or flags.get("no_record") or flags.get("dry_run")):
        chosen["name"] = flags.get("name") or made_up_name(job.key.name)
        folder = str(runs_root() / chosen["name"])
    try:
        runner = run_context_of(chosen, folder)
        with ProgressLines(output, has_addresses=False) as progress:
            runner.watch = progress
            made = runner.start(job.entity, values)
    except KeyboardInterrupt:
        if folder or flags.get("run_base_dir"):
            say_resume(output, flags.get("run_base_dir") or chosen["name"])
        raise
    if made.error is not None:
        show_failure(output, made.error, made.error.__traceback__, job.everything)
        if folder or flags.get("run_base_dir"):
            say_resume(output, flags.get("run_base_dir") or chosen["name"])
        return FAILED
    show_outputs(output, made.literals)
    if (folder or flags.get("run_base_dir")) and made.url and not output.as_json:
        output.note(f"record: {made.url}")
    return OK
