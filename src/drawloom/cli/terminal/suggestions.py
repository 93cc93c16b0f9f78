"""What a shell is offered while a command is typed. Nothing here may fail: what cannot be listed is not offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import click
from click.shell_completion import CompletionItem

from drawloom.interpreter import find_runs
from drawloom.local.home import runs_root
from literals import attempt

Suggest: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
"""What click asks a parameter with: the context, the parameter, and what has been typed of it."""


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files and folders, by the shell's own means."""
    del ctx, param
    return [CompletionItem(incomplete, type="file")]


def run_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of recorded runs, with their states."""
    del ctx, param
    found = attempt(find_runs, runs_root())
    runs = found.value[0] if found.value is not None else []
    return [CompletionItem(run.name, help=run.state.value) for run in runs if run.name.startswith(incomplete)]


def one_of(choices: Sequence[str]) -> Suggest:
    """These values."""

    def suggest(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        del ctx, param
        return [CompletionItem(each) for each in choices if each.startswith(incomplete)]

    return suggest
