"""The theme's colours for tones, and lines drawn from spans: no markup is ever parsed."""

from collections.abc import Iterable, Mapping
from typing import Final, get_args

from rich.cells import cell_len, set_cell_size
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from lambdatop.words.spans import Span, Tone

TONES: Final[tuple[Tone, ...]] = get_args(Tone)
_MEANINGS: Final[Mapping[Tone, tuple[str, float, bool]]] = {
    # a variable of the theme, how much of it, bold
    "plain": ("foreground", 1.0, False),
    "strong": ("foreground", 1.0, True),
    "dim": ("foreground", 0.55, False),
    "faint": ("foreground", 0.3, False),
    "good": ("text-success", 1.0, False),
    "warn": ("text-warning", 1.0, False),
    "bad": ("text-error", 1.0, True),
    "accent": ("text-primary", 1.0, False),
}


def tone_styles(widget: Widget, base: Style) -> Mapping[Tone, Style]:
    """Every tone's style over `base`, from the theme's variables.

    Not component classes: of 530 nodes that Textual styled for the first frame, 420 were tones (70 ms CPU), and as many
    again whenever the screen's classes change.
    """
    variables, (_, behind) = widget.app.theme_variables, widget.background_colors
    styles: dict[Tone, Style] = {}
    for tone, (variable, share, bold) in _MEANINGS.items():
        colour = behind + Color.parse(variables[variable]).multiply_alpha(share)
        styles[tone] = base + Style(color=colour.rich_color, bold=bold)
    styles["hit"] = base + Style(color=behind.rich_color, bgcolor=styles["warn"].color, bold=False)
    return styles


def faded(styles: Mapping[Tone, Style]) -> Mapping[Tone, Style]:
    """The same tones, halfway to their background: for what was true a while ago."""
    return {tone: style + Style(color=_halfway(style)) for tone, style in styles.items()}


def _halfway(style: Style) -> RichColor | None:
    if style.color is None or style.bgcolor is None:
        return style.color
    return Color.from_rich_color(style.bgcolor).blend(Color.from_rich_color(style.color), 0.5).rich_color


def strip_of(spans: Iterable[Span], styles: Mapping[Tone, Style], width: int) -> Strip:
    """One line of exactly `width` cells: the spans, cropped or padded; neighbours of one tone share a segment."""
    fitting, used = cropped_spans(spans, width)
    fitting.append((" " * (width - used), "plain"))
    segments: list[Segment] = []
    run, run_tone = "", fitting[0][1]
    for text, tone in fitting:
        if tone != run_tone and text:
            segments.append(Segment(run, styles[run_tone]))
            run, run_tone = "", tone
        run += text
    segments.append(Segment(run, styles[run_tone]))
    return Strip(segments, width)


def width_of(text: str) -> int:
    """How many cells `text` takes in the terminal."""
    return len(text) if text.isascii() else cell_len(text)


def cropped(text: str, width: int) -> str:
    """`text`, with its end replaced by an ellipsis if it takes more than `width` cells."""
    if width_of(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def cropped_spans(spans: Iterable[Span], width: int) -> tuple[list[Span], int]:
    """The spans that fit into `width` cells, the last one cropped, and the cells they take."""
    fitting: list[Span] = []
    used = 0
    for text, tone in spans:
        if not text:
            continue
        size = width_of(text)
        if used + size > width:
            text = cropped(text, width - used) if width > used else ""
            fitting = _ellipsis_at_end(fitting) if not text else [*fitting, (text, tone)]
            return fitting, width_of("".join(piece for piece, _ in fitting))
        fitting.append((text, tone))
        used += size
    return fitting, used


def _ellipsis_at_end(spans: list[Span]) -> list[Span]:
    """Spans that fill their width exactly, with the last character given up for an ellipsis."""
    if not spans:
        return spans
    *kept, (text, tone) = spans
    return [*kept, (cropped(text + " ", width_of(text)), tone)]
