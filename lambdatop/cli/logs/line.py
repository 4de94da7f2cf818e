"""One log line as `lambdatop logs` prints it: for people, whatever it contains made harmless, or as exact JSON."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from msgspec import Struct

from lambdatop.model.logs.levels import Level, LineKind, Parsed
from lambdatop.model.logs.line import LogLine
from lambdatop.model.text import safe

_GUTTER_COLOURS = (35, 34, 32, 36, 95, 94, 92, 96)
_RESET = "\x1b[0m"
_RULE = " │ "
_UNDATED = "14:32:07.118"
_DATED = f"2026-11-23 {_UNDATED}"


class PrintedLine(Struct, frozen=True):
    """A line, what it says, and the request it belongs to, be it named in it or not."""

    line: LogLine
    parsed: Parsed
    request_id: str | None


Form = Callable[[PrintedLine], str]
"""An entry as text, with its line end."""


def as_json(entry: PrintedLine) -> str:
    """One object, all ASCII: whatever the message is, decoding gives back exactly that."""
    line = entry.line
    return (
        json.dumps(
            {
                "function": line.function_name,
                "timestamp": iso(line.timestamp),
                "ingestion_time": iso(line.ingestion_time),
                "stream": line.stream,
                "event_id": line.event_id,
                "request_id": entry.request_id,
                "level": entry.parsed.level,
                "message": line.message,
            }
        )
        + "\n"
    )


def iso(at: datetime | None) -> str | None:
    """UTC with milliseconds, as AWS writes it: `2026-11-23T14:32:07.118Z`."""
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(functions: Sequence[str], *, dated: bool, coloured: bool) -> Form:
    """The form for people: local time, the function's name if there are several, the text.

    A text of several lines is indented under its first, so that no line of it can pass for an event of its own.
    """
    gutters = _gutters(functions, coloured=coloured) if len(functions) > 1 else {}
    before = len(_DATED if dated else _UNDATED) + 1 + (max(map(len, functions)) + len(_RULE) if gutters else 0)
    indent = "\n" + " " * before

    def form(entry: PrintedLine) -> str:
        line = entry.line
        text = safe(line.message.rstrip(), newlines=True)
        if "\n" in text:
            text = text.replace("\n", indent)
        if coloured and (colour := _colour(entry.parsed)):
            text = f"\x1b[{colour}m{text}{_RESET}"
        return f"{local(line.timestamp, dated=dated)} {gutters.get(line.function_name, '')}{text}\n"

    return form


def local(at: datetime, *, dated: bool) -> str:
    """`14:32:07.118` in the machine's own zone, or `2026-11-23 14:32:07.118`."""
    return f"{_local_second(at.replace(microsecond=0), dated)}.{at.microsecond // 1000:03d}"


@lru_cache(maxsize=64)
def _local_second(second: datetime, dated: bool) -> str:
    """Cached, since a busy function writes hundreds of lines a second, and zones are slow."""
    shown = second.astimezone() if second.tzinfo else second
    return f"{shown:%Y-%m-%d %H:%M:%S}" if dated else f"{shown:%H:%M:%S}"


def _gutters(functions: Sequence[str], *, coloured: bool) -> dict[str, str]:
    width = max(map(len, functions))
    gutters = {name: f"{safe(name).ljust(width)}{_RULE}" for name in functions}
    if not coloured:
        return gutters
    colours = (_GUTTER_COLOURS[place % len(_GUTTER_COLOURS)] for place in range(len(functions)))
    return {
        name: f"\x1b[{colour}m{text}{_RESET}" for (name, text), colour in zip(gutters.items(), colours, strict=True)
    }


def _colour(parsed: Parsed) -> int | None:
    """The terminal's own red, yellow and cyan, or dim for what Lambda writes at each invocation."""
    if parsed.level in (Level.ERROR, Level.FATAL):
        return 31
    if parsed.level is Level.WARN:
        return 33
    if parsed.kind is LineKind.REPORT:
        return 36
    return None if parsed.kind is LineKind.APP else 2
