"""What a task does with its options, without knowing their classes.

An option's class is loaded by whoever makes one; a module with a plain task loads none of them. So the functions here know
the kinds of `option_kinds`, of which those classes are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any

from compiler.errors import OptionError
from compiler.options.option_kinds import (
    AcceleratorOption,
    CacheOption,
    CacheSettings,
    ImageRecipe,
    ImageSource,
    NoResourceSpec,
    PodOption,
    ResourceRequest,
    ResourcesOption,
    SecretOption,
    of_kind,
)
from literals import is_iterable, pb, preview

SHARED_MEMORY_NAME = "flyte-shared-memory"
SHARED_MEMORY_PATH = "/dev/shm"  # noqa: S108 - the mount point is the contract; nothing is written there by us
QUANTITY = r"(?P<number>\d+(\.\d*)?|\.\d+)([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?"
"""A Kubernetes quantity."""

_RESOLVER = ("loader_args", "load_task", "task_name")
DECK_FIELDS = ("Input", "Output", "Source Code", "Timeline", "Dependencies")
"""The tabs that a deck may have beside those of the task's author."""
_MAX_RETRIES = (1 << 32) - 1
_IMAGE = r"(\{\{\s*\.images?\.([a-zA-Z0-9_]+)(?:\.([a-zA-Z0-9_]+))?\s*\}\})"


def check_kind(option: str, value: object, kind: type, expected: str, where: str) -> None:
    """Refuse a value of another class; None is not a value.

    Raises:
        OptionError: it is of another class.
    """
    if value is not None and not isinstance(value, kind):
        raise OptionError(
            f"{option} has a value of the wrong type",
            where=where,
            expected=expected,
            got=preview(value),
            fix=f"give {expected}, or leave {option} out",
        )


def check_resolver(resolver: object, where: str) -> None:
    """Refuse what cannot find a task again.

    Raises:
        OptionError: a method of a resolver is missing.
    """
    if resolver is not None and not all(hasattr(resolver, name) for name in _RESOLVER):
        raise OptionError(
            "task_resolver is not a resolver",
            where=where,
            expected=f"an object with {', '.join(_RESOLVER)}",
            got=preview(resolver),
            fix="derive its class from TaskResolverMixin",
        )


def check_deck_fields(given: object, where: str) -> None:
    """Refuse tabs that a deck has not.

    Raises:
        OptionError: no collection, or something in it is not a tab.
    """
    listed = given if is_iterable(given) and isinstance(given, (tuple, list, set, frozenset)) else (given,)
    # Compared, not hashed: members of an enum of texts equal their texts and have hashes of their own.
    if wrong := [item for item in listed if item not in DECK_FIELDS]:
        raise OptionError(
            "deck_fields names no tab of a deck",
            where=where,
            expected=f"a tuple of DeckField: {', '.join(DECK_FIELDS)}",
            got=preview(wrong[0]),
            fix="give members of DeckField",
        )


def check_image(image: object, where: str) -> None:
    """Refuse an image name with white space outside of its templates.

    Raises:
        OptionError: there is some.
    """
    if isinstance(image, str) and re.search(r"\s", re.sub(r"\{\{.*?\}\}", "", image)):
        raise OptionError(
            "an image's name has white space in it",
            where=where,
            expected="registry/name:tag, or a template such as {{.image.default}}",
            got=preview(image),
            fix="remove the spaces",
        )


# -- times and counts


def duration_message(value: Any, where: str) -> pb.Duration:
    """A timeout as a Duration: whole seconds, or a timedelta; zero means no limit.

    Raises:
        OptionError: no time, or a negative one.
    """
    if isinstance(value, bool) or not isinstance(value, (int, dt.timedelta)):
        raise OptionError(
            "a timeout is not a duration",
            where=where,
            expected="whole seconds or a timedelta",
            got=preview(value),
            fix="write timeout=60 or a timedelta",
        )
    time = dt.timedelta(seconds=value) if isinstance(value, int) else value
    if time < dt.timedelta():
        raise OptionError(
            "a timeout is negative",
            where=where,
            expected="a duration that is not negative",
            got=str(time),
            fix="write a timedelta above zero, or leave it out",
        )
    message = pb.Duration()
    message.FromTimedelta(time)
    return message


