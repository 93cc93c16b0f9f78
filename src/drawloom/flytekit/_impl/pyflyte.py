"""`pyflyte` as a click command, so that scripts and tests that call `CliRunner().invoke(pyflyte.main, ["run", ...])` work.

`run`, `package`, `serialize`, `local-cache` and `info` do what they do in flytekit, on this machine; a command or an option that
needs a platform is refused with the reason. The command for people is `drawloom`.
"""

from __future__ import annotations

import dataclasses
import os
import platform
import tarfile
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

import click

from compiler import ImageConfig, Interface, LiveSettings, SerializationSettings, compile_bundle, write_folder
from drawloom import __version__
from drawloom.cli.inputs.options import click_options, collect, inputs_of, texts_of
from drawloom.cli.terminal.output import Output
from drawloom.cli.terminal.results import show_failure
from drawloom.context import RawDataPath
from drawloom.flytekit._impl.local_cache import LocalTaskCache
from drawloom.interpreter import load, run
from drawloom.local.call import local_options
from drawloom.local.modules import choose_one, entities_in, entities_of, import_target, put_on_path
from drawloom.unsupported import REASONS
from literals import DrawloomError
from typeengine import NamedCodecs

NEEDS_PLATFORM = {
    "backfill": "platform", "build": "image_builder", "execution": "platform", "fetch": "platform", "get": "platform",
    "init": "registration", "launchplan": "platform", "metrics": "platform", "register": "registration", "serve": "connectors",
}  # fmt: skip
"""Commands that are refused, with the reason's name in `drawloom.unsupported`."""
REMOTE_OPTIONS = [
    "destination-dir=",
    "copy=",
    "copy-all",
    "image/-i=",
    "service-account=",
    "wait/--wait-execution",
    "poll-interval=",
    "dump-snippet",
    "interruptible=",
    "resource-requests=",
    "resource-limits=",
    "tag/--tags=",
    "label/--labels=",
    "annotation/--annotations=",
    "disable-notifications",
    "remote/-r",
    "limit=",
    "cluster-pool=",
    "execution-cluster-label/--ecl=",
]
"""Options of `pyflyte run` that say how a platform is to run the entity; `=` marks those with a value."""


class _Entity(Protocol):
    """A task, workflow or launch plan."""

    name: str
    python_interface: Interface


class RefusedError(DrawloomError, ValueError):
    """The command line asks for what needs a platform."""


class _Commands(click.Group):
    """A group whose commands end with an error on one screen and exit code 1, whatever went wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; `--verbose` shows drawloom's own frames too."""
        try:
            return super().invoke(ctx)
        except click.ClickException:
            raise  # a wrong command line is click's to show, also where it is an error of drawloom's
        except DrawloomError as error:
            Output().error(error)
            if ctx.params.get("verbose"):
                traceback.print_exception(error)
            ctx.exit(1)


@click.group("pyflyte", cls=_Commands, invoke_without_command=True)
@click.option("-v", "--verbose", count=True, help="Show the frames of an error.")
@click.option("-k", "--pkgs", multiple=True, help="Python packages to work on; commas separate several.")
@click.option("-c", "--config", help="A file of the platform's client, which is refused.")
@click.pass_context
def main(ctx: click.Context, verbose: int, pkgs: tuple[str, ...], config: str | None) -> None:
    """Flytekit's commands, on this machine."""
    del verbose
    if config is not None:
        raise _refused("--config", "config_file")
    ctx.obj = [name for listed in pkgs for name in listed.split(",") if name]
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _refused(what: str, reason: str) -> RefusedError:
    return RefusedError(
        f"{what} needs {REASONS[reason].needs}",
        where=f"pyflyte {what}",
        expected="a command that works here",
        got=what,
        fix=REASONS[reason].instead,
    )


def _refusing(name: str, reason: str) -> click.Command:
    def refuse(**_: object) -> None:
        raise _refused(name, reason)

    return click.Command(
        name,
        callback=refuse,
        params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)],
        help=f"Refused: needs {REASONS[reason].needs}.",
        context_settings={"ignore_unknown_options": True},
        add_help_option=False,
    )


for _name, _reason in NEEDS_PLATFORM.items():
    main.add_command(_refusing(_name, _reason))
register = main.commands["register"]


