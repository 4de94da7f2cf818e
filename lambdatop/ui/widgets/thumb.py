"""A scroll bar in characters, for a view that scrolls by lines of unknown height: Textual's own counts rows."""

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color

_HALVES = " ▄▀█"
_STRENGTH = 0.2


def thumb(height: int, lines: int, in_view: int, first: int) -> str:
    """One character for each of `height` rows: of all lines, `in_view` are visible, from the `first` on."""
    halves = 2 * height
    size = min(halves, max(2, halves * in_view // max(1, lines)))
    start = (halves - size) * first // max(1, lines - in_view)
    covered = [start <= half < start + size for half in range(halves)]
    return "".join(_HALVES[2 * upper + lower] for upper, lower in zip(covered[::2], covered[1::2], strict=True))


def thumb_style(base: Style) -> Style:
    """The thumb's colour on the background of `base`: there, but not in the way."""
    if base.color is None or base.bgcolor is None:
        return base
    return base + Style(color=_faint(base.color, base.bgcolor))


def _faint(color: RichColor, behind: RichColor) -> RichColor:
    return Color.from_rich_color(behind).blend(Color.from_rich_color(color), _STRENGTH).rich_color
