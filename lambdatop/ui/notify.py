"""A word to the user about the key just pressed: why it did nothing. Once, however often it is pressed."""

from typing import Any, Final

from textual.app import App

from lambdatop.model.text import safe

_LEAST_S: Final = 3.0
_CHARACTERS_A_SECOND: Final = 15


def say(app: App[Any], text: str) -> None:
    """Show the text for as long as it takes to read it, in the place of what was said before."""
    app.clear_notifications()
    app.notify(text, markup=False, timeout=max(_LEAST_S, len(text) / _CHARACTERS_A_SECOND))


MOST_BYTES = 74_000
"""What terminals are known to take."""


def copy(app: App[Any], text: str) -> None:
    """Copy the text, made harmless, as far as terminals take it, and tell the user what was copied."""
    whole = safe(text, newlines=True).encode()
    part = whole[:MOST_BYTES].decode(errors="ignore")
    app.copy_to_clipboard(part)
    size = f"{len(part.encode()):,} bytes"
    told = size if len(whole) <= MOST_BYTES else f"the first {size} of {len(whole):,}: a terminal takes no more"
    app.notify(told, title="copied", markup=False)
