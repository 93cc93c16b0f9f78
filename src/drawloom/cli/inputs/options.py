"""Command line options out of an entity's interface: one for each input, typed, with default and help.

Only literal types are needed, so a compiled file offers the same options as the Python that it was made from.
"""

from __future__ import annotations

import enum
import functools
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import click

from compiler import Interface, definition
from drawloom.cli.inputs.typed_text import literal_of_texts, literal_of_value, read_tree, refers
from drawloom.cli.targets import message_of
from drawloom.cli.terminal.suggestions import Suggest, files, one_of
from drawloom.cli.usage import INPUT_PREFIX, CommandLineError
from drawloom.interpreter import Program
from drawloom.ir import Key
from literals import (
    DrawloomError,
    is_none,
    is_simple,
    literal_text,
    parse,
    pb,
    preview,
    takes_none,
    type_text,
    variants,
)
from typeengine import Codec, NamedCodecs


@dataclass(frozen=True)
class Input:
    """One input of an entity.

    Attributes: `name`, `type` (a LiteralType), `help` (empty if undescribed), `default` (literal bytes; None for none),
    `is_required`, `is_fixed` (a launch plan's fixed input: shown, never taken), `codec` (of the live entity's hint; None from a
    file).
    """

    name: str
    type: Any
    help: str = ""
    default: bytes | None = None
    is_required: bool = True
    is_fixed: bool = False
    codec: Codec | None = None

    @property
    def type_text(self) -> str:
        """The type as Python writes it, or as the literal type says it where there is no hint."""
        return type_text(self.type) if self.codec is None else str(self.codec.form)

    @property
    def default_text(self) -> str:
        """The default as Python writes it, or as a literal where there is no hint, or the value lies in a file."""
        default = parse(pb.Literal, self.default or b"")
        if default.scalar.union.value.scalar.WhichOneof("value") == "none_type":
            return "None"
        if self.codec is None or refers(self.type):
            return literal_text(default)
        value = self.codec.decode(self.default or b"")
        return f"{type(value).__name__}.{value.name}" if isinstance(value, enum.Enum) else preview(value)

    @property
    def suggest(self) -> Suggest:
        """What a shell is offered for it."""
        if refers(self.type):
            return files
        return one_of(self.choices or (["true", "false"] if _has_bool(self.type) else []))

    @property
    def choices_text(self) -> str:
        """The values of an enum as they are typed; empty for any other type, and where the hint lists them itself."""
        return f"({'|'.join(self.choices)})" if self.choices and "Literal[" not in self.type_text else ""

    @property
    def choices(self) -> list[str]:
        """What can be typed where that is a short list: the values of an enum, of a Literal of texts, of a bool."""
        found = [each for each in variants(self.type) if not is_none(each)]
        if len(found) != 1:
            return []
        kept = found[0].annotation.annotations.fields.get("literal_values")
        texts = [each.string_value for each in kept.list_value.values] if kept is not None else []
        return texts or list(found[0].enum_type.values)


def inputs_of(program: Program, key: Key, entity: object = None) -> list[Input]:
    """The inputs of a task, workflow or launch plan, in the order of the live `entity`'s signature, else of their names.

    A task's defaults are in its code alone: with the live `entity` they are shown and used, without it they apply when it runs.
    """
    codecs: Mapping[str, Codec] = getattr(getattr(entity, "python_interface", None), "input_codecs", None) or {}
    written = {name: index for index, name in enumerate(codecs)}
    rows = sorted(_rows(program, key, entity), key=lambda row: written.get(row.name, len(written)))
    return [replace(row, codec=codecs.get(row.name)) for row in rows]


def _rows(program: Program, key: Key, entity: object) -> list[Input]:
    message = message_of(program, key)
    if isinstance(message, pb.LaunchPlan):
        return _plan_inputs(message)
    variables = sorted(message.interface.inputs.variables.items())
    if isinstance(message, pb.TaskTemplate):
        interface = getattr(entity, "python_interface", None)
        written: Mapping[str, Any] = interface.default_inputs if interface is not None else {}
        return [
            Input(
                name,
                variable.type,
                _description(name, variable),
                _default_of_task(entity, interface, name) if interface is not None and name in written else None,
                is_required=interface is not None and name not in written and not takes_none(variable.type),
            )
            for name, variable in variables
        ]
    defaults = _default_plan(program, key)
    return [
        Input(name, variable.type, _description(name, variable), *_default_of(defaults.get(name), variable.type))
        for name, variable in variables
    ]


