"""What the reader of a log has chosen to see: filter, level, one request, a search; and the words that say so."""

from msgspec import Struct

from lambdatop.model.logs.filter import (
    AtLeast,
    RequestLines,
    Test,
    Text,
    UnreadableFilter,
    of_lines,
    of_messages,
    parse_filter,
    parse_search,
)
from lambdatop.model.logs.json_records import short_id
from lambdatop.model.logs.levels import Level
from lambdatop.model.text import safe
from lambdatop.ui.panes.log.found import FoundLines
from lambdatop.ui.panes.log.selection import Selection
from lambdatop.words.spans import Span

_BETWEEN: Span = ("  ·  ", "dim")
LEVELS = (None, Level.INFO, Level.WARN, Level.ERROR)


class LineChoice(Struct, frozen=True):
    """As typed and toggled. What cannot be read chooses nothing and is told."""

    filter: str = ""
    search: str = ""
    level: Level | None = None
    request: RequestLines | None = None

    @property
    def tests(self) -> tuple[Test, ...]:
        """What must hold for a line to be shown."""
        terms = parse_filter(self.filter)
        tests = [] if isinstance(terms, UnreadableFilter) else [of_messages(term.matches) for term in terms]
        if self.level is not None:
            tests.append(of_messages(AtLeast(self.level).matches))
        if self.request is not None:
            tests.append(of_lines(self.request.matches))
        return tuple(tests)

    @property
    def sought(self) -> Text | None:
        """What is searched for."""
        sought = parse_search(self.search)
        return None if isinstance(sought, UnreadableFilter) else sought

    @property
    def next_level(self) -> Level | None:
        """The level after this one, for the key that goes round."""
        return LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)]


def words(choice: LineChoice, selection: Selection, cursor: int | None) -> list[Span]:
    """What is chosen, how many lines pass, which hit the cursor is on; empty if nothing is chosen."""
    parts = [*_chosen(choice, selection)]
    if choice.search:
        parts.append(_search(choice, selection.hits, cursor))
    if selection.errors is not None:
        parts.append([("error ", "dim"), (_which(selection.errors, cursor), "plain")])
    return [span for part in parts for span in (_BETWEEN, *part)][1:]


def _chosen(choice: LineChoice, selection: Selection) -> list[list[Span]]:
    parts: list[list[Span]] = []
    if choice.filter:
        parts.append(_typed("filter ", choice.filter, parse_filter(choice.filter)))
    if choice.level is not None:
        parts.append([(f"{choice.level} and louder", "accent")])
    if choice.request is not None:
        parts.append([("request ", "dim"), (safe(short_id(choice.request.request_id)), "accent")])
    found = selection.chosen
    if found is not None:
        parts.append([(f"{len(found):,} of {len(selection.lines):,}{_more(found)}", "plain")])
    return parts


def _search(choice: LineChoice, hits: FoundLines | None, cursor: int | None) -> list[Span]:
    spans = _typed("/", choice.search, parse_search(choice.search))
    return [*spans, (f" {_which(hits, cursor)}", "plain")] if hits is not None else spans


def _typed(sign: str, text: str, read: object) -> list[Span]:
    spans: list[Span] = [(sign, "dim"), (safe(text), "accent")]
    return [*spans, (f" {safe(read.reason)}", "bad")] if isinstance(read, UnreadableFilter) else spans


def _which(found: FoundLines, cursor: int | None) -> str:
    """`3/41`; `41` while the cursor is on none of them."""
    place = found.place(cursor) if cursor is not None else len(found)
    here = place < len(found) and found.number(place) == cursor
    return f"{place + 1:,}/{len(found):,}{_more(found)}" if here else f"{len(found):,}{_more(found)}"


def _more(found: FoundLines) -> str:
    return "" if found.complete else " …"
