"""Plots of what is measured of memory, processor, network, /tmp, cold starts and cost: pure, for whichever pane."""

from collections.abc import Callable, Sequence

from lambdatop.model.insights import Insights
from lambdatop.model.metrics import Series, Window
from lambdatop.model.starts import ColdStarts
from lambdatop.ui import format
from lambdatop.ui.widgets.charts import Line, Plot
from lambdatop.ui.widgets.tones import Tone

Unit = Callable[[float | None], str]


def memory_plot(used_mb: Series, size_mb: float, window: Window) -> Plot:
    """The highest memory used by period, below the function's size."""
    return _plot([("used", used_mb, "accent"), ("of", level(used_mb, size_mb), "dim")], window, format.memory)


def cold_plot(starts: ColdStarts) -> Plot:
    """Cold starts by period against concurrent executions."""
    lines: list[tuple[str, Series, Tone]] = [
        ("cold starts", starts.cold_by_period, "warn"),
        ("concurrent", starts.concurrency, "accent"),
    ]
    return _plot(lines, starts.window, format.count)


def init_plot(starts: ColdStarts) -> Plot:
    """How long init takes, by period."""
    return _plot([("init p95", starts.init_p95_by_period, "warn")], starts.window, format.duration)


def cost_plot(usd: Series, window: Window) -> Plot:
    """What the invocations of each period cost, as a rate per hour; `usd` is what a period costs."""
    per_hour = Series(usd.start, usd.period_s, tuple(_scaled(value, 3600 / usd.period_s) for value in usd.values))
    return _plot([("$/h", per_hour, "accent")], window, format.usd)


def insights_plots(insights: Insights, memory_mb: float, ephemeral_mb: float) -> Sequence[Plot]:
    """What Lambda Insights measures by period, most telling first."""
    series, window = insights.series, insights.window
    tmp_size = level(series["tmp_used"], ephemeral_mb * (1 << 20))
    network: list[tuple[str, Series, Tone]] = [
        ("received", series["rx_bytes"], "accent"),
        ("sent", series["tx_bytes"], "good"),
    ]
    return (
        memory_plot(series["used_mb"], memory_mb, window),
        _plot([("CPU %", series["cpu_percent"], "accent")], window, format.percent, top=100),
        _plot([("/tmp", series["tmp_used"], "accent"), ("of", tmp_size, "dim")], window, format.size),
        _plot(network, window, format.size),
        _plot([("init p95", series["init_ms"], "warn")], window, format.duration),
    )


def level(like: Series, value: float) -> Series:
    """The same value for every period."""
    return Series(like.start, like.period_s, (value,) * len(like.values))


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _plot(lines: Sequence[tuple[str, Series, Tone]], window: Window, unit: Unit, *, top: float | None = None) -> Plot:
    return Plot(
        lines=tuple(
            Line(name=name, values=series.values, tone=tone, filling=tone != "dim") for name, series, tone in lines
        ),
        x0=window.start.timestamp(),
        x1=window.end.timestamp(),
        unit=unit,
        top=top,
    )
