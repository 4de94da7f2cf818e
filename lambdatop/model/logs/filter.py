"""What the reader of a log may ask for: words, patterns, levels, the lines of one request.

`timeout !/health/ level:warn` are three terms that must all hold. Reading a filter never fails: what cannot be read
says why. Texts are found in whichever case, in the message as it came.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from typing import Final

from msgspec import Struct

from lambdatop.model.logs.kept_lines import Lines, LineStretch
from lambdatop.model.logs.levels import Level, LineKind, level_of
from lambdatop.model.logs.line import LogLine, read

_TERM: Final = re.compile(r'(!?)(?:/((?:[^/\\]|\\.)*)(?:/|$)|"([^"]*)(?:"|$)|(\S+))(?:\s+|$)')
_LEVEL: Final = "level:"


class Text(Struct, frozen=True):
    """A text or pattern that a message contains; `inverse`, that it does not."""

    pattern: re.Pattern[str]
    literal: str | None = None
    """The text in lower case where it is one: looked for ten times faster than the pattern."""
    inverse: bool = False

    def matches(self, message: str) -> bool:
        """True if the term holds for the message."""
        found = self.literal in message.lower() if self.literal is not None else self.pattern.search(message)
        return bool(found) is not self.inverse

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it stands in a text as shown: starts and ends of what is not empty."""
        return (found.span() for found in self.pattern.finditer(text) if found.end() > found.start())


class AtLeast(Struct, frozen=True):
    """Lines of a level or a louder one; lines that name no level are of none. `inverse`: all others."""

    level: Level
    inverse: bool = False

    def matches(self, message: str) -> bool:
        """True if the term holds for the message."""
        level = read(message).level
        return (level is not None and level.loudness >= self.level.loudness) is not self.inverse


class UnreadableFilter(Struct, frozen=True):
    """Why a filter or a search cannot be read, for the one who typed it."""

    reason: str


Term = Text | AtLeast
Test = Callable[[LineStretch, Iterable[int]], Iterable[int]]
"""Which of the lines with these numbers, all of the stretch and in order, pass."""


def parse_filter(text: str) -> tuple[Term, ...] | UnreadableFilter:
    """Read `word`, `"some words"`, `/regular expression/` and `level:warn`, each inverse after `!`, all to hold."""
    terms: list[Term] = []
    for match in _TERM.finditer(text.strip()):
        inverse, pattern, quoted, word = bool(match[1]), match[2], match[3], match[4]
        if word is not None and word.lower().startswith(_LEVEL):
            term: Term | UnreadableFilter = _at_least(word[len(_LEVEL) :], inverse)
        elif pattern is not None:
            term = _expression(pattern, inverse)
        else:
            term = _literal(quoted if quoted is not None else word, inverse)
        if isinstance(term, UnreadableFilter):
            return term
        terms.append(term)
    return tuple(terms)


def parse_search(text: str) -> Text | UnreadableFilter | None:
    """Read `any text` or `/regular expression/`; None for nothing."""
    if len(text) > 1 and text.startswith("/"):
        return _expression(text[1:].removesuffix("/"), False)
    return _literal(text, False) if text else None


def of_messages(matches: Callable[[str], bool]) -> Test:
    """The test that a line passes if its message does."""

    def test(stretch: LineStretch, numbers: Iterable[int]) -> list[int]:
        messages, first = stretch.messages, stretch.first
        return [number for number in numbers if matches(messages[number - first])]

    return test


def of_lines(matches: Callable[[LogLine], bool]) -> Test:
    """The test that a line passes as a whole."""
    return lambda stretch, numbers: [number for number in numbers if matches(stretch.line(number))]


def all_of(tests: Sequence[Test]) -> Test:
    """The test that a line passes if it passes all of them."""
    return lambda stretch, numbers: reduce(lambda passing, test: test(stretch, passing), tests, numbers)


def _at_least(word: str, inverse: bool) -> AtLeast | UnreadableFilter:
    level = level_of(word)
    if level is None:
        return UnreadableFilter(f"no level {word!r}: trace, debug, info, warn, error, fatal")
    return AtLeast(level, inverse)


def _literal(text: str, inverse: bool) -> Text:
    return Text(re.compile(re.escape(text), re.IGNORECASE), text.lower(), inverse)


def _expression(pattern: str, inverse: bool) -> Text | UnreadableFilter:
    try:
        return Text(re.compile(pattern, re.IGNORECASE), None, inverse)
    except (re.error, OverflowError, RecursionError) as error:
        return UnreadableFilter(f"/{pattern}/: {error}")


class RequestLines(Struct):
    """The lines of one request: those that name it, and those between its first and last in its stream.

    An environment handles one request at a time, so what it prints in between without an id is the request's too.
    """

    request_id: str
    stream: str
    since: datetime
    until: datetime | None
    """None while the request runs: until its stream turns to another one."""

    def matches(self, line: LogLine) -> bool:
        """True if the line is the request's. Lines that came after it was made are to be asked for in their order."""
        if self.request_id in line.message:
            return True
        if line.stream != self.stream or line.timestamp < self.since:
            return False
        if self.until is not None and line.timestamp > self.until:
            return False
        named = read(line.message).request_id
        if named is not None and named != self.request_id:
            self.until = line.timestamp if self.until is None else self.until
            return False
        return True


def request_at(lines: Lines, number: int) -> RequestLines | None:
    """The request that the line of that number belongs to; None if no line of its stream before or at it names one.

    Looks from the line backward to the START, and forward to the REPORT, in the line's own stream.
    """
    here = lines.at(number)
    named = read(here.message).request_id
    since = here.timestamp
    for line in _backward(lines, number):
        if line.stream != here.stream:
            continue
        parsed = read(line.message)
        if parsed.request_id is not None and named not in (None, parsed.request_id):
            break
        named = named or parsed.request_id
        since = min(since, line.timestamp)
        if parsed.kind is LineKind.START:
            break
        if parsed.kind is LineKind.REPORT:
            return None  # between two requests: of neither
    return (
        RequestLines(named, here.stream, since, _until(lines, number, here.stream, named))
        if named is not None
        else None
    )


def _until(lines: Lines, number: int, stream: str, request_id: str) -> datetime | None:
    for line in lines.between(number, lines.end):
        if line.stream == stream:
            parsed = read(line.message)
            if parsed.kind is LineKind.REPORT or parsed.request_id not in (None, request_id):
                return line.timestamp
    return None


def _backward(lines: Lines, number: int) -> Iterator[LogLine]:
    end = number
    while end > lines.first:
        first = lines.chunk_before(end)
        yield from reversed(list(lines.between(first, end)))
        end = first
