"""`create_node`: a call that gives the node rather than its promises, for entities whose results are not used by name."""

from __future__ import annotations

from typing import Any

from compiler.errors import FlyteAssertion
from compiler.graph.trace import open_trace
from compiler.source_location import here


def create_node(entity: Any, *args: Any, **kwargs: Any) -> Any:
    """Call `entity` and give its Node; outputs are `node.o0` or `node.outputs["o0"]`. Outside a workflow, run it.

    Raises:
        FlyteAssertion: positional arguments.
    """
    if args:
        raise FlyteAssertion(
            "create_node takes inputs by keyword only",
            where=entity.name,
            got=repr(args),
            location=here(keep_frame=True),
            expected="inputs by name",
            fix="write create_node(entity, a=...)",
        )
    trace = open_trace()
    if trace is None:
        return entity(**kwargs)
    location = here()
    return trace.add(entity, trace.bind_inputs(entity, (), kwargs, location), location)
