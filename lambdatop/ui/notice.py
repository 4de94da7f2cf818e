"""A word to the user about the key just pressed: why it did nothing. Once, however often it is pressed."""

from typing import Any, Final

from textual.app import App

_LEAST_S: Final = 3.0
_CHARACTERS_A_SECOND: Final = 15


def say(app: App[Any], text: str) -> None:
    """Show the text for as long as it takes to read it, in the place of what was said before."""
    app.clear_notifications()
    app.notify(text, markup=False, timeout=max(_LEAST_S, len(text) / _CHARACTERS_A_SECOND))