def check_retries(value: Any, where: str) -> int:
    """`value` itself, when it is a number of retries.

    Raises:
        OptionError: it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_RETRIES:
        raise OptionError(
            "retries is not a number of attempts",
            where=where,
            expected="an int >= 0",
            got=preview(value),
            fix="write how often the task may be tried again, such as retries=3",
        )
    return value


# -- caching


def cache_settings(
    cache: Any,
    cache_version: str = "",
    cache_serialize: bool = False,  # noqa: FBT001, FBT002 - flytekit's options, in its order
    cache_ignore_input_vars: Iterable[str] = (),
    *,
    function: Callable[..., Any] | None = None,
    image: Any = None,
    pod_template: Any = None,
    where: str = "task",
) -> CacheSettings:
    """The cache options of a task brought to what its metadata holds.

    Raises:
        OptionError: loose options beside a `Cache` or without caching, or caching without a version.
    """
    ignored = tuple(cache_ignore_input_vars)
    loose = {"cache_version": cache_version, "cache_serialize": cache_serialize, "cache_ignore_input_vars": ignored}
    given = [name for name, value in loose.items() if value]
    if isinstance(cache, CacheOption):
        if given:
            raise OptionError(
                f"{', '.join(given)} cannot be given beside a Cache object",
                where=where,
                expected="a Cache object alone",
                got=f"{preview(cache)} and {', '.join(given)}",
                fix="put them into Cache(version=, serialize=, ignored_inputs=)",
            )
        return cache.settings(function, image, pod_template)
    if not isinstance(cache, bool):
        raise OptionError(
            "cache is neither a bool nor a Cache",
            where=where,
            expected="True, False or Cache(...)",
            got=preview(cache),
            fix="write Cache(behavior='auto') for Flyte 2's words",
        )
    if not cache:
        stray = [name for name in given if name != "cache_version"]
        if stray:
            raise OptionError(
                f"{', '.join(stray)} has no meaning without caching",
                where=where,
                expected="a task that is cached",
                got=f"cache={cache!r}",
                fix="add cache=True",
            )
        return CacheSettings(version=cache_version or "")
    if not cache_version:
        raise OptionError(
            "caching is on and no version says when results stay good",
            where=where,
            expected="a cache_version, or a Cache that makes one",
            got="cache=True without cache_version",
            fix="add cache_version='1', or write cache=Cache(behavior='auto') to follow the function's source",
        )
    return CacheSettings(enabled=True, version=cache_version, serialize=bool(cache_serialize), ignored=ignored)


# -- resources


def resource_spec(resources: object, requests: object, limits: object, where: str) -> ResourceRequest:
    """The two styles of one option list brought to requests and limits.

    Raises:
        OptionError: a value is no `Resources`; both styles at once; a pair inside requests or limits.
    """
    whole, asked, allowed = (
        check_resources(name, value, where)
        for name, value in (("resources", resources), ("requests", requests), ("limits", limits))
    )
    given = whole or asked or allowed
    return NoResourceSpec() if given is None else given.spec_with(whole, asked, allowed, where)


def check_resources(option: str, value: object, where: str) -> ResourcesOption | None:
    """`value` itself, when it is a `Resources` or None.

    Raises:
        OptionError: it is something else.
    """
    if value is None or isinstance(value, ResourcesOption):
        return value
    raise OptionError(
        f"{option} is not Resources",
        where=where,
        expected="Resources(...)",
        got=preview(value),
        fix="write Resources(cpu='1', mem='500Mi')",
    )


def resources_or_default(spec: ResourceRequest, default: ResourceRequest | None) -> ResourceRequest:
    """What a task asked for; where it asked for nothing, what the settings give to such tasks."""
    return spec if default is None or resources_message(spec.requests, spec.limits).ByteSize() else default


def resources_message(requests: ResourcesOption | None, limits: ResourcesOption | None) -> pb.Resources:
    """A template's resources as a new message: ephemeral storage, cpu, gpu, memory."""
    message = pb.Resources()
    if requests is not None:
        requests.write_entries(message.requests)
    if limits is not None:
        limits.write_entries(message.limits)
    return message


def check_shared_memory(value: object, where: str) -> None:
    """Refuse a shared memory size that is neither a bool nor a quantity.

    Raises:
        OptionError: another type, or a text that is not a quantity.
    """
    if value is None or isinstance(value, bool):
        return
    if not isinstance(value, str) or re.fullmatch(QUANTITY, value) is None:
        raise OptionError(
            "shared_memory is neither True nor a size",
            where=where,
            expected="True or text like '2Gi'",
            got=preview(value),
            fix="write shared_memory=True or shared_memory='2Gi'",
        )


def check_accelerator(value: object, where: str) -> AcceleratorOption | None:
    """`value` itself, when it is an accelerator or None.

    Raises:
        OptionError: it is something else.
    """
    return of_kind(
        value, AcceleratorOption, "this is not an accelerator", where=where,
        expected="such as T4", fix="import one from drawloom, such as T4",
    )  # fmt: skip


def extended_resources(
    accelerator: object = None, shared_memory: object = None, resources: ResourcesOption | None = None
) -> pb.ExtendedResources | None:
    """Accelerator and shared memory; an option of its own wins over what `resources` implies. None for neither.

    `shared_memory`: True lets the platform choose the size, text is the size, None or False none.

    Raises:
        OptionError: `accelerator` is none.
    """
    chosen = check_accelerator(accelerator, "accelerator")
    if chosen is None and resources is not None:
        chosen = resources.device
    size = shared_memory
    if not size and resources is not None and resources.shm is not None:
        size = resources.get_shared_memory() or True
    if chosen is None and not size:
        return None
    made = pb.ExtendedResources()
    if chosen is not None:
        chosen.write(made.gpu_accelerator)
    if size:
        made.shared_memory.mount_name = SHARED_MEMORY_NAME
        made.shared_memory.mount_path = SHARED_MEMORY_PATH
        if isinstance(size, str):
            made.shared_memory.size_limit = size
    return made


