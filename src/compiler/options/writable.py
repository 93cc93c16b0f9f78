"""What all records of options share: they write themselves into a message, or make one."""

from __future__ import annotations

from typing import Any, ClassVar

from literals import pb


class Writable:
    """A record with a message of its own; `message_name` names it, `write` fills it."""

    message_name: ClassVar[str] = ""

    def write(self, into: Any) -> None:
        """Fill `into`, which is new; unset fields stay unset."""
        raise TypeError(f"{type(self).__name__} does not say how it is written into {type(into).__name__}")

    def to_message(self) -> Any:
        """The message, made anew at each call."""
        message = getattr(pb, self.message_name)()
        self.write(message)
        return message

    def to_flyte_idl(self) -> Any:
        """The same as `to_message`, under the name that code written for flytekit uses."""
        return self.to_message()
