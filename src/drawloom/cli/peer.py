"""`--as flytekit`: programs that were written for a peer run unchanged, for their imports give drawloom's packages."""

from __future__ import annotations

import click

from drawloom.import_alias import MIRRORED, install


def _install(ctx: click.Context, param: click.Parameter, peer: str | None) -> None:
    del ctx, param
    if peer is not None:
        install(peer)


as_peer = click.option(
    "--as",
    type=click.Choice(list(MIRRORED)),
    callback=_install,
    is_eager=True,
    expose_value=False,
    help="Let `import flytekit` or `import flyte` in the program mean drawloom.",
)
"""The option as a decorator. It acts before the command imports anything, and its value is not handed to the command."""
