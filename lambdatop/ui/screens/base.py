"""Screens that are left once: of two keys typed at once the second may find the first one's screen still listening.

Textual takes the topmost screen away, whichever it is, each time a screen is dismissed: a second Escape would take the
screen below with it, and at the end the program.
"""

from pathlib import Path
from typing import Any, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

DIALOGS = Path(__file__).with_name("dialogs.tcss")
"""How dialogs look: read after the first rows, or with the first dialog should that come earlier."""

T = TypeVar("T")


class LeftOnce:
    """Before a screen's own class, which must stay the first of Textual's: that one's styles are inherited."""

    _left = False

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Leave with a result; once."""
        if self._left:
            return AwaitComplete()
        self._left = True
        left: AwaitComplete = super().dismiss(result)  # type: ignore[misc]  # the screen's
        return left


class View(LeftOnce, Screen[T]):
    """A whole screen over another."""


class Dialog(LeftOnce, ModalScreen[T]):
    """A dialog over a screen."""

    CSS_PATH = DIALOGS
