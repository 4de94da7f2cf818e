"""One entry of the journal over the screen: the whole plan, each call, and what became of it."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from lambdatop.actions.journal.journal import JournalEntry
from lambdatop.model.text import safe
from lambdatop.ui.notify import copy
from lambdatop.ui.screens.base import Dialog
from lambdatop.ui.widgets.paragraphs import Paragraphs
from lambdatop.words import format
from lambdatop.words import journal as journal_words
from lambdatop.words import plan as plan_words
from lambdatop.words.spans import Span

_WIDTH = plan_words.LABEL_WIDTH


class EntryScreen(Dialog[None]):
    """Scrolls; `y` copies the calls, Escape closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", show=False),
        Binding("y,c", "copy", show=False),
    ]

    def __init__(self, entry: JournalEntry, *, undone: bool) -> None:
        super().__init__()
        self._entry = entry
        self._undone = undone
        self._facts = Paragraphs(indent=_WIDTH)
        self._went = Paragraphs(indent=2, classes="went")

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="entry") as box:
            box.border_title = Content(safe(self._entry.receipt.plan.title))
            box.border_subtitle = Content("y copies the calls · Escape closes")
            yield self._facts
            yield self._went

    def on_mount(self) -> None:
        self._facts.show([*_facts(self._entry), *plan_words.told(self._entry.receipt.plan, changes=True, past=True)])
        self._went.show(
            [
                *plan_words.outcome_lines(self._entry.receipt.outcomes),
                [],
                [journal_words.result(self._entry, undone=self._undone)],
            ]
        )

    def action_copy(self) -> None:
        receipt, endpoint = self._entry.receipt, self._entry.endpoint
        copy(self.app, plan_words.script(receipt.plan, region=receipt.region, endpoint=endpoint))

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss()


def _facts(entry: JournalEntry) -> Iterator[Sequence[Span]]:
    """Who, when and where."""
    receipt = entry.receipt
    took_s = (receipt.ended - receipt.begun).total_seconds()
    local = receipt.begun.astimezone()
    yield _labelled("When", f"{local:%Y-%m-%d %H:%M:%S}, {format.duration(took_s * 1000)}")
    yield _labelled("Who", receipt.caller or format.UNKNOWN)
    yield _labelled(
        "Where", " · ".join(each for each in (receipt.account, receipt.region, entry.endpoint or "") if each)
    )
    yield _labelled("Id", receipt.id if receipt.plan.undoes is None else f"{receipt.id}, undoes {receipt.plan.undoes}")


def _labelled(label: str, text: str) -> Sequence[Span]:
    return [(label.ljust(_WIDTH), "dim"), (safe(text), "plain")]
