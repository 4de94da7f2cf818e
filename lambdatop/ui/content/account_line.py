"""The account in words: header, tiles, totals and troubles as spans, from State and the time."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from lambdatop.model.fleet.fleet import AccountMetrics, Fleet
from lambdatop.model.metrics import Series
from lambdatop.model.reference.prices import borrowed
from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.ui.content.fleet_columns import ERRORS_BAD_PCT, ERRORS_WARN_PCT
from lambdatop.ui.widgets.fitting import Part, fitting_spans, spans_width
from lambdatop.ui.widgets.tile import Tile
from lambdatop.updates import SourceFailed
from lambdatop.words import format
from lambdatop.words.spans import Span, Tone

TILES = ("invocations", "errors", "p95 duration", "concurrency")
ROOMY = 100
"""The width from which the header has room for the data's age while it is fresh."""
SPARE = 50
"""The width from which it has room for what the program itself costs."""
STALE_S = 150.0
"""Metrics come by the minute; older than this the header warns."""
UNKNOWN: Span = ("–", "dim")
CONCURRENCY_WARN_SHARE, CONCURRENCY_BAD_SHARE = 0.7, 0.9


def header(
    state: State,
    now: datetime,
    *,
    width: int,
    paused: bool,
    read_only: bool,
    chosen: str = "",
    shown: int = 0,
    tagged: str = "",
) -> tuple[list[Span], list[Span]]:
    """The first line: who and how much on the left; freshness, own cost and clock on the right.

    What has no room on the left is left out whole, first what matters least.
    """
    modes = _modes(paused=paused, read_only=read_only, chosen=f"{chosen}: {shown:,}" if chosen else "", tagged=tagged)
    begin: Part = (9, [(" λtop ", "accent"), (" ", "plain"), *modes])
    fleet = state.fleet
    right: list[Span] = []
    stale = is_stale(fleet, now)
    if fleet.measured is not None and (width >= ROOMY or stale):
        age_s = (now - fleet.measured).total_seconds()
        right.append((f"data {format.age(age_s)} old", "warn" if stale else "dim"))
    if width >= SPARE:
        right.append((f"   ${format.usd(state.api.usd_per_hour)}/h", "dim"))
    right.append((f"   {format.clock(now)} ", "plain"))
    room = width - spans_width(right) - 1
    return fitting_spans((begin, *_who(state), *_how_many(fleet)), room), right


def _who(state: State) -> Iterator[Part]:
    identity = state.identity
    if identity is not None:
        yield 8, [(safe(identity.account), "strong")]
        yield 7, [(f" · {safe(identity.region)}", "plain")]
        yield 6, _prices(identity.region)
        yield 4, [(" · ", "plain"), (_role(identity.arn), "dim")]
    elif state.region is not None:
        yield 8, [("account unknown", "warn")]
        yield 7, [(f" · {safe(state.region)}", "plain")]
        yield 6, _prices(state.region)


def _how_many(fleet: Fleet) -> Iterator[Part]:
    if fleet.rows:
        functions = "function" if len(fleet.rows) == 1 else "functions"
        yield 5, [(f"   {len(fleet.rows):,}{'' if fleet.complete else '…'} {functions}", "plain")]
        yield 3, [(f" · {format.count(fleet.active)} active", "dim")]


def _modes(*, paused: bool, read_only: bool, chosen: str, tagged: str) -> list[Span]:
    """What changes the meaning of the screen: before all that may be left out."""
    modes: list[Span] = []
    if paused:
        modes.append(("PAUSED · p goes on   ", "warn"))
    if read_only:
        modes.append(("READ-ONLY   ", "warn"))
    if chosen:
        modes.append((f"{safe(chosen)}   ", "accent"))
    if tagged:
        modes.append((f"◆ {tagged} · U untags   ", "accent"))
    return modes


def _prices(region: str) -> list[Span]:
    """The Region whose prices every cost on the screen uses, if those of the own Region are not known."""
    of = borrowed(region)
    return [(f" at {of} prices", "dim")] if of else []


def is_stale(fleet: Fleet, now: datetime) -> bool:
    """True if the figures are older than they should ever get."""
    return fleet.measured is not None and (now - fleet.measured).total_seconds() > STALE_S


def _role(arn: str) -> str:
    """`assumed-role/oncall/session` -> `oncall`; `user/eve` -> `eve`."""
    parts = safe(arn).rpartition(":")[2].split("/")
    return parts[1] if len(parts) > 1 else parts[0]


