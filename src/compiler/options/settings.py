"""What an entity's specification needs to know about the place it goes to: names, version, images, environment.

Constructor names are flytekit's. Records only; nothing here reads files, environment or network.
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from compiler.errors import OptionError
from literals import preview

if TYPE_CHECKING:
    from compiler.options.resources import ResourceSpec


@dataclass(frozen=True)
class Image:
    """A container image: name in the configuration, repository, tag or digest.

    Raises:
        OptionError: both a tag and a digest.
    """

    name: str
    fqn: str
    tag: str | None = None
    digest: str | None = None

    def __post_init__(self) -> None:
        if self.tag is not None and self.digest is not None:
            raise OptionError(
                "an image has both a tag and a digest",
                where=self.fqn,
                expected="a tag or a digest",
                got=f"tag {self.tag} and digest {self.digest}",
                fix="keep the digest, which says exactly which image is meant",
            )

    @property
    def full(self) -> str:
        """The reference that a container runtime takes."""
        if self.digest:
            return f"{self.fqn}@{self.digest}"
        return f"{self.fqn}:{self.tag}" if self.tag else self.fqn

    @property
    def version(self) -> str | None:
        """The digest, or else the tag."""
        return self.digest or self.tag

    @classmethod
    def look_up_image_info(cls, name: str, image_identifier: str, *, allow_no_tag_or_digest: bool = True) -> Image:
        """Split `registry/repo:tag` or `registry/repo@sha256:...` into its parts.

        Raises:
            OptionError: both tag and digest; or neither, and that is not allowed.
        """
        if "@" in image_identifier:
            fqn, _, digest = image_identifier.partition("@")
            if ":" in fqn.rpartition("/")[2]:
                raise OptionError(
                    "the image has both a tag and a digest",
                    expected="`name:tag` or `name@digest`",
                    got=image_identifier,
                    fix="drop the tag: the digest decides",
                )
            return cls(name=name, fqn=fqn, digest=digest)
        fqn, colon, tag = image_identifier.rpartition(":")
        # A colon before the last slash belongs to the registry's port.
        if colon and "/" not in tag:
            return cls(name=name, fqn=fqn, tag=tag)
        if not allow_no_tag_or_digest:
            raise OptionError(
                "the image has neither a tag nor a digest",
                expected="`name:tag` or `name@digest`",
                got=image_identifier,
                fix="add `:tag`",
            )
        return cls(name=name, fqn=image_identifier)


@dataclass(frozen=True)
class ImageConfig:
    """The default image and the named ones that `{{.image.NAME}}` templates reach."""

    default_image: Image | None = None
    images: list[Image] | None = None

    def __post_init__(self) -> None:
        images = list(self.images or ())
        if self.default_image is not None and all(i.name != self.default_image.name for i in images):
            images.append(self.default_image)
        object.__setattr__(self, "images", images)

    def find_image(self, name: str) -> Image | None:
        """The image called `name`; None if there is none."""
        return next((i for i in self.images or () if i.name == name), None)

    @classmethod
    def create_from(cls, default_image: Image | None, other_images: list[Image] | None = None) -> ImageConfig:
        """A configuration of images; the default one is among them.

        Raises:
            OptionError: the default image is not an Image, such as a reference as text.
        """
        given: Any = default_image
        if given is not None and not isinstance(given, Image):
            raise OptionError(
                "the default image is not an Image",
                where="ImageConfig.create_from",
                expected="an Image",
                got=preview(given),
                fix="write Image.look_up_image_info('default', 'repo:tag')",
            )
        return cls(default_image, [*([default_image] if default_image is not None else []), *(other_images or ())])

    @classmethod
    def auto(cls, config_file: object = None, img_name: str | None = None) -> ImageConfig:
        """A configuration with `img_name` as the default image, or with none."""
        del config_file  # flytekit reads image names from its own file; drawloom's come as arguments
        return cls.auto_default_image() if img_name is None else cls(Image.look_up_image_info("default", img_name))

    @classmethod
    def auto_default_image(cls) -> ImageConfig:
        """A configuration with drawloom's default image."""
        return cls(DEFAULT_IMAGE)

    @classmethod
    def from_images(cls, default_image: str, m: dict[str, str] | None = None) -> ImageConfig:
        """A configuration from plain image references."""
        named = [Image.look_up_image_info(name, reference) for name, reference in (m or {}).items()]
        return cls(Image.look_up_image_info("default", default_image), named)


DEFAULT_IMAGE = Image("default", "python", "3.11-slim")


@dataclass(frozen=True)
class FastSerializationSettings:
    """Fast registration: the code travels beside the image.

    `enabled` switches it on; unset folders stay as templates that registration fills in.
    """

    enabled: bool = False
    destination_dir: str | None = None
    distribution_location: str | None = None


