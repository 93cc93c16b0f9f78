"""Pillow: images as PNG, or as TIFF in the modes that PNG does not have; pixels, mode, palette and size come back.

Wire: `blob{PIL.Image, SINGLE}`, the format's name that flytekit has. What a file format says beside the pixels (Exif, the name of the
file that an image was opened from) is not kept.
"""

from __future__ import annotations

from typing import BinaryIO

from PIL import Image

from typeengine.codec import Codec
from typeengine.contrib.one_file import FileFormat, file_codec
from typeengine.errors import unsupported
from typeengine.hints.forms import Form
from typeengine.registry import CodecResolver, CodecRow

_PNG = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I;16"})
_TIFF = frozenset({"I", "F", "CMYK", "YCbCr", "LAB"})


def _write(image: Image.Image, stream: BinaryIO) -> None:
    if image.mode not in _PNG and image.mode not in _TIFF:
        raise ValueError(f"no file format keeps the mode {image.mode}")
    image.save(stream, "PNG" if image.mode in _PNG else "TIFF")


def _read(stream: BinaryIO) -> Image.Image:
    opened = Image.open(stream)
    with opened:
        return opened.copy()  # the image itself, and not the file that it was read from


def image_codec(form: Form, resolver: CodecResolver) -> Codec:
    """PIL.Image.Image."""
    del resolver
    if form.cls is not Image.Image:
        raise unsupported(
            "images of a file's own class do not come back as that", form.cls, fix="declare PIL.Image.Image"
        )
    return file_codec(form, _IMAGE)


def _is_image(form: Form) -> bool:
    return form.cls is not None and issubclass(form.cls, Image.Image)


ROWS: tuple[CodecRow, ...] = (CodecRow("PIL images", _is_image, image_codec),)
_IMAGE = FileFormat(
    tag="PIL.Image",
    format="PIL.Image",
    name="image.png",
    expected="a PIL image",
    classes=(Image.Image,),
    write=_write,
    read=_read,
    subclasses=True,  # an image that was opened is of its file format's class
    fix="convert it: image.convert('RGBA')",
)
