"""`--as flytekit` and `--allow-pickle`: programs that were written for a peer run unchanged.

Both act before the program is imported: its imports give drawloom's packages, and types that nothing takes are pickled, as the
peers do without being asked. Processes that the run starts do the same.
"""

from __future__ import annotations

import os

import click

from drawloom.import_alias import MIRRORED, install
from typeengine import ALLOW_PICKLE


def _install(ctx: click.Context, param: click.Parameter, peer: str | None) -> None:
    del ctx, param
    if peer is not None:
        install(peer)


def _allow(ctx: click.Context, param: click.Parameter, given: bool) -> None:  # noqa: FBT001 - click gives it by position
    del ctx, param
    if given:
        os.environ[ALLOW_PICKLE] = "1"


as_peer = click.option(
    "--as",
    type=click.Choice(list(MIRRORED)),
    callback=_install,
    is_eager=True,
    expose_value=False,
    help="Let `import flytekit` or `import flyte` in the program mean drawloom.",
)
"""The option as a decorator. It acts before the command imports anything, and its value is not handed to the command."""

PICKLE_FLAG = "--allow-pickle"
allow_pickle = click.option(
    PICKLE_FLAG,
    is_flag=True,
    callback=_allow,
    is_eager=True,
    expose_value=False,
    help="Pickle values of types that have no other form, in this run and all its processes; reading a pickle runs code.",
)
"""The option as a decorator; likewise."""
