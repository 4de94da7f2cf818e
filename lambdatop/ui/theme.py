"""The program's own colours: calm greys, one accent, red and amber kept for trouble. Any Textual theme works too."""

from textual.theme import Theme

THEME = Theme(
    name="lambdatop",
    primary="#5fafd7",
    secondary="#8787af",
    accent="#5fafd7",
    foreground="#d0d0d0",
    background="#121212",
    surface="#121212",
    panel="#1c1c1c",
    success="#87af5f",
    warning="#e0af68",
    error="#f7768e",
    dark=True,
)
