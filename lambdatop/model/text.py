"""Text from AWS made safe to show.

Whatever a log line, a name or an error message contains, nothing but printable characters reaches the terminal: no
escape sequence, no control character, nothing that reorders, hides or stacks what is read (CVE-2021-25743 is what
happens otherwise). Exports keep the raw text; whatever is displayed passes through here.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

MAX_MARKS = 8
"""Combining marks kept on one base character; scripts need up to four, an attack (CVE-2021-26937) hundreds."""


# Compiled and built at first use, and not before the first row: names are printable, and most of them ASCII (4 ms).


@cache
def _control() -> re.Pattern[str]:
    return re.compile(r"[\x1b\x80-\x9f]")


# A string's body ends at any C1, ESC or line end, so that the scan is linear and an unterminated string, of which the
# last alternative takes the introducer alone, cannot swallow the line.
@cache
def _sequence() -> re.Pattern[str]:
    return re.compile(
        r"(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"  # CSI: cursor, colour, modes
        r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\n\r\x1b\x80-\x9f]*+(?:\x07|\x1b\\|\x9c)"  # OSC DCS SOS PM APC
        r"|\x1b(?:[ -/]{0,2}+[0-~])?"  # two-character sequences, and what is left of an unterminated one
        r"|[\x80-\x9f]"
    )


@cache
def _long_run() -> re.Pattern[str]:
    """Where too many marks could be: all combining marks lie above U+0300."""
    return re.compile(rf"[\u0300-\U0010ffff]{{{MAX_MARKS + 1},}}")


@cache
def _table() -> dict[int, str | None]:
    """What becomes of single characters: str.translate's table. Line feeds and tabs are the caller's business."""
    table: dict[int, str | None] = {code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)}
    table |= {0x0D: "\n", 0x2028: "\n", 0x2029: "\n", 0x7F: "␡"}
    table |= dict.fromkeys(_spaces(), " ")
    table |= dict.fromkeys(_invisible(), None)
    return table | dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")


def _spaces() -> Iterable[int]:
    """The blanks that are not U+0020; Python's tracebacks in Lambda are indented with U+00A0."""
    return (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F)


def _invisible() -> Iterable[int]:
    """What reorders text or takes no room: bidirectional controls, zero-width characters, byte order marks, tags."""
    return (
        *(0xAD, 0x034F, 0x061C, 0x180E, 0xFEFF),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE0080),
    )


def safe(text: str, *, newlines: bool = False) -> str:
    """Return `text` as it may be shown on a terminal. Idempotent, and linear in the length of the text.

    Escape sequences go whole, an unterminated one loses its introducer only; other control characters become their
    pictures (`␀`); bidirectional and zero-width characters go; lone surrogates become U+FFFD; at most MAX_MARKS
    combining marks stay on a character. A tab becomes a blank. Line ends become a visible `↵` but for those at the
    end, which go; with `newlines` they stay as `\\n`, and a tab becomes four blanks.
    """
    if text.isprintable():
        return text if text.isascii() else _thinned(text)
    if _control().search(text):
        text = _sequence().sub("", text)
    text = text.replace("\r\n", "\n").translate(_table())
    if newlines:
        return _thinned(text.replace("\t", "    "))
    return _thinned(text.rstrip("\n").replace("\n", "↵").replace("\t", " "))


def cut(text: str, limit: int = 8192) -> tuple[str, int]:
    """Return the first `limit` characters of `text`, and how many bytes (UTF-8) were left out.

    AWS: an event may have 1 MB; no line of a screen needs it, and styling it would stall the screen.
    """
    if len(text) <= limit:
        return text, 0
    return text[:limit], len(text[limit:].encode("utf-8", "surrogatepass"))


def _thinned(text: str) -> str:
    return text if text.isascii() else _long_run().sub(_without_towers, text)


def _without_towers(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)