def _remote_options() -> list[click.Parameter]:
    def refuse(ctx: click.Context, param: click.Parameter, value: object) -> None:
        del ctx
        if value not in (None, False, ()):
            raise _refused(f"run {param.opts[0]}", "platform")

    made: list[click.Parameter] = []
    for entry in REMOTE_OPTIONS:
        first, *more = entry.rstrip("=").split("/")
        made.append(
            click.Option(
                [f"--{first}", *more], is_flag=not entry.endswith("="), default=None, callback=refuse, hidden=True,
                expose_value=False, is_eager=True,
            )
        )  # fmt: skip
    return made


class _Runnable(click.Group):
    """The entities of one file, each a command."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        del ctx
        return list(entities_in(import_target(self.name or "")))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command that runs one."""
        flags = cast("dict[str, Any]", ctx.find_object(dict) or {})
        return _entity_command(
            choose_one(entities_in(import_target(self.name or "")), cmd_name, self.name or ""), flags
        )


class _Run(click.Group):
    """`run`: its subcommands are whatever files there are."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Files are not listed."""
        del ctx
        return []

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The entities of this file."""
        del ctx
        return _Runnable(cmd_name, help=f"Run a workflow, task or launch plan from {cmd_name}", params=[])


@main.group("run", cls=_Run, params=_remote_options())
@click.option("-p", "--project", default="flytesnacks", help="Project of the identifiers.")
@click.option("-d", "--domain", default="development", help="Domain of the identifiers.")
@click.option("--name", default="", help="Name of the run.")
@click.option("--env", "--envvars", "env", multiple=True, help="A variable for the tasks: NAME=VALUE.")
@click.option("--raw-output-data-prefix", "--raw-data-prefix", "prefix", help="Where raw data goes.")
@click.option("--max-parallelism", type=click.IntRange(min=0), default=0, help="At most this many tasks at once.")
@click.option("--overwrite-cache", is_flag=True, help="Run cached tasks again, and store the new results.")
@click.pass_context
def run_command(ctx: click.Context, **flags: object) -> None:
    """Run a workflow, task or launch plan of a Python file on this machine."""
    ctx.obj = flags


def _entity_command(entity: _Entity, flags: dict[str, Any]) -> click.Command:
    settings = LiveSettings(project=flags.get("project"), domain=flags.get("domain"))
    compiled = compile_bundle([entity], settings)
    program = load(compiled.data)
    key = program.find(entity.name)
    rows = inputs_of(program, key, entity)
    options = click_options(rows, {"--inputs-file", "--help"})

    def execute(inputs_file: Path | None = None, **given: object) -> None:
        values = collect(rows, texts_of(rows, given), inputs_file)
        os.environ.update(_pairs(flags.get("env", ())))
        click.echo("Running Execution on local.")
        chosen = local_options(
            raise_errors=False,
            name=flags.get("name", ""),
            max_parallelism=flags.get("max_parallelism", 0),
            **({"overwrite_cache": True} if flags.get("overwrite_cache") else {}),
            **({"state": {"raw_data_path": RawDataPath(flags["prefix"])}} if flags.get("prefix") else {}),
        )
        result = run(program, values, entity=key, entities=compiled.entities, options=chosen)
        if result.failure is not None:
            show_failure(Output(), result.failure.raisable(), result.failure.traceback)
            click.get_current_context().exit(1)
        click.echo(_shown(entity, result.outputs))

    file = click.Option(["--inputs-file"], type=click.Path(path_type=Path, dir_okay=False), help="Inputs as JSON.")
    return click.Command(entity.name, callback=execute, params=[*options, file], help=f"Run {entity.name}.")


def _shown(entity: _Entity, outputs: Mapping[str, bytes]) -> str:
    """The outputs as flytekit prints them: one value, or a tuple with their names."""
    interface = entity.python_interface
    values = NamedCodecs(interface.output_codecs, entity.name, "output").decode(outputs)
    made = interface.join_outputs(values)
    if type(made) is tuple:
        return f"DefaultNamedTupleOutput({', '.join(f'{name}={value!r}' for name, value in values.items())})"
    return "" if made is None else str(made)


def _packages(names: list[str], source: Path) -> list[Any]:
    """Every entity of the packages and the modules below them, each once."""
    if not names:
        raise click.UsageError("no packages are named: pass --pkgs before the command")
    put_on_path([str(source.resolve())])
    found: list[Any] = []
    for name in names:
        found += [e for e in entities_of(name).values() if all(e is not other for other in found)]
    return found


def _written(names: list[str], source: Path, settings: SerializationSettings, folder: Path) -> list[Path]:
    entities = _packages(names, source)
    click.echo(f"Loading packages {names} under source root {source.resolve()}")
    folder.mkdir(parents=True, exist_ok=True)
    write_folder(compile_bundle(entities, settings), folder)
    files = sorted(folder.glob("*.pb"))
    click.echo(f"Successfully serialized {len(files)} flyte entities")
    return files


def _pairs(entries: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUE` of the command line, by name.

    Raises:
        UsageError: an entry without `=`.
    """
    made: dict[str, str] = {}
    for entry in entries:
        name, sign, value = entry.partition("=")
        if not sign or not name:
            raise click.UsageError(f"{entry!r} is not NAME=VALUE")
        made[name] = value
    return made


