"""Dialogs whose yes changes or costs something: it counts only once the question has been visible for a moment.

A key that was meant for what was there before, also for a dialog that covered the question, answers nothing.
"""

from time import monotonic
from typing import Final, TypeVar

from textual.timer import Timer

from lambdatop.ui.screens.base import Dialog

ARMED_AFTER_S: Final = 0.5
HELD_UP_S: Final = 0.2
"""If the program was held up for that much longer meanwhile, keys of that time are still to come."""

T = TypeVar("T")


class Question(Dialog[T]):
    """Asks; a yes may be accepted only while it is `armed`."""

    armed = False
    _seen = 0.0
    _arming: Timer | None = None

    def on_screen_resume(self) -> None:
        self.call_after_refresh(self._be_seen)

    def on_screen_suspend(self) -> None:
        self.armed = False
        if self._arming is not None:
            self._arming.stop()

    def _be_seen(self) -> None:
        """It is on the screen and can be read from now on."""
        if self.is_current:
            self._seen = monotonic()
            self._arming = self.set_timer(ARMED_AFTER_S, self._arm)

    def _arm(self) -> None:
        if monotonic() - self._seen > ARMED_AFTER_S + HELD_UP_S:
            self._be_seen()
        else:
            self.armed = True
