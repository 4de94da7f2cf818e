"""How results write values: times readable, numbers as AWS's Java does (1.28E8) or, of statistics, to 4 decimals."""

from datetime import UTC, datetime

_PLAIN = (1e-3, 1e7)


class Moment(int):
    """Epoch milliseconds that are shown as a time."""


def written(value: str | float) -> str:
    """A field's value."""
    match value:
        case str():
            return value
        case Moment():
            at = datetime.fromtimestamp(value // 1000, UTC)
            return f"{at:%Y-%m-%d %H:%M:%S}.{value % 1000:03d}"
        case int():
            return str(value)
        case _:
            return _as_java(value)


def rounded(value: str | float) -> str:
    """A statistic: 4 decimals at most."""
    if isinstance(value, str | Moment):
        return written(value)
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _as_java(value: float) -> str:
    """Double.toString: a point always, and an exponent outside of 0.001 to 10 million."""
    if value == 0 or _PLAIN[0] <= abs(value) < _PLAIN[1]:
        return str(value)
    digits, _, exponent = f"{value:.16e}".partition("e")
    for precision in range(1, 17):
        if float(f"{value:.{precision}e}") == value:
            digits, _, exponent = f"{value:.{precision}e}".partition("e")
            break
    return f"{digits}E{int(exponent)}"