def _settings(image: tuple[str, ...], python: str | None, env: tuple[str, ...]) -> SerializationSettings:
    named = _pairs(entry if "=" in entry else f"default={entry}" for entry in image)
    made = SerializationSettings(env=_pairs(env) or None)
    if named:
        default = named.pop("default", None)
        made = dataclasses.replace(made, image_config=ImageConfig.from_images(default or "python:3.11-slim", named))
    return dataclasses.replace(made, python_interpreter=python) if python else made


def _image_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--env", "--envvars", "env", multiple=True, help="A variable for the containers: NAME=VALUE."),
        click.option("-i", "--image", multiple=True, help="An image: NAME=REFERENCE, or the default's reference."),
    ):
        command = option(command)
    return command


@main.command("package")
@_image_options
@click.option(
    "-s", "--source", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Root of the code."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("flyte-package.tgz"), help="The archive.")
@click.option("--fast", is_flag=True, help="Refused: code beside the image needs a platform.")
@click.option("--copy", type=click.Choice(["all", "auto", "none"]), default="none", help="Refused but for none.")
@click.option("-f", "--force", is_flag=True, help="Replace the archive.")
@click.option("-p", "--python-interpreter", help="The interpreter in the container.")
@click.pass_obj
def package_command(  # noqa: PLR0917 - click gives the options by name
    names: list[str], source: Path, output: Path, fast: bool, copy: str, force: bool,  # noqa: FBT001 - as above
    python_interpreter: str | None, image: tuple[str, ...], env: tuple[str, ...],
) -> None:  # fmt: skip
    """Write the specifications of all entities of the packages into one archive."""
    if fast or copy != "none":
        raise _refused("package --fast", "registration")
    if output.exists() and not force:
        raise click.BadParameter(f"{output} exists already; pass --force to replace it", param_hint="--output")
    settings = _settings(image, python_interpreter, env)
    with tempfile.TemporaryDirectory() as folder:
        files = _written(names, source, settings, Path(folder))
        with tarfile.open(output, "w:gz") as archive:
            for file in files:
                click.echo(f"  Packaging {file.name}")
                archive.add(file, arcname=file.name)
    click.echo(f"Successfully packaged {len(files)} flyte objects into {output.resolve()}")


@main.group("serialize")
@_image_options
@click.option("--local-source-root", type=click.Path(path_type=Path), default=Path(), help="Root of the code.")
@click.pass_context
def serialize_command(
    ctx: click.Context, local_source_root: Path, image: tuple[str, ...], env: tuple[str, ...]
) -> None:
    """Write the specifications of all entities of the packages into a folder."""
    ctx.obj = (ctx.obj, local_source_root, _settings(image, None, env))


@serialize_command.command("workflows")
@click.option("-f", "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The folder.")
@click.pass_obj
def serialize_workflows(given: tuple[list[str], Path, SerializationSettings], folder: Path) -> None:
    """One file for each task, workflow and launch plan."""
    names, source, settings = given
    _written(names, source, settings, folder)


serialize_command.add_command(_refusing("fast", "registration"))


@main.group("local-cache")
def local_cache_command() -> None:
    """Results kept on this machine."""


@local_cache_command.command("clear")
def clear_local_cache() -> None:
    """Forget all of them."""
    LocalTaskCache.clear()


@main.command("info")
def info_command() -> None:
    """Which versions there are."""
    click.echo(f"drawloom {__version__}, Python {platform.python_version()}")
