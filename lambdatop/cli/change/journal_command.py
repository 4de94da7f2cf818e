"""`lambdatop journal`: what was changed from this machine. Reads a file and asks AWS nothing."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from lambdatop.actions.journal.journal import Journal, JournalEntry, default_path
from lambdatop.actions.journal.undo import undone_by
from lambdatop.cli.change.plan_json import plan_members, receipt_members
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.output import guarded, note, put
from lambdatop.cli.times import When, moment
from lambdatop.clock import SystemClock
from lambdatop.model.function_name import plain_name
from lambdatop.model.text import safe
from lambdatop.updates import IdentityKnown
from lambdatop.words import journal as journal_words

_TITLES = ("WHEN", "ID", "WHO", "FUNCTION", "CHANGE", "RESULT")


class JournalArguments(Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    since: When | None = None
    function: str | None = None
    as_json: bool = False


def run(wanted: JournalArguments) -> int:
    """Print the journal; 0."""
    return guarded(lambda: _run(wanted, Journal(default_path()), SystemClock().now()))


def _run(wanted: JournalArguments, journal: Journal, now: datetime) -> int:
    trouble = journal.trouble
    if trouble is not None:
        return complain(safe(trouble), Exit.FAILED)
    entries = journal.entries()
    chosen = [entry for entry in entries if _is_wanted(entry, wanted, now)]
    if not chosen:
        note(f"nothing{' of that' if entries else ''} is in {journal.path}")
    undone = undone_by(entries)
    if wanted.as_json:
        put("".join(_object(entry, undone.get(entry.receipt.id)) for entry in chosen))
    elif chosen:
        put("".join(f"{line}\n" for line in lines(chosen, entries, now)))
    return Exit.OK


def _is_wanted(entry: JournalEntry, wanted: JournalArguments, now: datetime) -> bool:
    since = moment(wanted.since, now) if wanted.since is not None else None
    recent = since is None or entry.receipt.begun >= since
    function = plain_name(wanted.function) if wanted.function is not None else None
    return recent and (function is None or function in entry.receipt.plan.functions)


def lines(chosen: Sequence[JournalEntry], entries: Sequence[JournalEntry], now: datetime) -> Iterator[str]:
    """A title line and a line an entry; `entries` are all there are, which tell what was undone."""
    undone = undone_by(entries)
    table = [_TITLES, *(_cells(entry, undone.get(entry.receipt.id) is not None, now) for entry in chosen)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        yield "  ".join(text.ljust(width) for text, width in zip(cells, widths, strict=True)).rstrip()


def _cells(entry: JournalEntry, is_undone: bool, now: datetime) -> tuple[str, ...]:
    receipt = entry.receipt
    return (
        journal_words.when(receipt.begun, now),
        safe(receipt.id),
        journal_words.who(receipt),
        journal_words.functions(receipt),
        journal_words.change(receipt),
        journal_words.result(entry, undone=is_undone)[0],
    )


def _object(entry: JournalEntry, undone_by: str | None) -> str:
    receipt = entry.receipt
    who = IdentityKnown(receipt.account, receipt.caller, receipt.region)
    members = {
        **receipt_members(receipt),
        "finished": entry.finished,
        "undone_by": undone_by,
        "endpoint": entry.endpoint,
        "plan": plan_members(receipt.plan, who),
    }
    return json.dumps(members) + "\n"
