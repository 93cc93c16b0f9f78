"""Texts about an entity: short and long description, and where the source is.

An explicit `Documentation` and a docstring complete each other: the docstring, which stands nearer to the code, comes first,
and the object itself is never changed (it may be shared between entities).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from compiler.errors import OptionError
from compiler.options.entity_texts import LONG_DESCRIPTION_LIMIT, entity_description, write_long
from compiler.options.option_kinds import DocumentationOption
from compiler.options.writable import Writable
from literals import pb


class DescriptionFormat(enum.Enum):
    """The markup of a long description."""

    UNKNOWN = 0
    MARKDOWN = 1
    HTML = 2
    RST = 3


@dataclass
class Description(Writable):
    """A long text, in place (`value`) or elsewhere (`uri`); at most one of them."""

    DescriptionFormat = DescriptionFormat
    message_name = "Description"

    value: str | None = None
    uri: str | None = None
    icon_link: str | None = None
    format: DescriptionFormat = DescriptionFormat.RST

    def __post_init__(self) -> None:
        if self.value is not None and self.uri is not None:
            raise OptionError(
                "a description has both a text and a place",
                where="Description",
                expected="value or uri",
                got="both",
                fix="give value or uri, not both",
            )
        size = len((self.value or "").encode())
        if size > LONG_DESCRIPTION_LIMIT:
            raise OptionError(
                "a long description is too long",
                where="Description",
                expected=f"at most {LONG_DESCRIPTION_LIMIT} bytes",
                got=f"{size} bytes",
                fix="shorten it, or publish it and give uri=",
            )

    def write(self, into: pb.Description) -> None:
        """Write text or place, markup and icon."""
        if self.value is not None:
            into.value = self.value
        if self.uri is not None:
            into.uri = self.uri
        into.format = self.format.value  # pyright: ignore[reportAttributeAccessIssue] - same numbers
        into.icon_link = self.icon_link or ""


@dataclass
class SourceCode(Writable):
    """Where the code of an entity can be read."""

    message_name = "SourceCode"
    link: str | None = None

    def write(self, into: pb.SourceCode) -> None:
        """Write the link."""
        into.link = self.link or ""


@dataclass
class Documentation(DocumentationOption):
    """The texts of one entity. `description` is Flyte 2's name of `short_description`."""

    short_description: str | None = None
    long_description: Description | str | None = None
    source_code: SourceCode | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.long_description, str):
            self.long_description = Description(value=self.long_description)
        self.short_description = self.short_description or self.description
        self.description = self.short_description

    def write(self, into: pb.DescriptionEntity) -> None:
        """Write the texts as they are, without a docstring."""
        write_documentation(self, None, None, into)

    def describe(self, short: str | None, long: str | None) -> pb.DescriptionEntity:
        """A docstring's texts, completed by these, as a new message."""
        message = pb.DescriptionEntity()
        write_documentation(self, short, long, message)
        return message


def write_documentation(docs: Documentation, short: str | None, long: str | None, into: pb.DescriptionEntity) -> None:
    """Write a docstring's `short` and `long` text; `docs` fills what the docstring leaves open.

    The long description is present only where one of the two has a text: the form that flytekit writes.
    """
    into.short_description = short or docs.short_description or ""
    if long:
        write_long(long, into.long_description)
    elif isinstance(docs.long_description, Description):
        docs.long_description.write(into.long_description)
    if docs.source_code is not None and docs.source_code.link:
        into.source_code.link = docs.source_code.link


def documentation(docs: Documentation | None, short: str | None, long: str | None) -> Documentation:
    """A docstring's texts, completed by what the author gave, as a new object; a text beyond the limit is cut."""
    given = docs if docs is not None else Documentation()
    text = (long or "").encode()[:LONG_DESCRIPTION_LIMIT].decode(errors="ignore")
    return Documentation(
        short_description=short or given.short_description,
        long_description=Description(value=text) if text else given.long_description,
        source_code=given.source_code,
    )


__all__ = [
    "Description",
    "DescriptionFormat",
    "Documentation",
    "SourceCode",
    "documentation",
    "entity_description",
    "write_documentation",
]