def fill_tiles(tiles: Sequence[Tile], fleet: Fleet) -> None:
    """Show the account's own figures in the four tiles."""
    account = fleet.account
    if account is None:
        return
    invocations, errors, duration, concurrency = tiles
    rate, pct = per_minute(account.invocations), error_pct(account)
    invocations.show(_figure(rate, format.count, "/min"), account.invocations.values)
    errors.show(_figure(pct, format.percent, " %", _errors_tone(pct)), error_trend(account), _trend_tone(pct))
    duration.show(_figure(account.window_p95_ms, format.duration), account.duration_p95_ms.values)
    concurrency.show(_concurrency(fleet, account), account.concurrent_executions.values)


def totals(fleet: Fleet) -> list[Span]:
    """The tiles in one line, for small terminals."""
    account = fleet.account
    if account is None:
        return []
    pct = error_pct(account)
    parts: list[list[Span]] = [
        _figure(per_minute(account.invocations), format.count, "/min"),
        [*_figure(pct, format.percent, " %", _errors_tone(pct)), (" err", "dim")],
        [("p95 ", "dim"), *_figure(account.window_p95_ms, format.duration)],
        [*_concurrency(fleet, account), (" concurrent", "dim")],
    ]
    spans: list[Span] = [(" ", "plain")]
    for part in parts:
        spans += [*part, ("  ·  ", "dim")]
    return spans[:-1]


def troubles(state: State, now: datetime) -> list[list[Span]]:
    """A line for each kind of trouble: which sources do not answer, why, and when they are retried."""
    sources: dict[str, list[SourceFailed]] = {}
    for failed in state.health.values():
        sources.setdefault(failed.error, []).append(failed)
    return [_trouble(error, failures, now) for error, failures in sources.items()]


def _trouble(error: str, failures: Sequence[SourceFailed], now: datetime) -> list[Span]:
    wait_s = min(failed.retry_in_s - (now - failed.at).total_seconds() for failed in failures)
    names = ", ".join(sorted(failed.source for failed in failures))
    again = f" · again in {format.age(wait_s)}" if wait_s > 1 else " · asking again"
    return [(" ▲ ", "bad"), (f"{names}: ", "strong"), (safe(error), "warn"), (again, "dim")]


def _figure(value: float | None, show: Callable[[float], str], unit: str = "", tone: Tone = "strong") -> list[Span]:
    return [UNKNOWN] if value is None else [(show(value), tone), (unit, "dim")]


def _concurrency(fleet: Fleet, account: AccountMetrics) -> list[Span]:
    used, limit = latest(account.concurrent_executions), fleet.concurrency_limit
    if used is None:
        return [UNKNOWN]
    if limit is None:
        return _figure(used, format.count)
    share = used / limit if limit else 1.0
    tone: Tone = "bad" if share >= CONCURRENCY_BAD_SHARE else "warn" if share >= CONCURRENCY_WARN_SHARE else "strong"
    return _figure(used, format.count, f" of {limit:,}", tone)


def _errors_tone(pct: float | None) -> Tone:
    if pct is None or pct < ERRORS_WARN_PCT:
        return "strong"
    return "bad" if pct >= ERRORS_BAD_PCT else "warn"


def _trend_tone(pct: float | None) -> Tone:
    tone = _errors_tone(pct)
    return "accent" if tone == "strong" else tone


def latest(series: Series) -> float | None:
    """The newest known value of a full minute: the last one is still filling."""
    return next((value for value in reversed(series.values[:-1]) if value is not None), None)


RATE_MINUTES = 5


def per_minute(series: Series) -> float | None:
    """The mean of the last five full minutes; a minute without a point had none."""
    recent = series.values[-RATE_MINUTES - 1 : -1]
    known = [value for value in recent if value is not None]
    return sum(known) / len(recent) if known else None


def error_pct(account: AccountMetrics) -> float | None:
    """Errors of invocations in the last five full minutes, percent."""
    errors, invocations = per_minute(account.errors), per_minute(account.invocations)
    return 100 * errors / invocations if errors is not None and invocations else None


def error_trend(account: AccountMetrics) -> tuple[float | None, ...]:
    """The error rate by the minute, percent."""
    pairs = zip(account.errors.values, account.invocations.values, strict=True)
    return tuple(100 * errors / count if errors is not None and count else None for errors, count in pairs)
