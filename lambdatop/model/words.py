"""Numbers inside a sentence, for the conclusions that the model draws; the columns of the screen have their own.

Durations that are compared with each other are written in one unit, that of the longest.
"""

import math


def share(fraction: float) -> str:
    """`79 %`; a share that is not everything is never 100 %."""
    return f"{min(99, round(100 * fraction)) if fraction < 0.9995 else 100} %"


def seconds(value: float, among: float) -> str:
    """A duration among durations up to `among` (both seconds): `0.45 s`, `41.2 s`, `340 ms`, `5.4 ms`, `12 m 05 s`."""
    if among < 0.9995:
        return f"{1_000 * value:.0f} ms" if value >= 0.00995 else f"{1_000 * value:.1f} ms"
    if among < 99.95:
        return f"{value:.2f} s" if among < 9.995 else f"{value:.1f} s"
    return f"{value:.0f} s" if value < 99.5 else f"{round(value) // 60} m {round(value) % 60:02d} s"


def about(value: float, among: float) -> str:
    """The same to two significant digits, as an estimate deserves: `1.0 s`, `0.35 s`, `340 ms`, `12 s`."""
    digits = 1 - math.floor(math.log10(value)) if value > 0 else 0
    rounded = round(value, digits)
    return f"{rounded:.{min(3, max(0, digits))}f} s" if 0.9995 <= among < 99.95 else seconds(rounded, among)


def span(minutes: int) -> str:
    """A stretch of time in the unit that people would use: `15 min`, `90 min`, `24 h`, `7 days`.

    Exact within a day; beyond, in hours, and from four days on in days, rounded.
    """
    if minutes < 60 or (minutes % 60 and minutes < 24 * 60):
        return f"{minutes:,} min"
    hours = round(minutes / 60)
    in_days = hours >= 96 or (hours % 24 == 0 and hours > 24)
    return f"{round(hours / 24):,} days" if in_days else f"{hours} h"


def age(seconds: float) -> str:
    """How long something is, in its largest unit: `12 s`, `4 min`, `3 h`, `2 d`."""
    whole = max(0, int(seconds))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if whole >= size:
            return f"{whole // size:,} {unit}"
    return f"{whole} s"


def times(factor: float) -> str:
    """`×4.2`, `×12`, `×1,200`."""
    return f"×{factor:,.0f}" if factor >= 10 else f"×{factor:.1f}"
