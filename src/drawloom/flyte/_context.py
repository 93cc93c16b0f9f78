"""The ambient context, under the path that programs written for Flyte 2 import it from."""

from __future__ import annotations

from drawloom.context import Context, ContextData, contextual_run, ctx, internal_ctx, root_context_var

__all__ = ["Context", "ContextData", "contextual_run", "ctx", "internal_ctx", "root_context_var"]
