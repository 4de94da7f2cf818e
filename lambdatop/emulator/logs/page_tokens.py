"""Tokens that name a place between two log events: opaque to the client, and bound to the question they answer."""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Any

from msgspec import Struct

from lambdatop.emulator.contents.written import Position
from lambdatop.emulator.errors import ServiceError


class PageTokenPosition(Struct, frozen=True, kw_only=True):
    """A direction and the last event passed in it; None is the beginning."""

    newest_first: bool
    after: Position | None = None

    def is_before(self, position: Position) -> bool:
        """True if an event there is still to come."""
        if self.after is None:
            return True
        return position < self.after if self.newest_first else position > self.after


def token_of(place: PageTokenPosition, question: list[Any]) -> str:
    """The token of a place among the answers to a question (any JSON value)."""
    content = [int(place.newest_first), list(place.after or ()), _mark(question)]
    return ("b/" if place.newest_first else "f/") + urlsafe_b64encode(json.dumps(content).encode()).decode()


def place_of(token: str, question: list[Any]) -> PageTokenPosition:
    """The place of a token; raises `InvalidParameterException` if it belongs to another question or to none."""
    try:
        newest_first, after, mark = json.loads(urlsafe_b64decode(token[2:]))
        place = PageTokenPosition(newest_first=bool(newest_first), after=Position(*after) if after else None)
    except (ValueError, TypeError, NotBase64) as unreadable:
        raise ServiceError("InvalidParameterException", "The specified nextToken is invalid.") from unreadable
    if mark != _mark(question):
        raise ServiceError("InvalidParameterException", "The specified nextToken is invalid.")
    return place


def _mark(question: list[Any]) -> int:
    return zlib.crc32(json.dumps(question).encode())
