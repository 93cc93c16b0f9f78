"""`drawloom explain CODE`: what an error means, an example that fails with it, and one that works."""

from __future__ import annotations

import re
import textwrap

import click

from drawloom.cli.explanations import explanations
from drawloom.cli.terminal.output import Output
from drawloom.cli.terminal.suggestions import one_of
from drawloom.exports.lazy_exports import did_you_mean
from drawloom.local.errors import TargetError

_FENCED = re.compile(r"```\w+(?: title=\"(?P<title>.*?)\")?\n(?P<program>.*?)```\n?", re.DOTALL)


@click.command("explain")
@click.argument("code", metavar="CODE", shell_complete=one_of(list(explanations())))
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")
def explain_command(code: str, as_json: bool) -> None:  # noqa: FBT001 - click gives the options by name
    """Explain the error CODE, with an example.

    CODE is what an error shows, such as E101, or the name of its class. You see its cause and cure, a program that fails with it, and one
    that works.
    """
    output = Output(as_json=as_json)
    known = explanations()
    found = [each for each in known.values() if code.upper() == each.code or code == each.name]
    if not found:
        names = [*known, *(each.name for each in known.values())]
        raise TargetError(
            f"there is no error {code!r}",
            expected=f"one of {min(known)} to {max(known)}, or the name of a class",
            got=repr(code),
            fix=did_you_mean(code, names).removeprefix("; "),
        )
    if as_json:
        output.document(found[0]._asdict())
        return
    output.line(f"{found[0].code} {found[0].name}", style="bold")
    end = 0
    for block in _FENCED.finditer(found[0].text):
        _write_prose(output, found[0].text[end : block.start()])
        if end and not found[0].text[end : block.start()].strip():
            output.line("")
        if block["title"]:
            output.line(f"  {block['title']}:")
        output.text(textwrap.indent(block["program"].strip("\n"), "    "))
        end = block.end()
    _write_prose(output, found[0].text[end:])


def _write_prose(output: Output, text: str) -> None:
    for paragraph in filter(None, map(str.strip, text.replace("*Cure:*", "\n\nCure:").split("\n\n"))):
        output.line("")
        output.paragraph(paragraph)
    if text.strip():
        output.line("")