@dataclass
class SerializationSettings:
    """Names, version, images and environment of the entities that are written.

    `default_resources` are those of tasks that ask for none. `version=None` means: the digest of the content. Empty strings are written as such and filled in at registration.
    """

    image_config: ImageConfig = field(default_factory=ImageConfig.auto_default_image)
    project: str | None = None
    domain: str | None = None
    version: str | None = None
    env: dict[str, str] | None = None
    default_resources: ResourceSpec | None = None
    git_repo: str | None = None
    python_interpreter: str = "/opt/venv/bin/python3"
    flytekit_virtualenv_root: str | None = None
    fast_serialization_settings: FastSerializationSettings | None = None
    source_root: str | None = None

    is_live: ClassVar[bool] = False
    """Whether what is written is only run in this process."""

    @property
    def fast_registration_enabled(self) -> bool:
        """Whether code travels beside the image."""
        fast = self.fast_serialization_settings
        return fast is not None and fast.enabled

    def should_fast_serialize(self) -> bool:
        """Same as `fast_registration_enabled`, under flytekit's other name."""
        return self.fast_registration_enabled

    @property
    def entrypoint_settings(self) -> str:
        """The interpreter that the container starts."""
        return self.python_interpreter

    @property
    def venv_root(self) -> str | None:
        """The virtual environment in the image."""
        return self.flytekit_virtualenv_root

    def with_serialized_context(self) -> SerializationSettings:
        """Settings whose environment also holds the settings themselves, for tasks that compile while they run."""
        return replace(self, env={**(self.env or {}), SERIALIZED_CONTEXT_ENV_VAR: self.serialized_context})

    @property
    def serialized_context(self) -> str:
        """The settings as gzipped JSON in base64; the same text in every process."""
        fields = asdict(self)
        if self.default_resources is None:
            del fields["default_resources"]
        if self.version == VERSION_OF_CONTENT:
            # Not known before the content is; whoever reads it back has the task's own identifier.
            fields["version"] = None
        raw = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
        return base64.b64encode(gzip.compress(raw, mtime=0)).decode("ascii")

    @classmethod
    def from_transport(cls, text: str) -> SerializationSettings:
        """What `serialized_context` wrote."""
        raw: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(text)))
        images: dict[str, Any] = raw.pop("image_config") or {}
        default = images.get("default_image")
        fast = raw.pop("fast_serialization_settings")
        resources = raw.pop("default_resources", None)
        return cls(
            image_config=ImageConfig(
                Image(**default) if default else None, [Image(**image) for image in images.get("images") or ()]
            ),
            fast_serialization_settings=FastSerializationSettings(**fast) if fast else None,
            default_resources=_resource_spec(resources) if resources else None,
            **raw,
        )

    @classmethod
    def for_image(
        cls,
        image: str,
        version: str,
        project: str = "",
        domain: str = "",
        python_interpreter_path: str = "/opt/venv/bin/python3",
    ) -> SerializationSettings:
        """Settings with one image and nothing else said."""
        return cls(
            image_config=ImageConfig(Image.look_up_image_info("default", image)),
            project=project,
            domain=domain,
            version=version,
            python_interpreter=python_interpreter_path,
        )

    class Builder:
        """A mutable copy to change field by field; `build()` freezes it."""

        def __init__(self, settings: SerializationSettings) -> None:
            self.__dict__.update(settings.__dict__)

        def with_fast_serialization_settings(
            self, fss: FastSerializationSettings | None
        ) -> SerializationSettings.Builder:
            """Set the fast registration settings."""
            self.fast_serialization_settings = fss
            return self

        def build(self) -> SerializationSettings:
            """The frozen settings."""
            return SerializationSettings(**self.__dict__)

    def new_builder(self) -> SerializationSettings.Builder:
        """A builder that starts from these settings."""
        return SerializationSettings.Builder(self)


class LiveSettings(SerializationSettings):
    """Settings of a run in this process: tasks come as objects, so they need no variable that an import reaches."""

    is_live: ClassVar[bool] = True


def _resource_spec(given: dict[str, dict[str, Any]]) -> ResourceSpec:
    """Made of JSON objects. Only settings that have one load the class."""
    return import_module("compiler.options.resources").ResourceSpec.from_dict(given)


SERIALIZED_CONTEXT_ENV_VAR = "_F_SS_C"
"""The variable that flytekit keeps its settings in inside a container."""

VERSION_OF_CONTENT = "drawloom-version-of-content"
"""Stands for the version while the content that gives it is being made; as long as the digest that replaces it."""
