"""Invokes one function by hand: a payload is written or chosen, sent after a yes, and what came back is shown.

Nothing is sent from here: a yes is a message to the app, which keeps waiting for the answer after this closes.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Button, Input, TextArea

from lambdatop.actions.journal.saved_payloads import EventStore
from lambdatop.clock import Clock
from lambdatop.model.invocations.by_hand import EMPTY, Invoked, ManualInvocation, problem
from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.ui.messages import InvocationConfirmed, RequestWanted, TraceOpened
from lambdatop.ui.notify import copy
from lambdatop.ui.screens.base import Dialog
from lambdatop.ui.screens.confirm import ConfirmScreen
from lambdatop.ui.widgets.paragraphs import Paragraphs
from lambdatop.words import invocation as invoke_words
from lambdatop.words import plan as plan_words
from lambdatop.words.spans import Span

_WRITING = ("^J invokes", "^O next event", "^S saves it", "Escape closes")
_SAVED = ("^J invokes", "^O next event", "^S saves it", "^D deletes it", "Escape closes")
_ANSWERED = ("x trace", "o log lines", "y copies", "e edits", "Escape closes")
_OF_THE_PAYLOAD = ("send", "next_event", "save", "delete")
_OF_THE_ANSWER = ("trace", "log", "copy", "edit", "page")


class _Event(NamedTuple):
    """A payload that can be sent."""

    name: str
    saved: bool
    payload: str


class InvokeScreen(Dialog[None]):
    """Opens on the payload that was sent last."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False, priority=True),
        Binding("ctrl+j,f5", "send", show=False, priority=True),
        Binding("ctrl+o", "next_event", show=False, priority=True),
        Binding("ctrl+s", "save", show=False, priority=True),
        Binding("ctrl+d", "delete", show=False, priority=True),
        Binding("x", "trace", show=False),
        Binding("o", "log", show=False),
        Binding("y", "copy", show=False),
        Binding("e", "edit", show=False),
        Binding("q", "leave", show=False),
        Binding("ctrl+u", "page(-0.5)", show=False),
        Binding("ctrl+d", "page(0.5)", show=False),
    ]
    AUTO_FOCUS = None

    state: reactive[State] = reactive(State(), repaint=False, init=False)

    def __init__(self, function: str, events: EventStore, clock: Clock) -> None:
        super().__init__()
        self._function = function
        self._events = events
        self._clock = clock
        self._shown = ("", False)
        """The event that was loaded: its name, and whether it is a saved one."""
        self._sent: ManualInvocation | None = None
        self._sent_at = clock.now()
        self._where, self._event, self._checked = Paragraphs(), Paragraphs(), Paragraphs()
        self._went = Paragraphs()
        self._qualifier = Input(placeholder="$LATEST; or an alias, or a version", compact=True, id="qualifier")
        self._save_as = Input(placeholder="save the payload under this name", compact=True, id="name")
        self._payload = TextArea("", compact=True, id="payload", tab_behavior="focus", soft_wrap=True)
        self._send = Button("Invoke", id="send", compact=True, variant="warning")
        self._answer = VerticalScroll(self._went, id="answer")
        self._box = Vertical(id="invoke")

    def compose(self) -> ComposeResult:
        with self._box:
            yield self._where
            yield self._qualifier
            yield self._event
            yield self._payload
            yield self._save_as
            yield self._checked
            with Horizontal(id="choices"):
                yield Button("Cancel", id="cancel", compact=True)
                yield self._send
            yield self._answer

    def on_mount(self) -> None:
        self._box.border_title = Content(safe(f"{self._function}: invoke"))
        self._save_as.display = self._answer.display = False
        self._where.show([plan_words.where(self.state.identity, self.state.region)])
        self._load(0)
        self._payload.focus()
        self.set_interval(1.0, self._tick)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each key while it has a meaning: the payload stays as it was sent while there is an answer to it."""
        if action in _OF_THE_PAYLOAD:
            return self._sent is None
        return action not in _OF_THE_ANSWER or self._done is not None

    def watch_state(self, old: State, new: State) -> None:
        if new.identity is not old.identity or new.region != old.region:
            self._where.show([plan_words.where(new.identity, new.region)])
        if new.invoked is not old.invoked:
            self._tick()

    # The payload

    @property
    def _payloads(self) -> Sequence[_Event]:
        """What can be sent: the last one, the saved ones, and nothing at all."""
        events = self._events.of(self._function)
        last = [_Event("sent last", False, events.last)] if events.last is not None else []
        return [
            *last,
            *(_Event(name, True, text) for name, text in events.saved.items()),
            _Event("empty", False, EMPTY),
        ]

    @property
    def _at(self) -> int:
        """The position of the event that is shown: others may have been added before it."""
        return next((at for at, each in enumerate(self._payloads) if (each.name, each.saved) == self._shown), 0)

    def _load(self, at: int) -> None:
        """Write the event at that place into the editor; behind the last one is the first."""
        payloads = self._payloads
        event = payloads[at % len(payloads)]
        self._shown = (event.name, event.saved)
        self._payload.load_text(event.payload)
        place = f"  {at % len(payloads) + 1} of {len(payloads)}"
        self._event.show([[("event ", "dim"), (safe(event.name), "strong"), (place, "dim")]])
        self._tell_keys()

    def _tell_keys(self) -> None:
        saved = self._shown[1]
        keys = _ANSWERED if self._done is not None else _SAVED if saved else _WRITING
        told = "Escape leaves it going on" if self._sent is not None and self._done is None else " · ".join(keys)
        self._box.border_subtitle = Content(told)

    @on(TextArea.Changed)
    def _written(self, message: TextArea.Changed) -> None:
        message.stop()
        why = problem(self._payload.text)
        self._send.disabled = why is not None
        size = len(self._payload.text.encode("utf-8", "surrogatepass"))
        good: Sequence[Span] = [("✓ ", "good"), (f"JSON, {size:,} bytes" if size else "nothing: {} is sent", "dim")]
        self._checked.show([[("▲ ", "bad"), (safe(why), "plain")] if why is not None else good])

    def action_next_event(self) -> None:
        self._load(self._at + 1)

    def action_save(self) -> None:
        """Ask for the name to save it under."""
        self._save_as.display = True
        self._save_as.focus()

    @on(Input.Submitted, "#name")
    def _named(self, message: Input.Submitted) -> None:
        message.stop()
        name = message.value.strip()
        self._save_as.display = False
        self._payload.focus()
        if not name:
            return
        try:
            self._events.save(self._function, name, self._payload.text)
        except (OSError, ValueError) as error:
            self.notify(safe(str(error)), title="not saved", severity="warning", markup=False)
            return
        self._shown = (name, True)
        self._load(self._at)

    def action_delete(self) -> None:
        """Forget the event that is shown, if it is one that was saved."""
        (name, saved), at = self._shown, self._at
        if not saved:
            return
        try:
            self._events.delete(self._function, name)
        except OSError as error:
            self.notify(safe(str(error)), title="not deleted", severity="warning", markup=False)
            return
        self._load(at)

    # Sending

    @on(Button.Pressed)
    def _pressed(self, message: Button.Pressed) -> None:
        message.stop()
        if message.button is self._send:
            self.action_send()
        else:
            self.dismiss()

    def action_send(self) -> None:
        """Ask once more: what a function does when invoked cannot be undone."""
        if self._send.disabled:
            return
        qualifier = self._qualifier.value.strip() or None
        wanted = ManualInvocation(function=self._function, qualifier=qualifier, payload=self._payload.text)
        identity = self.state.identity
        where = (
            f"{identity.account} · {identity.region}"
            if identity is not None
            else f"an unknown account · {self.state.region or 'unknown Region'}"
        )
        lines = [f"in {where}", f"with {wanted.bytes:,} bytes; whatever it does is done, and nothing takes it back"]

        def answered(yes: bool | None) -> None:
            if yes:
                self._begin(wanted)

        self.app.push_screen(ConfirmScreen(f"invoke {wanted.named}?", lines, yes="Invoke it", no="No"), answered)

    def _begin(self, wanted: ManualInvocation) -> None:
        self._sent, self._sent_at = wanted, self._clock.now()
        try:
            self._events.used(self._function, wanted.payload)
        except OSError as error:
            self.notify(safe(str(error)), title="not remembered", severity="warning", markup=False)
        self.set_class(True, "-sent")
        self._answer.display = True
        self._answer.focus()
        self._tick()
        self.post_message(InvocationConfirmed(wanted))

    @property
    def _done(self) -> Invoked | None:
        done = self.state.invoked
        return done if done is not None and done.invocation is self._sent else None

    def _tick(self) -> None:
        if self._sent is None:
            return
        self._tell_keys()
        done = self._done
        if done is None:
            passed = (self._clock.now() - self._sent_at).total_seconds()
            self._went.show([[("… ", "accent"), ("running", "plain"), (f"  {passed:.0f} s", "dim")]])
            return
        self._went.show(invoke_words.told(done))

    # What came back

    def action_trace(self) -> None:
        done = self._done
        if done is None or done.trace_id is None:
            self.notify("X-Ray keeps no trace of it", markup=False)
        else:
            self.dismiss()
            self.app.post_message(TraceOpened(done.trace_id))

    def action_log(self) -> None:
        done = self._done
        if done is None or done.report is None:
            self.notify("the end of its log names no request", markup=False)
        else:
            self.dismiss()
            self.app.post_message(RequestWanted(done.report.request_id, self._sent_at))

    def action_copy(self) -> None:
        done = self._done
        if done is not None:
            copy(self.app, f"{done.payload}\n\n{done.log}" if done.log else done.payload)

    def action_edit(self) -> None:
        """Back to the payload, to send another."""
        self._sent = None
        self.set_class(False, "-sent")
        self._answer.display = False
        self._tell_keys()
        self._payload.focus()

    def action_page(self, pages: float) -> None:
        self._answer.scroll_relative(y=int(pages * self._answer.size.height), animate=False)

    def action_leave(self) -> None:
        if self._save_as.display:
            self._save_as.display = False
            self._payload.focus()
        else:
            self.dismiss()
