"""A grid of characters with tones, to be written on in any order and read off as lines."""

from typing import Final

from lambdatop.words.spans import Span, Tone

_BLANKS: Final = " \N{BRAILLE PATTERN BLANK}"


class Sheet:
    """A grid of cells; what is written outside of it is cut off."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.characters = [[" "] * width for _ in range(height)]
        self.tones: list[list[Tone]] = [["plain"] * width for _ in range(height)]

    def write(self, x: int, y: int, text: str, tone: Tone) -> None:
        """Put `text`, of narrow characters, at cell `x` of line `y`."""
        if x < 0:
            x, text = 0, text[-x:]
        text = text[: max(0, self.width - x)]
        self.characters[y][x : x + len(text)] = text
        self.tones[y][x : x + len(text)] = [tone] * len(text)

    def is_blank(self, x: int, y: int) -> bool:
        return self.characters[y][x] in _BLANKS

    def rows(self) -> list[list[Span]]:
        """The lines as spans."""
        rows: list[list[Span]] = []
        for characters, tones in zip(self.characters, self.tones, strict=True):
            ends = [x for x in range(1, self.width) if tones[x] != tones[x - 1]]
            edges = zip([0, *ends], [*ends, self.width], strict=True)
            rows.append([("".join(characters[start:end]), tones[start]) for start, end in edges])
        return rows
