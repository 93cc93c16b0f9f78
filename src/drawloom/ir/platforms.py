"""The platforms that have rules of their own, by name, and the check of a message against one."""

from __future__ import annotations

from collections.abc import Mapping

from drawloom.ir.entity_index import EntityIndex
from drawloom.ir.flyte1_lowering import Lowering
from drawloom.ir.flyte1_sizes import FLYTE1
from drawloom.ir.platform import Platform
from drawloom.ir.problems import Problem
from drawloom.ir.verification import learn
from literals import DrawloomError, pb

PLATFORMS: Mapping[str, Platform] = {FLYTE1.name: FLYTE1}
"""Targets by name: `flyte1`, a Flyte 1 cluster as `flytectl register` meets it."""


USUAL_PLATFORM = FLYTE1.name
"""Whose refusals are warned of where no platform is named."""


def verify_for(platform: str, *messages: pb.Message) -> tuple[Problem, ...]:
    """What a platform refuses, or may, in messages that keep drawloom's own rules; in the order of their entities.

    `messages`: of any kind that `verify` takes, each of which may refer to the others. `refuses` tells the two kinds of
    problems apart.

    Raises:
        DrawloomError: there is no such platform.
    """
    found = _platform(platform)
    index = EntityIndex()
    for message in messages:
        learn(message, index)
    return found.problems(index, [each for each in messages if isinstance(each, pb.DynamicJobSpec)])


def lowering_for(platform: str, *messages: pb.Message, like: pb.TaskTemplate | None = None) -> Lowering:
    """What writes the workflows of messages in the form that a platform takes; the messages may refer to each other.

    `like`: a task whose container is that of the tasks which are added, where the messages hold none that would do.

    Raises:
        DrawloomError: there is no such platform.
    """
    _platform(platform)
    index = EntityIndex()
    for message in messages:
        learn(message, index)
    return Lowering(index, like)


def refuses(platform: str, problem: Problem) -> bool:
    """Whether a platform refuses what has this problem; else it only may, by its configuration."""
    return _platform(platform).rules[problem.rule].refuses


def platform_rules(platform: str) -> Mapping[str, str]:
    """The rules of a platform: name to what holds, as one clause."""
    return {name: rule.statement for name, rule in _platform(platform).rules.items()}


def _platform(name: str) -> Platform:
    if name not in PLATFORMS:
        raise DrawloomError(
            "there is no such platform",
            expected=f"one of {', '.join(sorted(PLATFORMS))}",
            got=name,
            fix="use one of these names",
        )
    return PLATFORMS[name]