def _default_of_task(task: object, interface: Interface, name: str) -> bytes:
    """The literal of a task's default.

    Raises:
        DrawloomError: the default has another type than its parameter.
    """
    try:
        codecs = NamedCodecs(interface.input_codecs, getattr(task, "name", ""), "default of input")
        return codecs.encode_one(name, interface.default_inputs[name])[name]
    except DrawloomError as error:
        place = definition(getattr(task, "task_function", None))
        error.where = f"{f'{place}: ' if place is not None else ''}{error.where}"
        raise


def _default_of(parameter: Any, literal_type: Any) -> tuple[bytes | None, bool]:
    if parameter is not None:
        behavior = parameter.WhichOneof("behavior")
        if behavior == "default":
            return parameter.default.SerializeToString(deterministic=True), False
        if behavior == "required":
            return None, parameter.required
    return None, not takes_none(literal_type)


def _default_plan(program: Program, key: Key) -> Mapping[str, Any]:
    """Defaults are a launch plan's; a workflow's own are those of the plan with its name."""
    for plan_key, plan in program.plans.items():
        if plan_key.name == key.name and plan.spec.workflow_id.name == key.name:
            return plan.spec.default_inputs.parameters
    return {}


def _plan_inputs(plan: Any) -> list[Input]:
    fixed = plan.spec.fixed_inputs.literals
    parameters = plan.spec.default_inputs.parameters
    rows = [
        Input(name, p.var.type, _description(name, p.var), *_default_of(p, p.var.type))
        for name, p in parameters.items()
    ]
    known = plan.closure.expected_inputs.parameters
    rows += [
        Input(name, known[name].var.type if name in known else None, "", literal.SerializeToString(deterministic=True),
              is_required=False, is_fixed=True)
        for name, literal in fixed.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.name)


def _description(name: str, variable: Any) -> str:
    return variable.description if variable.description != name else ""


class InputOption(click.Option):
    """The option of an input: help shows the first of its spellings alone. `stands_alone`: it may be given without a value."""

    stands_alone = False

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The spelling with the type, and the text."""
        record = super().get_help_record(ctx)
        return (f"{self.opts[0]} {self.metavar}", record[1]) if record is not None else None


def click_options(inputs: Iterable[Input], reserved: Collection[str]) -> list[click.Option]:
    """One option for each input that can be given, and its `--no-` form for a bool; `--x-y` and `--x_y` are the same.

    `reserved`: spellings that are the command's; an input of such a name is given as `--input.NAME`, as any other can be.
    """
    options: list[click.Option] = []
    rows = [row for row in inputs if not row.is_fixed]
    taken = {flag for row in rows for flag in _spellings(row.name)} | set(reserved)
    for number, row in enumerate(rows):
        flags = [flag for flag in _spellings(row.name) if flag not in reserved]
        flags += _spellings(row.name, INPUT_PREFIX)
        text = " ".join(filter(None, (row.help, row.choices_text)))
        if row.default is not None:
            text = f"{text} [default: {row.default_text}]".strip()
        elif row.is_required:
            text = f"{text} [required]".strip()
        # A flag may stand alone: `--flag` is `--flag true`, and `--no-flag` is `--flag false`.
        alone: dict[str, Any] = {}
        if _has_bool(row.type):
            alone = {"is_flag": False, "flag_value": "true"}
            negated = [flag for flag in _spellings(f"no_{row.name}") if flag not in taken]
            if f"no_{row.name}" not in {each.name for each in rows}:
                negated += _spellings(f"no_{row.name}", INPUT_PREFIX)
            if negated:
                options.append(click.Option([f"{_NEGATED}{number}", *negated], is_flag=True, hidden=True))
        option = InputOption(
            [f"{_GIVEN}{number}", *flags],
            metavar=row.type_text,
            help=text,
            multiple=True,
            type=str,
            shell_complete=row.suggest,
            **alone,
        )
        option.stands_alone = bool(alone)
        options.append(option)
    return options


_GIVEN, _NEGATED = "in_", "no_in_"
"""How the options of inputs are told from the run's own, whatever the inputs are called."""


