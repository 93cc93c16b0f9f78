"""What type checkers are told of options is what they may be."""

from __future__ import annotations

import inspect

from drawloom import with_runcontext
from drawloom.actions import option_names
from drawloom.actions.environment import Environment, TaskEnvironment
from drawloom.actions.run_options import DEFAULTS
from drawloom.actions.task_options import TaskOptions


def keywords(fn):
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {p.name for p in inspect.signature(fn).parameters.values() if p.kind in kinds} - {"self", "name"}


def names(typed_dict):
    return set(typed_dict.__annotations__)


def test_the_options_of_tasks():
    assert names(option_names.EnvTaskOptions) == TaskOptions.NAMES
    assert names(option_names.OverrideOptions) == TaskOptions.OVERRIDES


def test_the_options_of_environments():
    assert names(option_names.EnvironmentOptions) == keywords(Environment.__init__)
    assert names(option_names.CloneOptions) == keywords(Environment.__init__) | keywords(TaskEnvironment.__init__)


def test_the_options_of_a_run_context():
    assert names(option_names.MoreRunOptions) == DEFAULTS.keys() - keywords(with_runcontext) - {"name"}
