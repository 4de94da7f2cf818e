"""Screens that are left once, and leave nothing behind.

Of two keys typed at once the second may find the first one's screen still listening. Textual takes the topmost screen
away, whichever it is, each time a screen is dismissed: a second Escape would take the screen below with it, and at the
end the program. And what a removed screen and its widgets watched of the app would keep them all in memory.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen

DIALOGS = Path(__file__).with_name("dialogs.tcss")
"""How dialogs look: read after the first rows, or with the first dialog should that come earlier."""

T = TypeVar("T")


class LeftOnce:
    """Before a screen's own class, which must stay the first of Textual's: that one's styles are inherited."""

    _left = False
    app: App[Any]

    def on_unmount(self) -> None:
        """Let the app forget it."""
        forget(self.app, self)

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


def forget(app: App[Any], screen: object) -> None:
    """Drop a screen that is being removed, its widgets and all that are already gone from the app's watchers.

    Textual does so only when the watched value changes next, and `paused` or the theme may not change all day: until
    then the list would keep each closed screen in memory, with all its widgets, logs and traces.
    """
    watchers: Mapping[str, list[tuple[DOMNode, object]]] = getattr(app, "__watchers", {})
    for watching in watchers.values():
        watching[:] = [each for each in watching if each[0].is_attached and screen not in each[0].ancestors_with_self]
