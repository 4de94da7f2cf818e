"""A trend in one line of eighths of blocks, drawn by hand: a table redraws dozens of them a second."""

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_TOP = len(_BLOCKS) - 1
_ABSENT = " "
_TINY = 1e-300


def spark(values: Sequence[float | None], width: int, *, top: float | None = None) -> str:
    """The last values as at most `width` blocks, right-aligned in it; absent is blank, zero the lowest block.

    Values are not negative. They are scaled from 0 to `top`, by default the largest value. More values than cells are
    merged by their largest, so that no peak is lost.
    """
    if width <= 0:
        return ""
    points = values if len(values) <= width else peaks(values, width)
    if top is not None:
        points = [value if value is None or value < top else top for value in points]
    known = [value for value in points if value is not None]
    highest = top if top is not None else max(known, default=0.0)
    scale = _TOP / highest if highest > _TINY else 0.0
    return "".join([_ABSENT if value is None else _BLOCKS[int(value * scale + 0.5)] for value in points]).rjust(width)


def peaks(values: Sequence[float | None], count: int) -> list[float | None]:
    """`count` values in the place of more: each the largest of its share, None only if nothing of it is known."""
    size = len(values)
    shares = (values[i * size // count : (i + 1) * size // count] for i in range(count))
    return [max((value for value in share if value is not None), default=None) for share in shares]
