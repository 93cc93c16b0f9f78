"""Secrets and identities."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "Identity OAuth2Client OAuth2TokenRequest Secret SecurityContext",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
