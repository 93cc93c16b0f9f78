"""A task's report: tabs of HTML, written as one page into the action's output folder when it is flushed.

HTML is taken as it is; names of tabs are escaped. The tab "main" is left out while it is empty.
"""

from __future__ import annotations

import html
import os
from dataclasses import dataclass, field

from drawloom.context.files import file_access
from drawloom.context.state import current
from drawloom.context.storage import join

REPORT_FILE = "report.html"


@dataclass
class Tab:
    """One tab of a report: pieces of HTML in order."""

    name: str
    content: list[str] = field(default_factory=list[str])

    def log(self, content: str) -> None:
        """Append HTML."""
        self.content.append(_html(content))

    def replace(self, content: str) -> None:
        """Have this HTML and no other."""
        self.content = [_html(content)]

    def get_html(self) -> str:
        """All of it."""
        return "\n".join(self.content)


class Report:
    """The tabs of one action.

    Attributes:
        name: shown as the page's title.
        output_path: folder that `flush` writes to; None means nowhere, as outside a task.
    """

    __slots__ = ("_tabs", "name", "output_path")

    def __init__(self, name: str, output_path: str | None = None) -> None:
        self.name = name
        self.output_path = output_path
        self._tabs: dict[str, Tab] | None = None

    @property
    def tabs(self) -> dict[str, Tab]:
        """Tabs by name, in the order they were made; "main" comes first. Made when first asked for: most tasks have none."""
        if self._tabs is None:
            self._tabs = {"main": Tab("main")}
        return self._tabs

    def get_tab(self, name: str, create_if_missing: bool = True) -> Tab:  # noqa: FBT001, FBT002 - flyte's and flytekit's signature
        """The tab of that name, made if it is missing.

        Raises:
            ValueError: it is missing and is not to be made.
        """
        if name not in self.tabs:
            if not create_if_missing:
                raise ValueError(f"the report {self.name!r} has no tab {name!r}, only {sorted(self.tabs)}")
            self.tabs[name] = Tab(name)
        return self.tabs[name]

    def log(self, content: str) -> None:
        """Append to the main tab."""
        self.tabs["main"].log(content)

    def is_empty(self) -> bool:
        """Whether nothing was ever put into it."""
        return self._tabs is None or not any(tab.content for tab in self._tabs.values())

    def get_final_report(self) -> str:
        """The page."""
        shown = [tab for tab in self.tabs.values() if tab.content or tab.name != "main"]
        body = "\n".join(f"<section>\n<h2>{html.escape(tab.name)}</h2>\n{tab.get_html()}\n</section>" for tab in shown)
        title = html.escape(self.name)
        return f"<!doctype html>\n<html><head><meta charset='utf-8'><title>{title}</title></head>\n<body>\n{body}\n</body></html>\n"

    @property
    def page_path(self) -> str | None:
        """Where `flush` writes the page; None when there is nowhere to write to."""
        return None if self.output_path is None else join(os.fspath(self.output_path), REPORT_FILE)

    def flush(self) -> str | None:
        """Write the page and give its path; None when there is nowhere to write to."""
        path = self.page_path
        return None if path is None else file_access().write_bytes(path, self.get_final_report().encode())


def _html(content: str) -> str:
    if not isinstance(content, str):  # pyright: ignore[reportUnnecessaryIsInstance] - unchecked callers pass anything
        raise TypeError(f"a report takes HTML text, got {type(content).__name__}")
    return content


def current_report() -> Report:
    """The running action's report; outside a task, one that leads nowhere."""
    task = current().task
    return task.report if task is not None and task.report is not None else Report("outside a task")
