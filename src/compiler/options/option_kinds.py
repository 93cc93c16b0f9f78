"""What kinds of options there are, each a class that the records of its kind derive from.

Whoever is given an option asks for its kind here and never for a method's or a message's name; the classes of the records
themselves are loaded only by those who make one, so a module with a plain task loads none of them. What a kind can do is said to
type checkers; abstract classes would give the records a metaclass, and the peers' constructors of them have one already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from compiler.errors import OptionError
from compiler.options.writable import Writable
from literals import pb, preview

_K = TypeVar("_K")


def of_kind(value: object, kind: type[_K], what: str, *, where: str, expected: str, fix: str) -> _K | None:
    """`value` itself, when it is of the kind or None. `what`: what is wrong with anything else.

    Raises:
        OptionError: it is something else.
    """
    if value is None or isinstance(value, kind):
        return value
    raise OptionError(what, where=where, expected=expected, got=preview(value), fix=fix)


class CacheSettings:
    """What a task's metadata says about caching; `version` is "" when results are not cached."""

    __slots__ = ("enabled", "ignored", "serialize", "version")

    def __init__(
        self, *, enabled: bool = False, version: str = "", serialize: bool = False, ignored: tuple[str, ...] = ()
    ) -> None:
        self.enabled = enabled
        self.version = version
        self.serialize = serialize
        self.ignored = ignored


class CacheOption:
    """How results are kept: `Cache`."""

    version: str | None
    serialize: bool

    if TYPE_CHECKING:

        def is_enabled(self) -> bool:
            """Whether results are cached at all."""
            ...

        def get_ignored_inputs(self) -> tuple[str, ...]:
            """Names of inputs that do not count."""
            ...

        def settings(self, function: Callable[..., Any] | None, image: object, pod_template: object) -> CacheSettings:
            """What a task's metadata says for this cache."""
            ...


class AcceleratorOption(Writable):
    """A device, or a part of one: `GPUAccelerator` and its kin, `Device`."""

    message_name = "GPUAccelerator"


class SecretOption(Writable):
    """A secret of a store: `Secret`."""

    message_name = "Secret"


class DocumentationOption(Writable):
    """Texts about an entity: `Documentation`."""

    message_name = "DescriptionEntity"

    if TYPE_CHECKING:

        def describe(self, short: str | None, long: str | None) -> pb.DescriptionEntity:
            """A docstring's texts, completed by these, as a new message."""
            ...


class ImageSource(Protocol):
    """What answers image templates: the image configuration of the serialization settings."""

    @property
    def default_image(self) -> Any:
        """The image of tasks that name none."""
        ...

    def find_image(self, name: str) -> Any:
        """The image configured under `name`, or None."""
        ...


class PodOption:
    """A pod around a task's container: `PodTemplate`."""

    primary_container_name: str

    if TYPE_CHECKING:

        def pod_message(self, container: pb.Container, image_config: ImageSource) -> pb.K8sPod:
            """The pod of a task whose container would be `container`; `image_config` fills image templates."""
            ...


class ImageRecipe:
    """A description of an image that a builder makes: flytekit's `ImageSpec` and Flyte 2's `Image`."""

    runtime_packages: list[str] | None = None
    """What is to be installed when a container starts."""

    def configured_name(self) -> str | None:
        """The name under which an image configuration may have it; None where none has it."""
        return None

    if TYPE_CHECKING:

        def image_name(self) -> str:
            """Registry, name and tag."""
            ...


class ResourcesOption:
    """Resources that are asked for: `Resources`."""

    shm: str | None

    if TYPE_CHECKING:

        @property
        def device(self) -> AcceleratorOption | None:
            """The accelerator that the number of devices names by type; None for a plain count."""
            ...

        def spec_with(
            self,
            resources: ResourcesOption | None,
            requests: ResourcesOption | None,
            limits: ResourcesOption | None,
            where: str,
        ) -> ResourceRequest:
            """The options of one task or node, of which this is one, as requests and limits."""
            ...

        def get_shared_memory(self) -> str | None:
            """The size of /dev/shm; empty text where the platform is to choose it."""
            ...

        def write_entries(self, into: object) -> None:
            """Write a template's entries."""
            ...

        def write_override_entries(self, into: object) -> None:
            """Write a node override's entries."""
            ...


class ResourceRequest(Protocol):
    """Requests and limits, of which either may be empty: `ResourceSpec`."""

    @property
    def requests(self) -> ResourcesOption:
        """What is asked for."""
        ...

    @property
    def limits(self) -> ResourcesOption:
        """What is allowed."""
        ...


class NoResources(ResourcesOption):
    """Stands where nothing was asked for."""

    cpu = mem = gpu = ephemeral_storage = memory = disk = shm = None

    @property
    def device(self) -> None:
        """None."""
        return None

    def spec_with(
        self,
        resources: ResourcesOption | None,
        requests: ResourcesOption | None,
        limits: ResourcesOption | None,
        where: str,
    ) -> ResourceRequest:
        """Still nothing."""
        del resources, requests, limits, where
        return NoResourceSpec()

    def get_shared_memory(self) -> None:
        """None."""
        return

    def write_entries(self, into: object) -> None:
        """Nothing to write."""

    def write_override_entries(self, into: object) -> None:
        """Nothing to write."""

    def __repr__(self) -> str:
        return "Resources()"


class NoResourceSpec:
    """Neither requests nor limits."""

    requests = limits = NoResources()


class PlatformValue:
    """A default that only a platform can fill: `Artifact`, `ArtifactQuery`."""

    if TYPE_CHECKING:

        def parameter(self, var: pb.Variable) -> pb.Parameter:
            """The parameter of an input that this fills."""
            ...
