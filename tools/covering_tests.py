"""A pytest plug-in for `tools/mutants.py`: which test runs which line, and how long each test that passes takes.

Loaded with `-p covering_tests`, in every worker of pytest-xdist. Writes into the folder `COVERING_TESTS`, for each process, one data
file of coverage.py (a context per test, named by the test's id) and one JSON object of seconds by test id.
"""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Generator

import coverage
import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Measure from before the first test module is imported; the process that only hands out tests measures nothing."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        config.pluginmanager.register(_Measuring(pathlib.Path(os.environ["COVERING_TESTS"])))


class _Measuring:
    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._lines = coverage.Coverage(
            data_file=str(folder / "lines"),
            data_suffix=str(os.getpid()),
            source=[os.environ["COVERING_SOURCE"]],
            config_file=False,
        )
        self._seconds: dict[str, float] = {}
        self._not_passed: set[str] = set()
        self._lines.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """What runs from the set-up of a test to its end is the test's."""
        self._lines.switch_context(item.nodeid)
        result = yield
        self._lines.switch_context("")
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test takes what its set-up, call and end take together."""
        self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0.0) + report.duration
        if report.outcome != "passed":
            self._not_passed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Keep what was seen, under names of this process."""
        self._lines.stop()
        self._lines.save()
        passed = {test: seconds for test, seconds in self._seconds.items() if test not in self._not_passed}
        (self._folder / f"seconds.{os.getpid()}.json").write_text(json.dumps(passed), encoding="utf-8")
