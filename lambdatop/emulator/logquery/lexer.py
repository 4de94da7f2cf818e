"""A query's text as tokens, each with its place, so that a refusal can say where."""

import re
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from lambdatop.emulator.errors import ServiceError

_T = TypeVar("_T")

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<period>\d+(?:ms|[smhdw])\b)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>`[^`]+`|@?[A-Za-z_][\w.@]*)
    |(?P<sign><=|>=|!=|==|=~|[-+*/%=<>|,()\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"\s*/(?P<inside>(?:\\.|[^/\\\n])+)/")
_BEFORE_REGEX = ("like", "=~")


class QueryToken(NamedTuple):
    """One word of the query. `kind` is string, period, number, name, sign, regex or end."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """What it may be as a keyword or sign: those of letters are written in any case."""
        return self.text.lower() if self.kind in ("name", "sign") and self.text[:1] != "`" else ""


def tokens(query: str) -> list[QueryToken]:
    """The tokens of a query, the last of kind `end`; raises `MalformedQueryException`."""
    found: list[QueryToken] = []
    at = 0
    while at < len(query):
        after_like = bool(found) and found[-1].word in _BEFORE_REGEX
        if after_like and (regex := _REGEX.match(query, at)):
            found.append(QueryToken("regex", regex["inside"], at, regex.end()))
            at = regex.end()
            continue
        match = _TOKEN.match(query, at)
        if match is None or match.lastgroup is None:
            raise malformed(f"unexpected symbol found {query[at]}", query, at, at + 1)
        if match.lastgroup != "space":
            found.append(QueryToken(match.lastgroup, match[0], at, match.end()))
        at = match.end()
    return [*found, QueryToken("end", "", len(query), len(query))]


def malformed(problem: str, query: str, start: int, end: int) -> ServiceError:
    """AWS's refusal of a query, with the place that it is about."""
    line = query.count("\n", 0, start) + 1
    position = start - query.rfind("\n", 0, start)
    message = f"{problem} at line {line} and position {position}"
    place = {"startCharOffset": start, "endCharOffset": end}
    return ServiceError(
        "MalformedQueryException", message, 400, queryCompileError={"location": place, "message": message}
    )


class Reader:
    """A query's tokens, and how far they have been read."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._tokens = tokens(query)
        self._at = 0

    @property
    def next(self) -> QueryToken:
        """The token that has not been read yet."""
        return self._tokens[self._at]

    def take(self) -> QueryToken:
        """Read a token; at the end there is always one more end."""
        token = self.next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def accept(self, *words: str) -> QueryToken | None:
        """Read the next token if it is one of these keywords or signs."""
        return self.take() if self.next.word in words else None

    def expect(self, word: str) -> QueryToken:
        """Read a keyword or sign that has to come now."""
        token = self.take()
        if token.word != word:
            raise self.unexpected(token)
        return token

    def several(self, read: Callable[["Reader"], _T]) -> tuple[_T, ...]:
        """One or more, separated by commas."""
        found = [read(self)]
        while self.accept(","):
            found.append(read(self))
        return tuple(found)

    def text_since(self, start: int) -> str:
        """What was read from an offset on, as it was written."""
        return self._query[start : self._tokens[self._at - 1].end]

    def unexpected(self, token: QueryToken) -> ServiceError:
        """The refusal of a token that makes no sense where it stands."""
        return self.refused(f"unexpected symbol found {token.text}" if token.text else "unexpected end of query", token)

    def refused(self, problem: str, token: QueryToken) -> ServiceError:
        """A refusal that names the token's place."""
        return malformed(problem, self._query, token.start, token.end)