# -- secrets


def security_context(secret_requests: Iterable[object] | None, where: str = "task") -> pb.SecurityContext | None:
    """The context of a task's secret requests; None without any.

    Raises:
        OptionError: a request is not a Secret.
    """
    made = pb.SecurityContext() if secret_requests else None
    for secret in secret_requests or ():
        if not isinstance(secret, SecretOption):
            raise OptionError(
                "a secret request is not a Secret",
                where=where,
                expected="Secret(...)",
                got=preview(secret),
                fix="write Secret(group='g', key='k')",
            )
        if made is not None:
            secret.write(made.secrets.add())
    return made


# -- pods and images


def check_pod_template(template: object, where: str) -> None:
    """Refuse what is not a template.

    Raises:
        OptionError: it is something else.
    """
    of_kind(
        template, PodOption, "pod_template is not a PodTemplate", where=where, expected="a PodTemplate",
        fix="write pod_template=PodTemplate(...), or pod_template_name='...' for one of the cluster",
    )  # fmt: skip


def pod_message(template: PodOption, container: pb.Container, image_config: ImageSource) -> pb.K8sPod:
    """The pod of a task whose container would be `container`; `image_config` fills image templates."""
    return template.pod_message(container, image_config)


def pod_override_message(template: PodOption, container: pb.Container, image_config: ImageSource) -> pb.K8sPod:
    """The pod that a node puts in place of its task's; `container` is the one that the task has or would have."""
    message = template.pod_message(container, image_config)
    message.primary_container_name = template.primary_container_name
    return message


def image_name(container_image: object, image_config: ImageSource, *, fills: bool = True) -> str:
    """The image's name for a container: templates filled, recipes named, the default where nothing was given.

    Without `fills` templates stay: where they are filled later, and in a run of this process, which starts no container.

    Raises:
        OptionError: an unknown image or attribute in a template, or another template; nothing given and no default; neither text nor recipe.
    """
    if container_image is None or container_image == "":
        default = image_config.default_image
        if default is None:
            raise OptionError(
                "a task has no image and the settings have no default",
                where="container_image",
                expected="an image of the task's, or a default image",
                got="neither",
                fix="give container_image=, or an ImageConfig with a default_image",
            )
        return default.full
    if isinstance(container_image, str):
        return _filled(container_image, image_config) if fills and "{{" in container_image else container_image
    if isinstance(container_image, ImageRecipe):
        name = container_image.configured_name()
        configured = None if name is None else image_config.find_image(name)
        if configured is not None:
            return configured.full
        named = container_image.image_name()
        return _filled(named, image_config) if fills and "{{" in named else named
    raise OptionError(
        "an image is neither a name nor a recipe",
        where="container_image",
        expected="text, ImageSpec or Image",
        got=preview(container_image),
        fix="name an image as text, or describe one by ImageSpec",
    )


def _filled(text: str, images: ImageSource) -> str:
    for template, name, attribute in re.findall(_IMAGE, text, re.IGNORECASE):
        found = images.find_image(name)
        if found is None:
            raise OptionError(
                f"no image is configured as {name!r}",
                where="container_image",
                expected="the name of an image in the ImageConfig",
                got=preview(text),
                fix=f"add an image named {name!r} to the ImageConfig",
            )
        match attribute.lower():
            case "":
                text = text.replace(template, found.full)
            case "fqn":
                text = text.replace(template, found.fqn)
            case "version":
                text = _with_version(text, template, found, images)
            case _:
                raise OptionError(
                    f"an image has no {attribute!r}",
                    where="container_image",
                    expected="fqn or version",
                    got=preview(text),
                    fix="write {{.image.NAME.fqn}} or {{.image.NAME.version}}",
                )
    if "{{" in text:
        raise OptionError(
            "the name of an image has a template that nothing fills",
            where="container_image",
            expected="{{.image.NAME}}, {{.image.NAME.fqn}} or {{.image.NAME.version}}",
            got=preview(text),
            fix="write the image's name, or one of these",
        )
    return text


def _with_version(text: str, template: str, found: Any, images: ImageSource) -> str:
    version = found.version
    if version is None:
        version = images.default_image.version if images.default_image is not None else None
    if version is None:
        raise OptionError(
            "an image has neither tag nor digest",
            where="container_image",
            expected="`name:tag` or `name@digest`",
            got=preview(text),
            fix="add a tag to the image in the ImageConfig",
        )
    if ":" in version:
        # A digest such as sha256:... is joined with @.
        text = text.replace(f":{template}", f"@{template}")
    return text.replace(template, version)


def runtime_packages(container_image: object) -> tuple[str, ...]:
    """What an image wants installed at start: goes into the variable `_F_RUNTIME_PACKAGES`, joined by spaces."""
    return tuple(container_image.runtime_packages or ()) if isinstance(container_image, ImageRecipe) else ()
