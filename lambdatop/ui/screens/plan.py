"""A plan over the screen: what will change and the literal calls; Enter confirms, and then how it goes and ended.

Nothing has been sent while this asks. If it can hurt, Enter cancels; if a name must be typed, nothing can be pressed
until it is there.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Button, Input, Static

from lambdatop.actions.applying.replan import again
from lambdatop.clock import Clock
from lambdatop.model.changes.plan import Plan, Receipt
from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.ui.messages import PlanConfirmed, PlanWanted, UndoWanted
from lambdatop.ui.notify import copy
from lambdatop.ui.screens.question import Question
from lambdatop.ui.widgets.paragraphs import Paragraphs
from lambdatop.words import plan as plan_words
from lambdatop.words.spans import Span
from lambdatop.workflow.guard import Guarded

_AROUND, _TYPED, _LEAST = 6, 3, 3
"""Lines that the frame, the account and the buttons take; what is to be typed; the least for all else."""


class PlanScreen(Question[None]):
    """Asks, then stays until the change has settled; Escape leaves the change running."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", show=False),
        Binding("y", "copy", show=False),
        Binding("u", "undo", show=False),
        Binding("r", "again", show=False),
        Binding("pageup", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(1)", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]
    AUTO_FOCUS = None

    state: reactive[State] = reactive(State(), repaint=False, init=False)

    def __init__(self, guarded: Guarded, clock: Clock, script: str) -> None:
        super().__init__()
        self._guarded = guarded
        self._plan = plan = guarded.plan
        self._script = script
        self._clock = clock
        self._confirmed = False
        self._told: Sequence[Sequence[Span]] = ()
        self._box = Vertical(id="plan")
        self._box.border_title = Content(safe(plan.title))
        self._box.border_subtitle = Content("y copies the calls · Escape cancels")
        self._scroll = VerticalScroll(can_focus=False)
        self._choices = Horizontal(id="choices")
        self._where = Paragraphs()
        self._body = Paragraphs(indent=plan_words.LABEL_WIDTH)
        self._went = Paragraphs(indent=2, classes="went")
        self._wanted = Static(Content(f"type {safe(guarded.typed or '')} to apply"), classes="wanted")
        self._typed = Input(compact=True, id="typed")
        self._cancel = Button("Cancel", id="cancel", compact=True)
        self._apply = Button("Apply", id="apply", compact=True, variant="warning" if plan.hurts else "primary")

    def compose(self) -> ComposeResult:
        with self._box:
            yield self._where
            with self._scroll:
                yield self._body
                yield self._went
            yield self._wanted
            yield self._typed
            with self._choices:
                yield self._cancel
                yield self._apply

    def on_mount(self) -> None:
        self._body.show(plan_words.told(self._plan))
        self._where.show([plan_words.where(self.state.identity, self.state.region)])
        self._wanted.display = self._typed.display = self._guarded.typed is not None
        self._apply.disabled = self._guarded.typed is not None
        first = self._typed if self._guarded.typed is not None else self._cancel if self._plan.hurts else self._apply
        first.focus()
        self.set_interval(1.0, self._fill)

    def on_resize(self, event: events.Resize) -> None:
        """The question stays in view, however low the screen is."""
        around = _AROUND + _TYPED * (self._guarded.typed is not None)
        self._scroll.styles.max_height = max(_LEAST, event.size.height - around)

    def watch_state(self, old: State, new: State) -> None:
        if new.identity is not old.identity or new.region != old.region:
            self._where.show([plan_words.where(new.identity, new.region)])
        if new.progress is not old.progress or new.receipts is not old.receipts:
            self._fill()

    @property
    def plan(self) -> Plan:
        """The plan it asks about or whose outcome it shows."""
        return self._plan

    @property
    def _receipt(self) -> Receipt | None:
        return next((each for each in reversed(self.state.receipts) if each.plan is self._plan), None)

    def _fill(self) -> None:
        if self._confirmed:
            story = [*self._story()]
            if story != self._told:
                self._told = story
                self._went.show(story)
                self.call_after_refresh(self._scroll.scroll_end, animate=False)

    def _story(self) -> Sequence[Sequence[Span]]:
        """How it goes, or how it ended."""
        receipt = self._receipt
        if receipt is not None:
            return [
                *plan_words.outcome_lines(receipt.outcomes),
                [],
                [plan_words.verdict(receipt), *self._way_back(receipt)],
            ]
        progress = next((each for each in self.state.progress if each.plan is self._plan), None)
        if progress is None:
            return [[("… ", "accent"), ("about to begin", "plain")]]
        passed = (self._clock.now() - progress.since).total_seconds()
        doing: list[Span] = [("… ", "accent"), (safe(progress.doing), "plain"), (f"  {passed:.0f} s", "dim")]
        return [*plan_words.outcome_lines(progress.outcomes), doing]

    def _way_back(self, receipt: Receipt) -> Sequence[Span]:
        self._box.border_subtitle = Content("Escape closes")
        if again(receipt) is not None:
            return [("   ", "plain"), ("r", "accent"), (" plans it again from what is there now, and asks", "dim")]
        if not receipt.inverse:
            return []
        return [("   ", "plain"), ("u", "accent"), (" undoes", "dim")]

    # The answer

    @on(Input.Changed, "#typed")
    def _being_typed(self, message: Input.Changed) -> None:
        message.stop()
        self._apply.disabled = message.value.strip() != self._guarded.typed

    @on(Input.Submitted, "#typed")
    def _has_typed(self, message: Input.Submitted) -> None:
        message.stop()
        if not self._apply.disabled:
            self._confirm()

    @on(Button.Pressed)
    def _pressed(self, message: Button.Pressed) -> None:
        message.stop()
        if message.button is self._apply:
            self._confirm()
        else:
            self.dismiss()

    def _confirm(self) -> None:
        """Once and no more: what was confirmed is on its way."""
        if self._confirmed or not self.armed:
            return
        self._confirmed = True
        self._wanted.display = self._typed.display = False
        self._choices.display = False
        self._box.add_class("-confirmed")
        self._box.border_subtitle = Content("Escape leaves it going on")
        self._fill()
        self.post_message(PlanConfirmed(self._guarded))

    def action_leave(self) -> None:
        self.dismiss()

    def action_copy(self) -> None:
        copy(self.app, self._script)

    def action_again(self) -> None:
        """The setting has changed meanwhile: plan the same change from its current value."""
        plan = again(self._receipt) if self._receipt is not None else None
        if plan is not None:
            self.post_message(PlanWanted(plan))
            self.dismiss()

    def action_scroll(self, pages: int) -> None:
        """What does not fit is read page by page."""
        self._scroll.scroll_relative(y=pages * max(1, self._scroll.size.height - 1), animate=False)

    def action_undo(self) -> None:
        receipt = self._receipt
        if receipt is not None and receipt.inverse:
            self.post_message(UndoWanted(receipt))
            self.dismiss()
