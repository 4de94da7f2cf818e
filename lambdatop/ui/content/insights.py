"""Lambda Insights in words: what the newest records say together, each record as a row, and the offer without them."""

from collections.abc import Iterator, Sequence

from lambdatop.model.fleet.row import Row
from lambdatop.model.insights.how_to_attach import METRICS, POLICY, VERSION, VERSIONS_PAGE, commands, usd_per_month
from lambdatop.model.insights.insights import Performance
from lambdatop.model.insights.usage import CPU_BOUND_PERCENT, MB, MOST_FDS, NEARLY_FULL_PERCENT, Usage, remarks, usage
from lambdatop.model.reference.prices import CUSTOM_METRIC_USD
from lambdatop.model.text import safe
from lambdatop.ui.content.fleet_columns import MEMORY_BAD_SHARE, MEMORY_WARN_SHARE, SEVERITY_TONES
from lambdatop.ui.widgets.columns import Column
from lambdatop.words import format
from lambdatop.words.spans import Cell, Span, Tone

_UNKNOWN: Cell = ((format.UNKNOWN, "dim"),)


def said(records: Sequence[Performance], ephemeral_mb: int) -> Iterator[list[Span]]:
    """The figures of the records in one line, and a line for each outlier; nothing without records."""
    summed = usage(records)
    if summed is not None:
        yield _figures(summed, ephemeral_mb)
        for finding in remarks(summed):
            yield [("▲ ", SEVERITY_TONES[finding.severity]), (safe(finding.text), "plain")]


def _figures(usage: Usage, ephemeral_mb: int) -> list[Span]:
    tmp_mb = usage.tmp_size / MB if usage.tmp_size is not None else ephemeral_mb
    vcpus = f"{usage.vcpus:.2g} vCPU" if usage.vcpus is not None else "vCPUs"
    figures = (
        ("CPU p95", format.percent(usage.cpu_p95), f" % of {vcpus}"),
        ("memory", format.megabytes(usage.used_mb), f" of {format.memory(usage.memory_mb)}"),
        ("fds", format.count(usage.fds), ""),
        ("threads", format.count(usage.threads), ""),
        ("/tmp", format.size(usage.tmp_used), f" of {format.memory(tmp_mb)}"),
    )
    spans: list[Span] = []
    for name, value, of in figures:
        spans += [(f"{name} ", "dim"), (value, "strong"), (f"{of} · ", "dim")]
    return [*spans, (f"the last {usage.count:,} invocations", "dim")]


def offer(row: Row, key: str | None) -> Iterator[str]:
    """How to attach the extension, line by line; `key` is the one that does it."""
    lines = commands(row.function)
    yield "CPU, network, /tmp, threads and file descriptors are known once the Lambda Insights extension is attached."
    usd = usd_per_month(row.function, row.invocations_per_min)
    cost = (
        f"about {format.dollars(usd)} a month at today's traffic"
        if usd is not None
        else f"{format.dollars(METRICS * CUSTOM_METRIC_USD)} a month and more"
    )
    price = format.dollars(CUSTOM_METRIC_USD)
    yield f"It costs {cost}: {METRICS} metrics at {price}, and about 1 KB of log an invocation."
    if not lines:
        yield "This function is a container image: the extension belongs into the image (its Dockerfile), not a layer."
        yield f"Its role needs {POLICY}."
        return
    yield f"{key} attaches it, or:" if key else "Attach it with:"
    yield ""
    for line in lines:
        yield f"  {line}"
        yield ""
    yield f"{VERSION}, and in a few Regions the account, stand at {VERSIONS_PAGE}"


def _gauge(value: float | None, text: str, warn: float, bad: float | None = None, of: str = "") -> Cell:
    """A value that warns from a threshold on, and what it is of."""
    if value is None:
        return _UNKNOWN
    tone: Tone = "bad" if bad is not None and value >= bad else "warn" if value >= warn else "plain"
    return ((text, tone), (of, "dim"))


def _memory(record: Performance) -> Cell:
    used, size = record.used_mb, record.memory_mb
    share = used / size if used is not None and size else None
    return _gauge(share, format.megabytes(used), MEMORY_WARN_SHARE, MEMORY_BAD_SHARE, f"/{format.megabytes(size)}")


def _init(record: Performance) -> Cell:
    if record.init_ms is None:
        return "" if record.cold is not None else _UNKNOWN
    return ((format.duration(record.init_ms), "warn"),)


def _tmp(record: Performance) -> Cell:
    used, size = record.tmp_used, record.tmp_size
    share = 100 * used / size if used is not None and size else None
    return _gauge(share, format.size(used), NEARLY_FULL_PERCENT)


def _plain(text: str) -> Cell:
    return _UNKNOWN if text == format.UNKNOWN else text


COLUMNS: tuple[Column[Performance], ...] = (
    Column(key="time", title="TIME", width=8, cell=lambda r: ((format.clock(r.at), "dim"),), importance=90),
    Column(
        key="state", title="", width=1, cell=lambda r: (("▲", "bad"),) if r.timeout else (("●", "good"),), importance=95
    ),
    Column(
        key="duration", title="DURATION", width=8, cell=lambda r: _plain(format.duration(r.duration_ms)), importance=100
    ),
    Column(
        key="cpu",
        title="CPU %",
        width=6,
        cell=lambda r: _gauge(r.cpu_percent, format.percent(r.cpu_percent), CPU_BOUND_PERCENT),
        importance=85,
    ),
    Column(key="memory", title="MEMORY MB", width=11, cell=_memory, importance=80),
    Column(key="init", title="INIT", width=8, cell=_init, importance=70),
    Column(
        key="fds",
        title="FDS",
        width=5,
        cell=lambda r: _gauge(r.fds, format.count(r.fds), MOST_FDS * NEARLY_FULL_PERCENT / 100),
        importance=60,
    ),
    Column(key="threads", title="THREADS", width=7, cell=lambda r: _plain(format.count(r.threads)), importance=30),
    Column(key="tmp", title="/TMP", width=7, cell=_tmp, importance=50),
    Column(key="net", title="NETWORK", width=7, cell=lambda r: _plain(format.size(r.network_bytes)), importance=40),
    Column(
        key="request",
        title="REQUEST",
        width=8,
        max_width=36,
        cell=lambda r: ((safe(r.request_id or format.UNKNOWN), "dim"),),
        align="left",
        importance=10,
        flex=True,
    ),
)
