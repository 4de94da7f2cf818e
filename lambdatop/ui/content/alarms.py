"""Alarms in words and in a picture: how they stand, what they judge, when one would have gone off."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from lambdatop.actions.alarms.checks import topic_name
from lambdatop.model.alarms.alarm import Alarm, AlarmKind, AlarmState
from lambdatop.model.alarms.condition_text import condition, is_percent, is_time
from lambdatop.model.alarms.definition import Definition, Watched
from lambdatop.model.alarms.evaluation import Ringing
from lambdatop.model.alarms.history import Event, HistoryItem
from lambdatop.model.alarms.listing import Listed
from lambdatop.model.metrics import Series
from lambdatop.model.text import safe
from lambdatop.ui.widgets.charts import Line, Mark, Plot
from lambdatop.ui.widgets.columns import Column
from lambdatop.words import format
from lambdatop.words.spans import Cell, Span

STATES: Final[dict[AlarmState, tuple[Span, Span]]] = {
    AlarmState.ALARM: (("▲", "bad"), ("ALARM", "bad")),
    AlarmState.INSUFFICIENT_DATA: (("◌", "dim"), ("no data", "dim")),
    AlarmState.OK: (("●", "good"), ("OK", "plain")),
}
"""The glyph and the word of each state."""
MOST_MARKS: Final = 40
"""More would be a hedge and no marks."""


def state(of: AlarmState) -> tuple[Span, ...]:
    """`▲ ALARM`."""
    glyph, word = STATES[of]
    return (glyph, (" ", "plain"), word)


def judged(alarm: Alarm) -> str:
    """What it judges, as a sentence; for more than one metric the expression itself."""
    known = alarm.definition
    if known is not None:
        return condition(known)
    return f"{alarm.kind.value}: {alarm.rule}" if alarm.rule else alarm.kind.value


def tells(alarm: Alarm) -> Cell:
    """Who is notified, if anyone is."""
    if not alarm.actions_enabled:
        return (("off", "warn"),)
    return safe(", ".join(map(topic_name, alarm.actions))) if alarm.actions else (("nobody", "dim"),)


def since(at: datetime | None) -> str:
    """`24 Nov 14:05`, in the machine's zone."""
    return f"{at.astimezone():%d %b %H:%M}" if at is not None else format.UNKNOWN


def _function(row: Listed) -> Cell:
    if not row.functions:
        return (("the account" if row.alarm.kind is not AlarmKind.COMPOSITE else format.UNKNOWN, "dim"),)
    more = f" +{len(row.functions) - 1}" if row.functions[1:] else ""
    return f"{safe(row.functions[0])}{more}"


COLUMNS: Final[tuple[Column[Listed], ...]] = (
    Column(key="state", title="STATE", width=9, cell=lambda row: state(row.alarm.state), align="left", importance=100),
    Column(
        key="name",
        title="ALARM",
        width=18,
        max_width=32,
        cell=lambda row: ((safe(row.name), "strong" if row.alarm.state is AlarmState.ALARM else "plain"),),
        align="left",
        importance=95,
        flex=True,
    ),
    Column(key="function", title="FUNCTION", width=16, cell=_function, align="left", importance=80),
    Column(
        key="condition",
        title="RINGS WHEN",
        width=28,
        max_width=48,
        cell=lambda row: safe(judged(row.alarm)),
        align="left",
        importance=70,
        flex=True,
    ),
    Column(
        key="since",
        title="SINCE",
        width=12,
        cell=lambda row: ((since(row.alarm.updated), "dim"),),
        align="left",
        importance=60,
    ),
    Column(key="tells", title="TELLS", width=10, cell=lambda row: tells(row.alarm), align="left", importance=55),
    Column(
        key="reason",
        title="REASON",
        width=30,
        cell=lambda row: ((safe(row.alarm.reason), "dim"),),
        align="left",
        importance=40,
        flex=True,
    ),
)


def _went(item: HistoryItem) -> Cell:
    if item.state is not None:
        return state(item.state)
    word = {Event.ACTION: "action", Event.CONFIGURATION: "changed", Event.STATE: "state", None: "other"}[item.event]
    return (("  ", "plain"), (word, "dim"))


HISTORY: Final[tuple[Column[HistoryItem], ...]] = (
    Column(key="at", title="WHEN", width=12, cell=lambda item: ((since(item.at), "dim"),), align="left", importance=90),
    Column(key="went", title="WHAT", width=9, cell=_went, align="left", importance=100),
    Column(
        key="summary",
        title="",
        width=30,
        cell=lambda item: safe(item.reason or item.summary),
        align="left",
        importance=80,
        flex=True,
    ),
)


# What would have been


def plot(series: Series, definition: Definition, ringing: Sequence[Ringing]) -> Plot:
    """The past with the threshold across it, and where it would have gone off."""
    watched, threshold = definition.watched, definition.threshold
    lines = (
        Line(name=watched.stat, values=series.values),
        Line(name="limit", values=(threshold,) * len(series.values), tone="warn"),
    )
    marks = tuple(Mark(each.start, "▲", "bad") for each in ringing[-MOST_MARKS:])
    return Plot(lines=lines, x0=series.start, x1=max(series.end, series.start + 1), marks=marks, unit=unit(watched))


def unit(watched: Watched) -> Callable[[float | None], str]:
    """How a value of the metric is written."""
    return format.duration if is_time(watched) else format.percent if is_percent(watched) else format.count
