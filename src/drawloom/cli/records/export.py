"""`drawloom runs export`: a recorded run as a trace that other tools show.

`perfetto`: the JSON of Chrome's trace viewer and ui.perfetto.dev ("Trace Event Format": complete events, microseconds). `otlp`: spans of
OpenTelemetry in the JSON encoding of OTLP, as collectors take it at /v1/traces (ids in hex, times in nanoseconds as text).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from drawloom.cli.terminal.output import Output, write_file
from drawloom.cli.terminal.run_tree import Span, spans
from drawloom.exports import VERSION
from drawloom.interpreter import RunInfo, read_run
from drawloom.local.errors import TargetError

_BAD = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
_OTLP_OK, _OTLP_ERROR = 1, 2
_OTLP_INTERNAL = 1
_PATIENCE = 30.0
"""Seconds that a receiver of spans may take to answer."""


def perfetto(info: RunInfo, found: Sequence[Span]) -> Mapping[str, Any]:
    """The run as Chrome's trace events; what runs at once is on lanes of its own, and what still runs ends with the last event."""
    last = max(max(span.started, span.ended) for span in found)
    lanes: list[float] = []
    events: list[Mapping[str, Any]] = [
        {"ph": "M", "pid": 1, "name": "process_name", "args": {"name": f"{info.name}: {info.entity.name}"}}
    ]
    for span in sorted(found, key=lambda each: each.started):
        end = span.ended or last
        lane = next((index for index, free in enumerate(lanes) if free <= span.started), len(lanes))
        lanes[lane : lane + 1] = [end]
        events.append(
            {
                "ph": "X", "pid": 1, "tid": lane, "cat": span.state, "name": span.name or span.address,
                "ts": round(span.started * 1e6), "dur": round((end - span.started) * 1e6),
                "args": {"node": span.address, "state": span.state, "attempts": span.attempts, "detail": span.detail},
            }
        )  # fmt: skip
    return {"traceEvents": events, "displayTimeUnit": "ms"}


def otlp(info: RunInfo, found: Sequence[Span]) -> Mapping[str, Any]:
    """The run as spans of one trace; ids are digests of the run's name and start, so that a second export says the same."""
    seed = f"{info.name} {info.started!r}"
    last = max(max(span.started, span.ended) for span in found)
    made: list[Mapping[str, Any]] = []
    for span in found:
        status: dict[str, Any] = (
            {"code": _OTLP_ERROR, "message": span.detail} if span.state in _BAD else {"code": _OTLP_OK}
        )
        entry: dict[str, Any] = {
            "traceId": _digest(seed, 16), "spanId": _digest(f"{seed} {span.address}", 8), "name": span.name or span.address,
            "kind": _OTLP_INTERNAL, "startTimeUnixNano": str(round(span.started * 1e9)),
            "endTimeUnixNano": str(round((span.ended or last) * 1e9)), "status": status,
            "attributes": [
                _attribute("drawloom.node", span.address), _attribute("drawloom.state", span.state),
                _attribute("drawloom.attempts", span.attempts),
            ],
        }  # fmt: skip
        if span.address:
            entry["parentSpanId"] = _digest(f"{seed} {span.parent}", 8)
        made.append(entry)
    resource = {"attributes": [_attribute("service.name", info.entity.name), _attribute("drawloom.run", info.name)]}
    scope = {"name": "drawloom", "version": VERSION}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": made}]}]}


def _digest(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def _attribute(key: str, value: str | int) -> Mapping[str, Any]:
    return {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}


FORMATS: Mapping[str, Callable[[RunInfo, Sequence[Span]], Mapping[str, Any]]] = {"perfetto": perfetto, "otlp": otlp}
"""The formats by name."""


def send(info: RunInfo, found: Sequence[Span], address: str) -> None:
    """Send the run's spans to a receiver of OTLP over HTTP, as JSON; `/v1/traces` is added where the address has no path.

    Raises:
        TargetError: it is not an HTTP address, nobody answers, or the spans are refused.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise TargetError(
            "spans are sent over HTTP",
            where="--to",
            expected="an address such as http://localhost:4318",
            got=repr(address),
            fix="give the address of a collector's OTLP/HTTP receiver; it takes no gRPC",
        )
    url = address if parts.path.strip("/") else f"{address.rstrip('/')}/v1/traces"
    request = Request(  # noqa: S310 - the scheme is checked above
        url, data=json.dumps(otlp(info, found)).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    try:
        urlopen(request, timeout=_PATIENCE).close()  # noqa: S310 - likewise
    except OSError as error:
        raise TargetError(
            "the spans were not taken",
            where=url,
            expected="a receiver of OTLP over HTTP that takes JSON",
            got=f"{type(error).__name__}: {error}",
            fix="check the address and that the collector runs, or write a file by -o",
        ) from error


def export_run(folder: Path, form: str, destination: Path | None) -> None:
    """Write the run that is recorded in a folder to a file, or to standard output.

    Raises:
        TargetError: the file cannot be written.
    """
    recorded = read_run(folder)
    text = json.dumps(FORMATS[form](recorded.info, spans(recorded)), indent=1)
    if destination is None:
        Output().text(text)
        return
    write_file(destination, text.encode(), str(destination), "give another file")
