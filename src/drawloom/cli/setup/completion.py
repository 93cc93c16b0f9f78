"""`drawloom completion SHELL`: the script by which a shell asks drawloom itself what comes next."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from drawloom.cli.terminal.output import Output
from literals import DrawloomError

VARIABLE = "_DRAWLOOM_COMPLETE"
"""What a shell sets when it asks; see `main`."""
_WHERE = {
    "bash": '~/.bashrc: eval "$(drawloom completion bash)"',
    "zsh": '~/.zshrc: eval "$(drawloom completion zsh)"',
    "fish": "drawloom completion fish > ~/.config/fish/completions/drawloom.fish",
}


@click.command("completion")
@click.argument("shell", type=click.Choice([*_WHERE]))
@click.pass_context
def completion_command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands in SHELL.

    SHELL is bash, zsh or fish. Files, entities, inputs, the values of enums and the names of runs are completed. The first line of
    the script says where to put it.
    """
    made = get_completion_class(shell)
    if made is None:
        raise DrawloomError(
            f"this version of click completes nothing in {shell}",
            expected="a version of click that completes in this shell",
            got="an older one",
            fix="pip install --upgrade click",
        )
    script = made(ctx.find_root().command, {}, "drawloom", VARIABLE)
    # Not `source()`: it asks for bash itself, which need not be installed where the script is made.
    Output().text(f"# {_WHERE[shell]}\n{script.source_template % script.source_vars()}")
