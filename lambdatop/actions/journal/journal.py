"""The journal: what was changed in AWS, by whom, from what to what. On disk before a call is sent, and after it.

JSON lines that are only ever added to, so that a crash costs at most the last of them. An entry that was begun and
never ended tells that nobody saw what became of it.
"""

import errno
import json
import os
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.actions.journal.records import (
    UnreadableRecord,
    call_record,
    outcome_record,
    plan_record,
    read_outcome,
    read_plan,
)
from lambdatop.crash import state_folder
from lambdatop.model.changes.plan import Receipt, Result, Step, StepOutcome
from lambdatop.updates import IdentityKnown

_UNSEEN = "lambdatop ended before it was known what became of it"
_UNFOLLOWED = "lambdatop ended before it had settled"


class Unwritable(Exception):
    """The journal cannot be written; `str()` is one line that says why, and what follows from it."""


class ChangeSite(NamedTuple):
    """Where a change is made."""

    account: str
    region: str
    endpoint: str | None
    """None for AWS's own."""


def place_of(who: IdentityKnown, endpoint: str | None) -> ChangeSite:
    """Where we are."""
    return ChangeSite(who.account, who.region, endpoint)


class JournalEntry(Struct, frozen=True, kw_only=True):
    """One plan that was confirmed, as far as the journal tells."""

    receipt: Receipt
    finished: bool
    """False if it is still under way, or was left in the middle."""
    endpoint: str | None = None
    """Where it was sent if not to AWS's own endpoints."""

    @property
    def place(self) -> ChangeSite:
        """Where it was made."""
        return ChangeSite(self.receipt.account, self.receipt.region, self.endpoint)


def default_path() -> Path:
    """`$XDG_STATE_HOME/lambdatop/journal.jsonl`, or where this system keeps such things."""
    return state_folder() / "journal.jsonl"


class Journal(Struct):
    """The journal at a path; without one it lasts as long as the program. What writes may raise Unwritable.

    Several programs may write to one journal at a time.
    """

    path: Path | None = None
    _lines: list[bytes] = field(default_factory=list)

    def begun(self, receipt: Receipt, endpoint: str | None) -> None:
        """A plan was confirmed: nothing has been sent."""
        self._add(
            receipt.id,
            "begun",
            receipt.begun,
            caller=receipt.caller,
            account=receipt.account,
            region=receipt.region,
            endpoint=endpoint,
            plan=plan_record(receipt.plan),
        )

    def sending(self, id: str, index: int, step: Step, at: datetime) -> None:
        """The call of a step is about to be sent."""
        self._add(id, "sending", at, step=index, call=call_record(step.call))

    def told(self, id: str, index: int, outcome: StepOutcome, at: datetime) -> None:
        """What became of a step; told again if more is known."""
        self._add(id, "step", at, step=index, **outcome_record(outcome))

    def ended(self, receipt: Receipt) -> None:
        """Nothing more will be done for this plan."""
        self._add(receipt.id, "ended", receipt.ended)

    @property
    def size(self) -> int:
        """Grows with every line; 0 where there is none."""
        if self.path is None:
            return len(self._lines)
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @property
    def trouble(self) -> str | None:
        """Why it cannot be read, in one line; None if it can, or is not there."""
        try:
            if self.path is not None:
                os.close(_opened(self.path, os.O_RDONLY))
        except FileNotFoundError:
            return None
        except OSError as error:
            return f"the journal {self.path} cannot be read ({_why(error)})"
        return None

    def entries(self) -> tuple[JournalEntry, ...]:
        """Every plan, the newest last. What cannot be read is left out; a journal that is not there is empty."""
        told: dict[str, list[dict[str, Any]]] = {}
        for record in self._records():
            told.setdefault(record["id"], []).append(record)
        return tuple(entry for records in told.values() if (entry := _entry(records)) is not None)

    def _records(self) -> Iterator[dict[str, Any]]:
        lines: Sequence[bytes] = self._lines
        if self.path is not None:
            try:
                lines = _read(self.path).splitlines()
            except OSError:
                return
        for line in lines:
            try:
                record = json.loads(line.decode(errors="replace"))
            except (ValueError, RecursionError):
                continue
            if isinstance(record, dict) and isinstance(record.get("id"), str) and _time(record) is not None:
                yield record

    def _add(self, id: str, event: str, at: datetime, **members: Any) -> None:
        record = {"id": id, "event": event, "time": at.astimezone(UTC).isoformat(), **members}
        line = json.dumps(record, separators=(",", ":")).encode()
        if self.path is None:
            self._lines.append(line)
            return
        try:
            _append(self.path, line)
        except OSError as error:
            raise Unwritable(f"the journal {self.path} cannot be written ({_why(error)})") from error


def _opened(path: Path, how: int) -> int:
    """The file's descriptor. Raises OSError, also for what is no regular file: that may have no end, or forget all."""
    file = os.open(path, how | getattr(os, "O_NONBLOCK", 0), 0o600)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, "it is no regular file")
    return file


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _read(path: Path) -> bytes:
    with os.fdopen(_opened(path, os.O_RDONLY), "rb") as file:
        return file.read()


def _append(path: Path, line: bytes) -> None:
    """Add a line that is on the disk when this returns. What was left half-written before is ended first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = _opened(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(file, 0o600)
        size = os.fstat(file).st_size
        if size:
            os.lseek(file, size - 1, os.SEEK_SET)
            line = line if os.read(file, 1) == b"\n" else b"\n" + line
        rest = memoryview(line + b"\n")
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    finally:
        os.close(file)


def _time(record: dict[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(record["time"])
    except (KeyError, TypeError, ValueError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _entry(records: Sequence[dict[str, Any]]) -> JournalEntry | None:
    """What the lines of one plan say together; None if they do not make sense."""
    begun = next((record for record in records if record.get("event") == "begun"), None)
    if begun is None:
        return None
    try:
        receipt = _receipt(begun, records)
    except UnreadableRecord:
        return None
    finished = any(record.get("event") == "ended" for record in records)
    if not finished:
        receipt = replace(receipt, outcomes=tuple(_left_alone(outcome) for outcome in receipt.outcomes))
    endpoint = begun.get("endpoint")
    return JournalEntry(receipt=receipt, finished=finished, endpoint=endpoint if isinstance(endpoint, str) else None)


def _receipt(begun: dict[str, Any], records: Sequence[dict[str, Any]]) -> Receipt:
    plan = read_plan(begun.get("plan"))
    outcomes: dict[int, StepOutcome] = {}
    for record in records:
        index = record.get("step")
        if not (isinstance(index, int) and 0 <= index < len(plan.steps)):
            continue
        if record.get("event") == "step":
            outcomes[index] = read_outcome(record)
        elif record.get("event") == "sending":
            unseen = StepOutcome(step=plan.steps[index], result=Result.UNKNOWN, error=_UNSEEN, settled=False)
            outcomes.setdefault(index, unseen)
    times = [at for record in records if (at := _time(record)) is not None]
    return Receipt(
        id=begun["id"],
        plan=plan,
        outcomes=tuple(outcomes[index] for index in sorted(outcomes)),
        begun=times[0],
        ended=times[-1],
        account=str(begun.get("account", "")),
        region=str(begun.get("region", "")),
        caller=str(begun.get("caller", "")),
    )


def _left_alone(outcome: StepOutcome) -> StepOutcome:
    """An outcome that nobody followed to its end."""
    applied = outcome.result is Result.APPLIED and not outcome.settled and outcome.error is None
    return replace(outcome, error=_UNFOLLOWED) if applied else outcome
