"""One function in words: what it is, how it does, and each finding with the moment it began."""

from collections.abc import Sequence
from datetime import datetime

from lambdatop.model.changes.effect import Effect, Verdict
from lambdatop.model.changes.plan import Receipt
from lambdatop.model.changes.windows import changes_of
from lambdatop.model.fleet.diagnosis import Finding, Severity
from lambdatop.model.fleet.row import Row
from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.ui.content.fleet_columns import SEVERITY_TONES, glyph
from lambdatop.ui.widgets.fitting import Part, fitting_spans
from lambdatop.words import effect as effect_words
from lambdatop.words import format
from lambdatop.words.finding import told
from lambdatop.words.spans import Span

_VERDICTS: dict[Verdict, Span] = {
    Verdict.HELPED: ("✔", "good"),
    Verdict.WORSE: ("▲", "bad"),
    Verdict.SAME: ("=", "dim"),
    Verdict.UNREACHED: ("·", "dim"),
    Verdict.EARLY: ("…", "dim"),
    Verdict.UNKNOWN: ("?", "dim"),
}

MOST_FINDINGS = 4
MOST_EFFECTS = 2
MOST_LINES = 2 + MOST_FINDINGS + MOST_EFFECTS


Line = tuple[Sequence[Span], Sequence[Span]]
"""What is cut where there is no room, and what stays at the right."""


def lines(row: Row, now: datetime, state: State, width: int) -> list[Line]:
    """The function's lines, at most MOST_LINES: what it is, how it does, what is wrong, what was changed.

    Parts that have no room in `width` cells are left out whole, the least important first.
    """
    changes = changes_of(row.name, state.receipts, now)[-MOST_EFFECTS:]
    return [
        (_what(row, now, width), ()),
        (_figures(row, width), ()),
        *((_finding(finding, row), ()) for finding in row.findings[:MOST_FINDINGS]),
        *(_effect(change, state.effects.get((row.name, change.id))) for change in changes),
    ]


def _what(row: Row, now: datetime, width: int) -> list[Span]:
    function = row.function
    runtime = safe(function.runtime or "container image")
    name: Part = (9, [(" ", "plain"), *glyph(row), (f" {safe(function.name)}  ", "strong"), (runtime, "plain")])
    facts = [
        (3, function.architecture),
        (8, f"{function.memory_mb:,} MB"),
        (7, f"timeout {function.timeout_s} s"),
        (4, "tracing on" if function.tracing else "tracing off"),
        *([(2, "Lambda Insights")] if function.has_insights else []),
        *([(5, "SnapStart")] if function.snap_start else []),
        *([(1, f"logs in {function.log_group}")] if function.shares_log_group else []),
    ]
    parts: list[Part] = [name]
    for importance, fact in facts:
        parts.append((importance, [(f" · {safe(fact)}", "plain")]))
    if function.last_modified is not None:
        age_s = (now - function.last_modified).total_seconds()
        parts.append((6, [(f" · changed {format.age(age_s)} ago", "dim")]))
    return fitting_spans(parts, width)


def _figures(row: Row, width: int) -> list[Span]:
    metrics = row.metrics
    window = f"{metrics.window.seconds // 60} min" if metrics else "–"
    figures = (
        (9, "inv/min", format.count(row.invocations_per_min)),
        (10, "errors", format.count(row.errors)),
        (7, "throttles", format.count(row.throttles)),
        (1, "p50", format.duration(metrics.duration_p50_ms if metrics else None)),
        (8, "p95", format.duration(metrics.duration_p95_ms if metrics else None)),
        (3, "p99", format.duration(metrics.duration_p99_ms if metrics else None)),
        (5, "concurrent", format.count(metrics.concurrent_executions if metrics else None)),
        (4, "cold %", format.percent(row.cold_pct)),
        (6, "memory MB", f"{format.megabytes(row.used_mb)}/{row.memory_mb:,}"),
        (2, "$/h", format.usd(row.cost_usd_per_hour)),
    )
    lead: Part = (11, [(f"    last {window}", "dim")])
    parts: list[Part] = [(rank, [(f"   {name} ", "dim"), (value, "plain")]) for rank, name, value in figures]
    return fitting_spans([lead, *parts], width)


def _finding(finding: Finding, row: Row) -> list[Span]:
    sign = "·" if finding.severity is Severity.NOTE else "▲"
    return [(f"    {sign} ", SEVERITY_TONES[finding.severity]), (told(finding, row), "plain")]


def _effect(change: Receipt, effect: Effect | None) -> Line:
    verdict = effect.verdict if effect is not None else Verdict.EARLY
    glyph, tone = _VERDICTS[verdict]
    hint = effect_words.hint(change, effect)
    told: list[Span] = [(f"    {glyph} ", tone), (effect_words.sentence(change, effect), "plain")]
    return told, [(f"{hint} ", "strong" if verdict is Verdict.WORSE else "dim")] if hint else ()
