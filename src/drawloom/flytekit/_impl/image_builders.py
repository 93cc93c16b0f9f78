"""Builders of images that a program brings itself: drawloom builds none, and runs the one that an ImageSpec names when it is asked to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from compiler import ImageSpec, OptionError
from drawloom.errors import UnsupportedHereError
from literals import preview


class ImageSpecBuilder(ABC):
    """Builds the image of an `ImageSpec`; derive from it, and register it under the name that `builder=` gives."""

    @abstractmethod
    def build_image(self, image_spec: ImageSpec) -> str | None:
        """Build and push the image; give its full name, or None for `image_spec.image_name()`."""
        ...

    def should_build(self, image_spec: ImageSpec) -> bool:
        """Whether the image is to be built; always, for whoever does not ask a registry."""
        del image_spec
        return True


class NoOpBuilder(ImageSpecBuilder):
    """Builds nothing: the image is the one that `base_image` names."""

    builder_type: ClassVar[str] = "noop"

    def build_image(self, image_spec: ImageSpec) -> str:
        """The name of the image that is there already.

        Raises:
            OptionError: `base_image` names none.
        """
        if not isinstance(image_spec.base_image, str):
            raise OptionError(
                "base_image must be a string to use the noop image builder",
                where="NoOpBuilder",
                expected="the name of an image that is built",
                got=preview(image_spec.base_image),
                fix="write base_image='registry/name:tag'",
            )
        return image_spec.base_image


class ImageBuildEngine:
    """The builders of this process by name. Compiling builds nothing: `build` does, for whoever calls it."""

    _builders: ClassVar[dict[str, tuple[ImageSpecBuilder, int]]] = {NoOpBuilder.builder_type: (NoOpBuilder(), 0)}

    @classmethod
    def register(cls, builder_type: str, image_spec_builder: ImageSpecBuilder, priority: int = 5) -> None:
        """Make a builder known under a name; of several, the one with the highest priority builds images that name none."""
        cls._builders[builder_type] = (image_spec_builder, priority)

    @classmethod
    def get_registry(cls) -> dict[str, tuple[ImageSpecBuilder, int]]:
        """Builder and priority by name."""
        return cls._builders

    @classmethod
    def build(cls, image_spec: ImageSpec) -> str:
        """Build an image by its builder, if that says that it is to be; give the image's name.

        Raises:
            UnsupportedHereError: no builder of that name is registered.
        """
        name = image_spec.builder or max(cls._builders, key=lambda each: cls._builders[each][1], default="")
        if name not in cls._builders:
            raise UnsupportedHereError(
                "drawloom builds no images itself, and this builder is not registered",
                where="ImageBuildEngine.build",
                expected=", ".join(cls._builders) or "a builder that the program registers",
                got=name,
                fix="register one, or build the image with the platform's own tool",
            )
        builder, _ = cls._builders[name]
        built = builder.build_image(image_spec) if builder.should_build(image_spec) else None
        return built or image_spec.image_name()
