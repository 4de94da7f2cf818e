"""Plots of memory, processor, network, /tmp, cold starts and cost: pure, for any pane."""

from collections.abc import Callable, Sequence

from lambdatop.model.cost.cost import usd_by_period
from lambdatop.model.cost.memory_sizes import by_period, size_now
from lambdatop.model.fleet.row import Row
from lambdatop.model.insights.insights import Insights
from lambdatop.model.insights.usage import MB
from lambdatop.model.invocations.cold_starts import ColdStarts
from lambdatop.model.metrics import Charts, Series, Window
from lambdatop.ui.widgets.charts import Line, Plot
from lambdatop.ui.widgets.spark import peaks
from lambdatop.words import format
from lambdatop.words.spans import Tone

Unit = Callable[[float | None], str]
Curve = tuple[str, Series, Tone]
NEAR = 0.97
LIMIT_SEEN = 5
"""A limit this many times higher than the usage is no concern, and would flatten the lines."""
SAMPLES = 12
"""As many points as a sample has stretches."""


def memory_plot(used_mb: Series, size_mb: Series, window: Window) -> Plot:
    """The highest memory used by period, below the size that ran then."""
    return _plot([("used", used_mb, "accent"), ("of", _beyond(used_mb, size_mb), "dim")], window, format.memory)


def calls_plot(charts: Charts) -> Plot:
    """Invocations and errors by period."""
    return _measured(charts, [("invoked", "invocations", "accent"), ("errors", "errors", "bad")], format.count)


def durations_plot(charts: Charts) -> Plot:
    """Percentiles of duration by period."""
    p99, p95, p50 = "duration_p99_ms", "duration_p95_ms", "duration_p50_ms"
    return _measured(charts, [("p99", p99, "warn"), ("p95", p95, "accent"), ("p50", p50, "good")], format.duration)


def failures_plot(charts: Charts) -> Plot:
    """Errors and throttles by period, to their own scale."""
    return _measured(charts, [("errors", "errors", "bad"), ("throttled", "throttles", "warn")], format.count)


def concurrency_plot(charts: Charts, account_limit: int | None) -> Plot:
    """Concurrent executions by period, those in provisioned environments, and the limits that are near."""
    used = charts.series["concurrent_executions"]
    lines: list[Curve] = [("concurrent", used, "accent")]
    if (provisioned := charts.series.get("provisioned_executions")) is not None:
        lines.append(("provisioned", provisioned, "good"))
    limits = {"allocated": charts.provisioned, "reserved": charts.reserved}
    limits |= {"limit": account_limit} if charts.reserved is None else {}
    near = LIMIT_SEEN * (used.peak() or 0.0)
    lines += [(name, _above(used, at), "dim") for name, at in limits.items() if at is not None and at <= near]
    return _plot(lines, charts.window, format.count)


def spent_plot(charts: Charts, row: Row, starts: ColdStarts | None) -> Plot:
    """What the function costs by period, as a rate per hour, with the memory size reported in that period."""
    function, invocations = row.function, charts.series["invocations"]
    now_mb = size_now(function, row.sizes) or function.memory_mb
    sizes_mb = by_period(starts.size_mb if starts is not None else None, invocations, now_mb)
    usd = usd_by_period(function, invocations, charts.series["duration_sum_ms"], sizes_mb)
    return cost_plot(usd, charts.window)


def _measured(charts: Charts, curves: Sequence[tuple[str, str, Tone]], unit: Unit) -> Plot:
    return _plot([(name, charts.series[key], tone) for name, key, tone in curves], charts.window, unit)


def cold_plot(starts: ColdStarts) -> Plot:
    """Cold starts by period against concurrent executions."""
    lines: list[Curve] = [
        ("cold", _joined(starts.cold_by_period, starts), "warn"),
        ("concurrent", starts.concurrency, "accent"),
    ]
    return _plot(lines, starts.window, format.count)


def init_plot(starts: ColdStarts) -> Plot:
    """How long init takes, by period."""
    return _plot([("init", _joined(starts.init_p95_by_period, starts), "warn")], starts.window, format.duration)


def used_plot(starts: ColdStarts, now_mb: int) -> Plot:
    """The highest memory used by period, where reports were read, and the reported size, or else the current one."""
    sizes_mb = by_period(starts.size_mb, starts.used_mb, now_mb)
    return memory_plot(_joined(starts.used_mb, starts), _joined(sizes_mb, starts), starts.window)


def cost_plot(usd: Series, window: Window) -> Plot:
    """What the invocations of each period cost, as a rate per hour; `usd` is what a period costs."""
    return _plot([("$/h", _times(usd, 3600 / usd.period_s), "accent")], window, format.usd)


def insights_plots(insights: Insights, now_mb: int, ephemeral_mb: float) -> Sequence[Plot]:
    """What Lambda Insights measures by period, the most informative first."""
    series, window = insights.series, insights.window
    tmp = series["tmp_used"]
    return (
        memory_plot(series["used_mb"], by_period(None, series["used_mb"], now_mb), window),
        _plot([("CPU %", series["cpu_percent"], "accent")], window, format.percent, top=100),
        _bytes_plot([("/tmp", tmp, "accent"), ("of", _above(tmp, ephemeral_mb * MB), "dim")], window),
        _bytes_plot([("in", series["rx_bytes"], "accent"), ("out", series["tx_bytes"], "good")], window),
        _plot([("init", series["init_ms"], "warn")], window, format.duration),
    )


def _above(used: Series, size: float) -> Series:
    """The limit of something used by period, hidden where the usage reaches it so that the usage is visible."""
    return _beyond(used, by_period(None, used, size))


def _beyond(used: Series, size: Series) -> Series:
    """The same of a limit that is not always as high."""
    pairs = zip(used.values, size.values, strict=True)
    values = tuple(limit if value is None or limit is None or value < NEAR * limit else None for value, limit in pairs)
    return Series(used.start, used.period_s, values)


def _joined(series: Series, starts: ColdStarts) -> Series:
    """Of a sample a point for each stretch that has one: single points on a fine grid would hardly be seen."""
    if not starts.sampled or len(series.values) <= SAMPLES:
        return series
    period_s = series.period_s * len(series.values) // SAMPLES
    return Series(series.start, period_s, tuple(peaks(series.values, SAMPLES)))


def _bytes_plot(curves: Sequence[Curve], window: Window) -> Plot:
    """Bytes on an axis that is round in their own unit."""
    peak = max((series.peak() or 0.0 for _, series, _ in curves), default=0.0)
    unit = next((1024**power for power in (3, 2, 1) if peak >= 1024**power), 1)
    scaled = [(name, _times(series, 1 / unit), tone) for name, series, tone in curves]
    return _plot(scaled, window, lambda value: format.size(None if value is None else value * unit))


def _times(series: Series, factor: float) -> Series:
    values = tuple(None if value is None else value * factor for value in series.values)
    return Series(series.start, series.period_s, values)


def _plot(curves: Sequence[Curve], window: Window, unit: Unit, *, top: float | None = None) -> Plot:
    return Plot(
        lines=tuple(_line(*curve) for curve in curves),
        x0=window.start.timestamp(),
        x1=window.end.timestamp(),
        unit=unit,
        top=top,
    )


def _line(name: str, series: Series, tone: Tone) -> Line:
    """Limits and samples have no period that is still filling."""
    return Line(name=name, values=series.values, tone=tone, filling=tone != "dim" and len(series.values) > SAMPLES)