def is_of_input(option: str) -> bool:
    """Whether an option's name, as click passes it on, is that of an input."""
    return option.startswith((_GIVEN, _NEGATED))


def texts_of(inputs: Iterable[Input], given: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """What was typed for each input that can be given, out of what click passes on; empty for one that was not given.

    Raises:
        click.UsageError: a bool has both forms.
    """
    texts: list[tuple[str, ...]] = []
    for number, row in enumerate(row for row in inputs if not row.is_fixed):
        text = tuple(given.get(f"{_GIVEN}{number}") or ())
        if given.get(f"{_NEGATED}{number}"):
            if text:
                raise click.UsageError(f"--{row.name} and --no-{row.name} contradict each other; give one of them")
            text = ("false",)
        texts.append(text)
    return texts


def _spellings(name: str, prefix: str = "--") -> list[str]:
    return list(dict.fromkeys([f"{prefix}{name}", f"{prefix}{name.replace('_', '-')}"]))


def _has_bool(literal_type: pb.LiteralType) -> bool:
    """A bool, or a bool and None."""
    others = [each for each in variants(literal_type) if not is_none(each)]
    return len(others) == 1 and is_simple(others[0], pb.SimpleType.BOOLEAN)


def collect(inputs: list[Input], given: list[tuple[str, ...]], inputs_file: Path | None) -> dict[str, bytes]:
    """Inputs as literals: from the file first, then the options, then defaults.

    Raises:
        CommandLineError: an input is missing.
        click.UsageError: an input is unknown or fixed, or the file is not a JSON object.
        click.BadParameter: a value does not fit its type; names the option.
    """
    values: dict[str, bytes] = {}
    rows = {row.name: row for row in inputs}
    for name, value in _read(inputs_file).items():
        row = rows.get(name)
        if row is None or row.is_fixed:
            what = "is fixed by the launch plan" if row is not None else "is not an input"
            raise click.UsageError(
                f"{inputs_file}: {name!r} {what}; the inputs are {', '.join(_open(inputs)) or 'none'}"
            )
        values[name] = _converted(
            functools.partial(literal_of_value, value, row.type, row.codec, row.name), row, inputs_file
        )
    for row, texts in zip([row for row in inputs if not row.is_fixed], given, strict=True):
        if texts:
            values[row.name] = _converted(
                functools.partial(literal_of_texts, texts, row.type, row.codec, row.name), row
            )
    missing = [row.name for row in inputs if row.is_required and not row.is_fixed and row.name not in values]
    if missing:
        spelt = [f"{_spelt(name)} {rows[name].type_text}" for name in missing]
        raise CommandLineError(
            f"missing input{'s' * (len(missing) > 1)}: {', '.join(_spelt(name) for name in missing)}",
            expected=", ".join(f"{_spelt(row.name)} {row.type_text}" for row in inputs if row.is_required),
            got=", ".join(_spelt(name) for name in values) or "no input",
            fix=f"add {' '.join(spelt)}",
        )
    for row in inputs:
        if row.default is not None and not row.is_fixed:
            values.setdefault(row.name, row.default)
    return values


def _spelt(name: str) -> str:
    """How the command that is running calls an input."""
    context = click.get_current_context(silent=True)
    mine = [option for option in context.command.params if f"{INPUT_PREFIX}{name}" in option.opts] if context else []
    return mine[0].opts[0] if mine else f"--{name}"


def _open(inputs: Iterable[Input]) -> list[str]:
    return [row.name for row in inputs if not row.is_fixed]


def _converted(convert: Any, row: Input, file: Path | None = None) -> bytes:
    try:
        return convert()
    except DrawloomError as error:
        option = _spelt(row.name) if file is None else f"{file}: {row.name}"
        raise click.BadParameter(str(error), param_hint=option) from error


def _read(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    name = "standard input" if str(file) == "-" else str(file)
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{name} cannot be read as JSON: {error}") from error
    try:
        content: Any = read_tree(text, name)
    except DrawloomError as error:
        raise click.UsageError(f"{name} cannot be read as JSON") from error
    if not isinstance(content, dict):
        raise click.UsageError(f"{name} holds {preview(content, 40)}, and must hold one object of inputs by name")
    return cast("dict[str, Any]", content)
