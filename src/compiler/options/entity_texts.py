"""The texts about an entity, without the class of `Documentation`: only who makes one loads it."""

from __future__ import annotations

from compiler.options.option_kinds import DocumentationOption, of_kind
from literals import pb

LONG_DESCRIPTION_LIMIT = 16 * 1024
"""Bytes of a long description that a server accepts."""

_RST = 3


def check_docs(docs: object, where: str) -> None:
    """Refuse what is not a documentation.

    Raises:
        OptionError: it is something else.
    """
    of_kind(
        docs, DocumentationOption, "docs is not a Documentation", where=where,
        expected="Documentation(...)", fix="write Documentation(short_description='...')",
    )  # fmt: skip


def entity_description(docs: DocumentationOption | None, short: str | None, long: str | None) -> pb.DescriptionEntity:
    """A docstring's `short` and `long` text; `docs` fills what the docstring leaves open."""
    if docs is not None:
        return docs.describe(short, long)
    message = pb.DescriptionEntity(short_description=short or "")
    write_long(long, message.long_description)
    return message


def write_long(text: str | None, into: pb.Description) -> None:
    """A docstring's text as RST. One of any length is legal Python; what exceeds the limit is left to the source."""
    if text:
        data = text.encode()
        fits = len(data) <= LONG_DESCRIPTION_LIMIT
        into.value = text if fits else data[:LONG_DESCRIPTION_LIMIT].decode(errors="ignore")
    into.format = _RST  # pyright: ignore[reportAttributeAccessIssue] - same number
