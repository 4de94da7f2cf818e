"""One log event in full, for reading: JSON indented, whatever stands before it kept, everything else as it came.

The text is laid out token by token and row by row, so that an event of 1 MB shows its first screen at once, and
numbers, repeated keys and escapes stay exactly what was logged.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{\[]\s*[}\]]|[{}\[\],:]|[^\s{}\[\],:"]+')
_INDENT: Final = "  "
_MOST_INDENTED: Final = 40
"""Deeper nesting is indented no further."""


def rows(message: str) -> Iterator[str]:
    """The rows to show, raw: what is displayed passes `text.safe` first."""
    before, json_text = _split(message.rstrip())
    yield from before.splitlines()
    if json_text:
        yield from _indented(json_text)


def _split(text: str) -> tuple[str, str]:
    """What stands before the JSON that ends the text, and the JSON, empty if there is none."""
    for opening in ("{", "["):
        at = text.find(opening)
        if at >= 0 and (at == 0 or text[at - 1].isspace()) and _is_json(text[at:]):
            return text[:at].rstrip(), text[at:]
    return text, ""


def _is_json(text: str) -> bool:
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return bool(decoded) and isinstance(decoded, dict | list)


def _indented(text: str) -> Iterator[str]:
    depth, row = 0, ""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in ("{", "["):
            yield row + token
            depth += 1
            row = _margin(depth)
        elif token in ("}", "]"):
            yield row
            depth -= 1
            row = _margin(depth) + token
        elif token == ",":
            yield row + token
            row = _margin(depth)
        elif token == ":":
            row += ": "
        else:
            row += token
    yield row


def _margin(depth: int) -> str:
    return _INDENT * min(depth, _MOST_INDENTED)
