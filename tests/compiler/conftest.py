"""Every bundle that a test of this folder compiles is read again: by all rules, and byte by byte."""

from __future__ import annotations

import pytest

from compiler.emit import bundle
from drawloom.ir import verify
from literals import pb


@pytest.fixture(autouse=True)
def every_bundle_is_verified_whole(monkeypatch):
    """The compiler judges plain nodes while it writes them; the rules themselves must come to the same end."""
    judged = bundle.verify_written

    def judged_and_read(contents, data):
        judged(contents, data)
        message = pb.Bundle.FromString(data)
        assert verify(message) == ()
        assert message.SerializeToString(deterministic=True) == data

    monkeypatch.setattr(bundle, "verify_written", judged_and_read)
