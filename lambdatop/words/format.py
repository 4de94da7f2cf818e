"""Numbers as a person reads them at a glance: three significant digits, thousands separated, the unit beside.

Unknown is an en dash, never a zero; zero is "0", which callers dim. No function here takes more room than its
column: the widest results are named in the docstrings.
"""

from datetime import datetime, tzinfo

from lambdatop.model import words

UNKNOWN = "–"
ZERO = "0"

_SCALES = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def count(n: float | None) -> str:
    """A number of things, at most 6 cells: `7`, `4,210`, `12,400`, `123k`, `1.20M`."""
    if n is None:
        return UNKNOWN
    if abs(n) < 99_999.5:
        return f"{n:,.0f}" if n == int(n) or abs(n) >= 99.95 else significant(n)
    for scale, suffix in _SCALES:
        if abs(n) >= scale * 0.9995:
            return f"{significant(n / scale)}{suffix}"
    raise AssertionError(n)


def significant(x: float) -> str:
    """Three significant digits without an exponent, from 0.01 up: `0.42`, `6.31`, `12.0`, `843`."""
    if x == 0:
        return ZERO
    size = abs(x)
    decimals = 0 if size >= 99.95 else 1 if size >= 9.995 else 2
    return f"{x:,.{decimals}f}" if size >= 0.005 else ("<0.01" if x > 0 else ">-0.01")


def percent(p: float | None) -> str:
    """A percentage without its sign, at most 5 cells: `0.42`, `6.31`, `12.0`, `100`; `<0.01` if it is but not much."""
    return UNKNOWN if p is None else significant(p)


def duration(ms: float | None) -> str:
    """A time from its milliseconds, at most 9 cells: `0.42 ms`, `42 ms`, `1.9 s`, `12 m 05 s`, `3 h 07 m`."""
    if ms is None:
        return UNKNOWN
    if ms < 999.5:
        return ZERO if ms == 0 else f"{ms:.0f} ms" if ms >= 9.95 else f"{ms:.1f} ms" if ms >= 0.95 else f"{ms:.2f} ms"
    seconds = ms / 1_000
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3_600:
        return f"{whole // 60} m {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60:,} h {minutes % 60:02d} m"


def took(seconds: float | None, among: float = 0.0) -> str:
    """A part of a trace that took `among` seconds, at most 9 cells: `42 ms`, `0.45 s`, `12.3 s`, `12 m 05 s`.

    From a tenth of a second on it is in seconds if the whole is, so that the parts of it can be compared.
    """
    if seconds is None or not 0.09995 <= seconds < 99.95 or max(seconds, among) < 0.9995:
        return duration(seconds * 1_000 if seconds is not None else None)
    return f"{significant(seconds)} s"


def usd(x: float | None) -> str:
    """Small money without its sign, as a rate in a column: `0.520`, `0.001`, `12.4`, `1,210`; `<0.001` if it is."""
    if x is None:
        return UNKNOWN
    if 0 < x < 0.0005:
        return "<0.001"
    return ZERO if x == 0 else f"{x:.3f}" if abs(x) < 0.9995 else significant(x)


def dollars(x: float | None) -> str:
    """Money in a sentence: `$94`, `$1,210`, `$0.21`, `$9.40`; cents below ten dollars."""
    if x is None:
        return UNKNOWN
    sign = "-" if x < 0 else ""
    size = abs(x)
    if 0 < size < 0.005:
        return f"{sign}<$0.01"
    return f"{sign}${size:.2f}" if 0 < size < 9.995 else f"{sign}${size:,.0f}"


def megabytes(mb: float | None) -> str:
    """Memory in MB without its unit: `96`, `1,024`."""
    return UNKNOWN if mb is None else f"{mb:,.0f}"


def memory(mb: float | None) -> str:
    """Memory with its unit: `96 MB`, `1,024 MB`."""
    return UNKNOWN if mb is None else f"{mb:,.0f} MB"


def size(n: float | None) -> str:
    """Bytes in the unit that gives three digits, at most 7 cells: `0`, `812 B`, `4.43 kB`, `526 MB`; powers of 1024."""
    if n is None:
        return UNKNOWN
    for power, unit in ((3, "GB"), (2, "MB"), (1, "kB")):
        if n >= 1024**power * 0.9766:
            return f"{significant(n / 1024**power)} {unit}"
    return ZERO if n == 0 else f"{n:.0f} B"


def age(seconds: float | None) -> str:
    """How long ago, in its largest unit: `12 s`, `4 min`, `3 h`, `2 d`."""
    if seconds is None:
        return UNKNOWN
    return words.age(seconds)


def clock(at: datetime | None, tz: tzinfo | None = None, *, millis: bool = False) -> str:
    """The time of day in `tz`, by default the machine's own zone: `14:32:07`, `14:32:07.118`."""
    if at is None:
        return UNKNOWN
    local = at.astimezone(tz)
    if millis:
        return f"{local:%H:%M:%S}.{local.microsecond // 1_000:03d}"
    return f"{local:%H:%M:%S}"


def moment(at: datetime, today: datetime | None, tz: tzinfo | None = None) -> str:
    """The minute, with the day where that is not today's: `14:32`, `Sun 29 14:32`."""
    local = at.astimezone(tz)
    is_today = today is None or local.date() == today.astimezone(tz).date()
    return f"{local:%H:%M}" if is_today else f"{local:%a %d %H:%M}"
