"""What `verify` finds: problems as values, and the error that carries all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from literals import DrawloomError


@dataclass(frozen=True)
class Problem:
    """One broken rule.

    Attributes: `rule` (its name in `rules`), `where` (entity and place in it: `workflow m.wf: n1.inputs.x`), `what` (one
    clause), `expected`, `got`, `fix`; empty parts are left out of the text.
    """

    rule: str
    where: str
    what: str
    expected: str = ""
    got: str = ""
    fix: str = ""

    def __str__(self) -> str:
        parts = (("expected", self.expected), ("got", self.got), ("to fix", self.fix))
        lines = [f"{self.where}: {self.what} ({self.rule})", *(f"  {label}: {text}" for label, text in parts if text)]
        return "\n".join(lines)


class VerifyError(DrawloomError, ValueError):
    """A message that breaks rules; `problems` has every one of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = len(problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} found")
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([f"{self.what}:", *(str(problem) for problem in self.problems)])


class Diagnostics:
    """Collects problems; `at` makes a view of the same list with a longer `where`."""

    def __init__(self, where: str = "", found: list[Problem] | None = None) -> None:
        self.where = where
        self.found: list[Problem] = [] if found is None else found

    def at(self, step: str) -> Diagnostics:
        """The same diagnostics, one step further in."""
        if not self.where:
            return Diagnostics(step, self.found)
        glue = "" if step.startswith(("[", ".")) else ": " if ": " not in self.where else "."
        return Diagnostics(f"{self.where}{glue}{step}", self.found)

    def add(self, rule: str, what: str, *, expected: str = "", got: str = "", fix: str = "") -> None:
        """Note one broken rule here."""
        self.found.append(Problem(rule, self.where, what, expected, got, fix))
