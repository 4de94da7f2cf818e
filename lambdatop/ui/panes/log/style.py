"""What one log line looks like: its time, its level, its text made harmless; the hits of a search stand out."""

from collections.abc import Iterator
from typing import Final

from lambdatop.model.logs.filter import Text
from lambdatop.model.logs.line import Level, LineKind, LogLine, Parsed, read
from lambdatop.model.text import cut, safe
from lambdatop.words import format
from lambdatop.words.spans import Span, Tone

TIME_WIDTH: Final = 13
MOST_ROWS: Final = 50
"""Of one event in the pane; Enter opens all of it."""
_QUIET = {LineKind.START, LineKind.END, LineKind.INIT, LineKind.PLATFORM}
_LEVELS: dict[Level | None, Tone] = {
    Level.ERROR: "bad",
    Level.FATAL: "bad",
    Level.WARN: "warn",
    Level.DEBUG: "dim",
    Level.TRACE: "dim",
}


def styled(line: LogLine, search: Text | None = None) -> list[Span]:
    """The line as spans, safe to show: a head of TIME_WIDTH characters, then its text, at most MOST_ROWS rows of it."""
    parsed = read(line.message)
    text, rest = _shortened(parsed.text)
    tone = _tone(parsed)
    headline, newline, others = safe(text, newlines=True).partition("\n")
    spans: list[Span] = [(f"{format.clock(line.timestamp, millis=True)} ", "dim"), *_level(parsed)]
    spans += _marked(headline, tone, search)
    if newline:
        spans += _marked(newline + others, "dim" if tone == "dim" else "plain", search)
    return [*spans, (rest, "accent")] if rest else spans


def size(number: int) -> str:
    """Bytes for a reader: `812 bytes`, `992 kB`."""
    return f"{number:,} bytes" if number < 1_000 else f"{number / 1_000:,.0f} kB"


def _shortened(text: str) -> tuple[str, str]:
    """What has room in a pane, and a word about what has not."""
    shown, bytes_left = cut(text)
    rows = shown.split("\n")
    if bytes_left:
        return "\n".join(rows[:MOST_ROWS]), f" +{size(bytes_left)}, Enter opens"
    if len(rows) > MOST_ROWS:
        return "\n".join(rows[:MOST_ROWS]), f" +{len(rows) - MOST_ROWS:,} lines, Enter opens"
    return shown, ""


def _tone(parsed: Parsed) -> Tone:
    if parsed.level in _LEVELS:
        return _LEVELS[parsed.level]
    if parsed.kind is LineKind.REPORT:
        return "accent"
    return "dim" if parsed.kind in _QUIET else "plain"


def _level(parsed: Parsed) -> list[Span]:
    if parsed.level is None or parsed.kind is not LineKind.APP:
        return []
    return [(f"{parsed.level.value:<5} ", _LEVELS.get(parsed.level, "dim"))]


def _marked(text: str, tone: Tone, search: Text | None) -> Iterator[Span]:
    end = 0
    for first, last in search.places(text) if search is not None else ():
        yield (text[end:first], tone)
        yield (text[first:last], "hit")
        end = last
    yield (text[end:], tone)
