"""The journal: what was changed, by whom, from what to what; entries are opened and undone from here."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from lambdatop.actions.journal.journal import Journal, JournalEntry
from lambdatop.actions.journal.undo import undone_by
from lambdatop.clock import Clock
from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.ui.commands import Area, bindings, footer
from lambdatop.ui.messages import UndoWanted
from lambdatop.ui.notify import copy
from lambdatop.ui.screens.headed import HeadedView
from lambdatop.ui.screens.journal_entry import EntryScreen
from lambdatop.ui.widgets.bar import KeyBar
from lambdatop.ui.widgets.columns import Column
from lambdatop.ui.widgets.table import Table
from lambdatop.words import journal as journal_words


class JournalRow(Struct, frozen=True):
    """One entry as the table shows it."""

    entry: JournalEntry
    when: str
    undone: bool


class JournalScreen(HeadedView):
    """Newest first. Read again whenever a change has ended."""

    PLACES = (Area.JOURNAL, Area.ANYWHERE)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.JOURNAL)]

    def __init__(self, journal: Journal, clock: Clock, *, function: str | None = None, read_only: bool = False) -> None:
        super().__init__(clock, read_only=read_only)
        self._journal = journal
        self._function = function
        self._alone = False
        self._entries: tuple[JournalEntry, ...] = ()
        self._trouble: str | None = None
        self._table: Table[JournalRow] = Table(COLUMNS, key=lambda row: row.entry.receipt.id, classes="pane")

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._table
        yield self._troubles
        yield KeyBar(footer(Area.JOURNAL, read_only=self._read_only), id="keys")

    def on_mount(self) -> None:
        self._table.focus()
        self._table.empty = "reading the journal …"
        self._read()
        self._tick()

    def watch_state(self, old: State, new: State) -> None:
        if new.receipts is not old.receipts:
            self._read()

    def _read(self) -> None:
        """Read it again in the background: it may be long, and the disk slow."""
        self.run_worker(self._look(), group="journal", exclusive=True)

    async def _look(self) -> None:
        self._trouble, self._entries = await asyncio.to_thread(lambda: (self._journal.trouble, self._journal.entries()))
        self._show()

    def _show(self, *, others: bool = False) -> None:
        now, undone = self._clock.now(), undone_by(self._entries)
        chosen = [entry for entry in reversed(self._entries) if not self._alone or self._is_of_function(entry)]
        nothing = "nothing was changed yet" if not self._entries else "nothing of this function"
        self._table.empty = safe(self._trouble) if self._trouble is not None else nothing
        self._table.show(
            [
                JournalRow(entry, journal_words.when(entry.receipt.begun, now), entry.receipt.id in undone)
                for entry in chosen
            ],
            others=others,
        )
        self._table.border_title = Content(" · ".join(self._title(len(chosen))))

    def _title(self, shown: int) -> Sequence[str]:
        whose = safe(self._function or "") if self._alone else "all functions"
        where = safe(str(self._journal.path)) if self._journal.path is not None else "in memory, as long as this runs"
        return ("journal", whose, f"{shown:,}", where)

    def _is_of_function(self, entry: JournalEntry) -> bool:
        return self._function in entry.receipt.plan.functions

    @on(Table.Opened)
    def _row_opened(self, message: Table.Opened) -> None:
        message.stop()
        self.action_open()

    # Commands

    @property
    def _entry(self) -> JournalEntry | None:
        row = self._table.cursor_row
        return row.entry if row is not None else None

    def action_open(self) -> None:
        if self._entry is not None:
            self.app.push_screen(EntryScreen(self._entry, undone=self._is_undone(self._entry)))

    def action_undo_entry(self) -> None:
        """Plan the undo of the entry, and show that plan."""
        entry = self._entry
        if entry is not None:
            self.post_message(UndoWanted(entry.receipt))

    def _is_undone(self, entry: JournalEntry) -> bool:
        return entry.receipt.id in undone_by(self._entries)

    def action_only(self) -> None:
        """Only what was done to the function that was selected, or everything again."""
        self._alone = not self._alone and self._function is not None
        self._show(others=True)

    def action_copy_id(self) -> None:
        if self._entry is not None:
            copy(self.app, self._entry.receipt.id)

    def action_back(self) -> None:
        self.dismiss()


COLUMNS: Sequence[Column[JournalRow]] = (
    Column(key="when", title="WHEN", width=14, cell=lambda row: row.when, align="left", importance=90),
    Column(
        key="who",
        title="WHO",
        width=12,
        max_width=18,
        cell=lambda row: ((journal_words.who(row.entry.receipt), "dim"),),
        align="left",
        importance=20,
        flex=True,
    ),
    Column(
        key="function",
        title="FUNCTION",
        width=16,
        max_width=28,
        cell=lambda row: ((journal_words.functions(row.entry.receipt), "strong"),),
        align="left",
        importance=100,
        flex=True,
    ),
    Column(
        key="action",
        title="ACTION",
        width=11,
        cell=lambda row: safe(row.entry.receipt.plan.action),
        align="left",
        importance=10,
    ),
    Column(
        key="change",
        title="CHANGE",
        width=24,
        cell=lambda row: journal_words.change(row.entry.receipt),
        align="left",
        importance=95,
        flex=True,
    ),
    Column(
        key="result",
        title="RESULT",
        width=14,
        max_width=26,
        cell=lambda row: (journal_words.result(row.entry, undone=row.undone),),
        align="left",
        importance=99,
        flex=True,
    ),
)
