"""What differs between two messages of one kind, field by field, with a path to each difference."""

from __future__ import annotations

from typing import Any

from literals import DrawloomError, path, pb, preview


def diff(old: pb.Message, new: pb.Message) -> str:
    """One line for each difference, `path: old -> new`; the empty text for equal messages.

    An absent field is shown as `unset`; lists are compared by position, maps by key. Raises `DrawloomError` for messages of
    different kinds.
    """
    if old.DESCRIPTOR.full_name != new.DESCRIPTOR.full_name:
        raise DrawloomError(
            "messages of two kinds do not compare",
            expected=old.DESCRIPTOR.name,
            got=new.DESCRIPTOR.name,
            fix="compare two messages of one kind",
        )
    lines: list[str] = []
    _messages(old, new, "", lines)
    return "\n".join(lines)


def _messages(old: Any, new: Any, where: str, lines: list[str]) -> None:
    if old == new:
        return
    have, want = dict(old.ListFields()), dict(new.ListFields())
    for field in sorted({**have, **want}, key=lambda field: field.number):
        _values(have.get(field), want.get(field), path.join(where, (f".{field.name}",)), lines, field)


def _values(old: Any, new: Any, where: str, lines: list[str], field: Any) -> None:
    nested = field.message_type is not None
    sample = old if old is not None else new
    if nested and field.message_type.GetOptions().map_entry:
        nested = field.message_type.fields_by_name["value"].message_type is not None
        have, want = dict(old or {}), dict(new or {})
        for key in sorted({*have, *want}):
            _pair(have.get(key), want.get(key), where + path.at_key(str(key)), lines, message=nested)
    elif hasattr(sample, "extend"):
        have, want = list(old or ()), list(new or ())
        for index in range(max(len(have), len(want))):
            a = have[index] if index < len(have) else None
            b = want[index] if index < len(want) else None
            _pair(a, b, where + path.at_index(index), lines, message=nested)
    else:
        _pair(old, new, where, lines, message=nested)


def _pair(old: object, new: object, where: str, lines: list[str], *, message: bool) -> None:
    if message and old is not None and new is not None:
        _messages(old, new, where, lines)
    elif old != new:
        lines.append(f"{where}: {_shown(old)} -> {_shown(new)}")


def _shown(value: Any) -> str:
    if value is None:
        return "unset"
    if hasattr(value, "ListFields"):
        return " ".join(str(value).split())[:120] or "{}"
    return preview(value)
