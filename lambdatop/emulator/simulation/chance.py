"""Chance that can be asked again: a hash in place of a generator, so that any minute can be drawn without its past.

`random.Random` costs 5 µs to seed; the fleet's history needs thirty thousand draws in 150 ms.
"""

import hashlib
from typing import NamedTuple

_MASK = (1 << 64) - 1
_UNIT_16 = 1 / 65536


def key_of(*parts: object) -> int:
    """64 well-mixed bits from anything printable; the same in every process."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def mixed(key: int, index: int) -> int:
    """64 bits for the index-th draw of a key (splitmix64)."""
    x = (key + index * 0x9E3779B97F4A7C15) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def unit(key: int, index: int) -> float:
    """A number in [0, 1) for the index-th draw of a key."""
    return (mixed(key, index) >> 11) * 2.0**-53


class Draw(NamedTuple):
    """The four independent numbers in [0, 1) that one minute of one function needs."""

    noise: float
    rounding: float
    offset: float
    pace: float


def draw(key: int, minute: int) -> Draw:
    """The draw of one minute (epoch minutes)."""
    bits = mixed(key, minute)
    return Draw(
        (bits & 0xFFFF) * _UNIT_16,
        (bits >> 16 & 0xFFFF) * _UNIT_16,
        (bits >> 32 & 0xFFFF) * _UNIT_16,
        (bits >> 48) * _UNIT_16,
    )


def share_of(count: int, offset: float, share: float) -> int:
    """How many of `count` strata (k + offset) / count lie below `share`: its expectation over offset is exact."""
    wanted = share * count - offset
    if wanted <= 0:
        return 0
    whole = int(wanted)
    return min(count, whole + (whole < wanted))
