"""The cold starts of the function in focus: how many, how long, of which version, at what cost, and who says so."""

from collections.abc import Iterator
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.widget import Widget

from lambdatop.model.cost.scan_price import ScanPrice
from lambdatop.model.focus import QueryAgreed
from lambdatop.model.invocations.cold_starts import ColdStarts, Origin, VersionStarts
from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.ui.commands import Area, bindings
from lambdatop.ui.content.fleet_columns import COLD_WARN_PCT
from lambdatop.ui.content.plot_overlay import is_changed, overlaid
from lambdatop.ui.content.plots import cold_plot, init_plot
from lambdatop.ui.messages import QueryPriced
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.widgets.bar import Bar
from lambdatop.ui.widgets.chartgrid import ChartGrid
from lambdatop.ui.widgets.columns import Column
from lambdatop.ui.widgets.table import Table
from lambdatop.words import format, timespans
from lambdatop.words.spans import Cell, Span, Tone

LOW = 14
"""Below this height there is room for the versions alone."""
_UNKNOWN: Cell = ((format.UNKNOWN, "dim"),)


class StartsPane(Pane):
    """Shows `State.seen.starts`; `Q` has Logs Insights count all of the window, once its price was agreed to."""

    SOURCE = "starts"
    PLACE = Area.STARTS
    ASKS = ("changes",)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.STARTS), *bindings(Area.CHARTS)]

    def __init__(self) -> None:
        super().__init__()
        self._sentence, self._origin = Bar(), Bar()
        self._grid = ChartGrid(2)
        self._table: Table[VersionStarts] = Table(COLUMNS, key=lambda row: row.version, gap=2)
        self._before: ColdStarts | None = None
        """What stood there when the query was agreed to."""

    def content(self) -> Iterator[Widget]:
        yield self._sentence
        yield self._origin
        yield self._grid
        yield self._table

    @property
    def reader(self) -> Widget:
        return self._table

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < LOW, "-low")

    def fill(self, old: State, new: State) -> None:
        if new.seen.starts is old.seen.starts and new.health is old.health and not is_changed(old, new):
            return
        starts = new.seen.starts
        if new.focus.agreed is not old.focus.agreed:
            self._before = starts if new.focus.agreed is not None else None
        doing = self._doing(starts)
        self.title("cold starts", new.focus.function, timespans.window(new), doing)
        self._table.stale = self.SOURCE in new.health
        self.absent(self.waiting() if starts is None else absence(starts))
        if starts is not None:
            self._sentence.show(sentence(starts))
            self._origin.show(origin(starts), () if doing else hint(starts))
            self._grid.show(overlaid([cold_plot(starts), init_plot(starts)], new))
            self._table.show(starts.versions)

    def _doing(self, starts: ColdStarts | None) -> str | None:
        counting = starts is not None and starts is self._before and self.SOURCE not in self.state.health
        return "Logs Insights is counting …" if counting else None

    def action_query(self) -> None:
        """Have the price told, and the user asked."""
        starts, focus = self.state.seen.starts, self.state.focus
        row = self.state.fleet.rows.get(focus.function or "")
        if starts is None or starts.price is None or row is None:
            return  # nothing is asked for at a price that cannot be told
        agreed = QueryAgreed(row.function.name, focus.window_minutes, focus.until)
        question = f"{row.function.name}: count every cold start with Logs Insights?"
        reasons = price_words(starts.price, row.function.log_group, focus.window_minutes)
        self.post_message(QueryPriced(agreed, question, reasons, yes=f"Yes, for {about(starts.price)}"))


def price_words(price: ScanPrice, log_group: str, window_minutes: int) -> list[str]:
    """What a query will scan and cost."""
    return [
        f"It scans {timespans.length(window_minutes)} of {log_group}, about {format.size(price.scanned_bytes)}:",
        f"{about(price)}, an estimate from the size of the log group.",
        "It is stopped when you leave the pane; what was scanned until then is paid.",
        "",
    ]


def about(price: ScanPrice) -> str:
    """An estimated price."""
    return "less than $0.01" if price.usd < 0.005 else f"about {format.dollars(price.usd)}"


def absence(starts: ColdStarts) -> str | None:
    """Why there is nothing to show, if so."""
    if starts.invocations:
        return None
    if starts.origin is Origin.TRACES:
        return "its REPORT lines cannot be read, and no trace says whether it was a cold start"
    if (starts.concurrency.total() or 0) > 0:
        return "it was invoked, but none of the lines read is a REPORT line: does its log level hide them?"
    return "not invoked in this window"


def sentence(starts: ColdStarts) -> list[Span]:
    """`12.0 % cold · init p95 2.6 s · $4.10 a month of init`."""
    cold = starts.percent or 0.0
    tone: Tone = "warn" if cold >= COLD_WARN_PCT else "strong"
    spans: list[Span] = [(f"{format.percent(cold)} % cold", tone)]
    if starts.init_p95_ms is not None:
        spans += [(" · init p95 ", "dim"), (format.duration(starts.init_p95_ms), "strong")]
    if starts.init_usd_per_month is not None:
        spans += [(" · ", "dim"), (format.dollars(starts.init_usd_per_month), "strong"), (" a month of init", "dim")]
    return spans


def origin(starts: ColdStarts) -> list[Span]:
    """`from REPORT lines, a sample of 9,000`."""
    looked_at = f"a sample of {starts.invocations:,}" if starts.sampled else f"all {starts.invocations:,} invocations"
    return [(f"from {starts.origin}, {looked_at}", "dim")]


def hint(starts: ColdStarts) -> list[Span]:
    """What `Q` would do."""
    if not starts.sampled:
        return []
    if starts.price is None:
        return [("Q counts all, but its price needs logs:DescribeLogGroups", "dim")]
    return [("Q", "accent"), (f" counts all, for {about(starts.price)}", "dim")]


def _number(text: str, tone: Tone = "plain") -> Cell:
    return _UNKNOWN if text == format.UNKNOWN else ((text, "dim" if text == format.ZERO else tone),)


def _cold_percent(row: VersionStarts) -> Cell:
    value = row.percent
    return _number(format.percent(value), "warn" if value is not None and value >= COLD_WARN_PCT else "plain")


def _version(row: VersionStarts) -> Cell:
    return ((safe(row.version), "strong"),)


def _aliases(row: VersionStarts) -> Cell:
    return ((safe(", ".join(row.aliases)), "accent"),)


COLUMNS: tuple[Column[VersionStarts], ...] = (
    Column(
        key="version", title="VERSION", width=8, max_width=16, cell=_version, align="left", importance=100, flex=True
    ),
    Column(key="alias", title="ALIAS", width=8, max_width=24, cell=_aliases, align="left", importance=60, flex=True),
    Column(key="invocations", title="INVOCATIONS", width=11, cell=lambda r: f"{r.invocations:,}", importance=70),
    Column(key="cold", title="COLD", width=7, cell=lambda r: _number(format.count(r.cold)), importance=80),
    Column(key="percent", title="COLD %", width=6, cell=_cold_percent, importance=95),
    Column(key="p50", title="INIT P50", width=8, cell=lambda r: _number(format.duration(r.init_p50_ms)), importance=50),
    Column(key="p95", title="INIT P95", width=8, cell=lambda r: _number(format.duration(r.init_p95_ms)), importance=90),
    Column(
        key="usd",
        title="INIT $/MONTH",
        width=12,
        cell=lambda r: _number(format.dollars(r.init_usd_per_month)),
        importance=65,
    ),
)
