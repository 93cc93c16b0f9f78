"""What `with_overrides` changes on one node: every field checked, converted, and kept on that node alone.

Fields that the messages have no place for are refused, as are unknown names. A field that is not given keeps what an
earlier call said. Task fields (resources, accelerator, image, pod) belong to nodes that run a task; the others to all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.errors import AuthoringError, OptionError
from compiler.options.known import check_known
from compiler.options.option_kinds import CacheOption, ResourcesOption
from compiler.options.option_table import NodeUse, names_by_nodes
from compiler.options.task_options import (
    check_accelerator,
    check_pod_template,
    check_retries,
    check_shared_memory,
    duration_message,
    extended_resources,
    image_name,
    resource_spec,
)
from compiler.source_location import here
from literals import is_mapping, pb, preview

_TASK_FIELDS = names_by_nodes(NodeUse.TASK)
KNOWN = _TASK_FIELDS | names_by_nodes(NodeUse.ANY) | {"aliases", "name", "node_name"}


def apply_overrides(node: Any, **given: object) -> None:
    """Write checked fields into `node.overrides` and `node.aliases`.

    A node takes task fields when its entity says `takes_task_overrides`.

    Raises:
        OptionError: an unknown field, a wrong value, a contradiction, a field that this kind of node has no place for.
    """
    where = f"node {node.id}, with_overrides"
    try:
        _check_names(node, given, where)
        _metadata(node, given, where)
        _cache(node, given, where)
        _task(node, given, where)
    except AuthoringError as error:
        if error.location is None:
            error.location = here(2, keep_frame=True)
        raise


def _check_names(node: Any, given: Mapping[str, Any], where: str) -> None:
    check_known(given, lambda: KNOWN, "with_overrides", where)
    misplaced = sorted(name for name in _TASK_FIELDS & given.keys() if given[name] is not None)
    if misplaced and not getattr(node.entity, "takes_task_overrides", False):
        raise OptionError(
            f"this node does not run a task, so `{misplaced[0]}` has no place in it",
            where=where,
            got=f"a node of {node.entity.name}",
            fix="override it on the task's node inside, or on the task",
            expected="a node that runs a task",
        )


def _metadata(node: Any, given: Mapping[str, Any], where: str) -> None:
    overrides = node.overrides
    if (name := given.get("name")) is not None:
        if not isinstance(name, str):
            raise OptionError(
                "a node's name is not a string",
                where=where,
                expected="text",
                got=preview(name),
                fix="write node_name='...'",
            )
        overrides.name = name
    if "timeout" in given:
        # None is flytekit's way to take a task's timeout away; zero is the message's.
        timeout = given["timeout"]
        overrides.timeout = pb.Duration() if timeout is None else duration_message(timeout, where)
    if (retries := given.get("retries")) is not None:
        overrides.retries = check_retries(retries, where)
    if (interruptible := given.get("interruptible")) is not None:
        if not isinstance(interruptible, bool):
            raise OptionError(
                "interruptible is not a bool",
                where=where,
                expected="True, False or None",
                got=preview(interruptible),
                fix="write interruptible=True or interruptible=False",
            )
        overrides.interruptible = interruptible
    if (aliases := given.get("aliases")) is not None:
        node.aliases = _aliases(node, aliases, where)


def _aliases(node: Any, aliases: object, where: str) -> list[tuple[str, str]]:
    if not is_mapping(aliases):
        raise OptionError(
            "aliases are not a mapping",
            where=where,
            expected="a dict of output to alias",
            got=preview(aliases),
            fix="write aliases={'o0': 'name'}",
        )
    outputs = node.entity.python_interface.outputs
    named: list[tuple[str, str]] = []
    for var, alias in aliases.items():
        if not isinstance(var, str) or var not in outputs:
            raise OptionError(
                f"there is no output `{var}` to alias",
                where=where,
                expected=", ".join(outputs) or "no outputs at all",
                got=repr(var),
                fix="use the name of one of the outputs",
            )
        if not isinstance(alias, str) or not alias:
            raise OptionError(
                "an alias is not a non-empty string",
                where=f"{where}: aliases[{var!r}]",
                expected="a non-empty string",
                got=preview(alias),
                fix="write the output's new name as text",
            )
        named.append((var, alias))
    return named


def _cache(node: Any, given: Mapping[str, Any], where: str) -> None:
    cache: object = given.get("cache")
    version, serialize = given.get("cache_version"), given.get("cache_serialize")
    overrides = node.overrides
    if given.get("cache_ignore_input_vars") is not None:
        raise OptionError(
            "a node has no place for ignored inputs",
            where=where,
            fix="put cache_ignore_input_vars on the task",
            expected="no cache_ignore_input_vars",
            got=preview(given["cache_ignore_input_vars"]),
        )
    if isinstance(cache, CacheOption):
        if version is not None or serialize is not None:
            raise OptionError(
                "cache_version and cache_serialize cannot be given beside a Cache object",
                where=where,
                expected="the version either in the Cache object or beside True",
                got=preview(cache),
                fix="put them into Cache(version=, serialize=)",
            )
        if not cache.is_enabled():
            overrides.cacheable = False
            return
        if cache.version is None:
            raise OptionError(
                "a node's cache needs its version in words",
                where=where,
                expected="a version in words",
                got=preview(cache),
                fix="write Cache(version='...')",
            )
        if cache.get_ignored_inputs():
            raise OptionError(
                "a node has no place for ignored inputs",
                where=where,
                fix="put ignored_inputs on the task's Cache",
                expected="a Cache without ignored_inputs",
                got=preview(cache),
            )
        overrides.cacheable, overrides.cache_version, overrides.cache_serializable = (
            True,
            cache.version,
            cache.serialize,
        )
        return
    if cache is not None:
        if not isinstance(cache, bool):
            raise OptionError(
                "cache is neither a bool nor a Cache",
                where=where,
                expected="True, False or a Cache",
                got=preview(cache),
                fix="write cache=Cache(version='...')",
            )
        if cache and version is None:
            raise OptionError(
                "caching is switched on without a version",
                where=where,
                fix="add cache_version='1', or Cache(version='1')",
                expected="a cache_version, or a Cache that makes one",
                got="none",
            )
        overrides.cacheable = cache
    if version is not None:
        overrides.cache_version = str(version)
    if serialize is not None:
        overrides.cache_serializable = bool(serialize)


def _task(node: Any, given: Mapping[str, Any], where: str) -> None:
    overrides = node.overrides
    spec = resource_spec(given.get("resources"), given.get("requests"), given.get("limits"), where)
    if any(given.get(name) is not None for name in ("resources", "requests", "limits")):
        overrides.resources = pb.Resources()
        spec.requests.write_override_entries(overrides.resources.requests)
        spec.limits.write_override_entries(overrides.resources.limits)
    _extended(overrides, given, spec.requests, where)
    if (image := given.get("container_image")) is not None:
        overrides.container_image = image if isinstance(image, str) else image_name(image, _NO_IMAGES, fills=False)
    if (template := given.get("pod_template")) is not None:
        check_pod_template(template, where)
        overrides.pod_template = template
    if given.get("task_config") is not None:
        raise OptionError(
            "a node has no place for a task_config: it belongs to the task, which all its nodes share",
            where=where,
            expected="an option of a node, such as requests or timeout",
            got=preview(given["task_config"]),
            fix="make a second task with the other configuration",
        )


def _extended(overrides: Any, given: Mapping[str, Any], requests: ResourcesOption | None, where: str) -> None:
    accelerator, shared_memory = given.get("accelerator"), given.get("shared_memory")
    check_accelerator(accelerator, where)
    check_shared_memory(shared_memory, where)
    made = extended_resources(accelerator, shared_memory, requests)
    if made is None:
        return
    if overrides.extended_resources is not None:
        # What an earlier call said stays, unless this one says the same kind of thing.
        merged = pb.ExtendedResources()
        merged.CopyFrom(overrides.extended_resources)
        for field in ("gpu_accelerator", "shared_memory"):
            if made.HasField(field):
                merged.ClearField(field)
        merged.MergeFrom(made)
        made = merged
    overrides.extended_resources = made


class _NoImages:
    """No configuration: recipes that an override names are named by themselves."""

    default_image = None

    def find_image(self, name: str) -> None:
        """None is configured."""


_NO_IMAGES = _NoImages()
