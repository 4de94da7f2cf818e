"""What `lambdatop logs` says of the tail itself, on stderr: a line when something changes, and nothing else."""

from msgspec import Struct

from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.output import note
from lambdatop.model.logs.tail_status import POLLING, TailStatus
from lambdatop.updates import SourceFailed


class Notes(Struct):
    """Trouble is always told. How the tail is doing is for who looks on: only if stderr is a terminal."""

    _status: TailStatus = POLLING
    _trouble: str | None = None

    def arrived(self, status: TailStatus) -> None:
        """Tell what has changed since lines arrived last."""
        before, self._status = self._status, status
        for change in changes(before, status):
            note(change)

    def failed(self, failed: SourceFailed) -> None:
        """Tell of trouble, once as long as it stays the same."""
        if failed.error != self._trouble:
            self._trouble = failed.error
            complain(f"{failed.error}; trying again in {failed.retry_in_s:.0f} s", Exit.FAILED)

    def answered(self) -> None:
        """Tell that the trouble is over."""
        if self._trouble is not None:
            self._trouble = None
            note("answers again")


def changes(before: TailStatus, now: TailStatus) -> list[str]:
    """What to tell of the step from one status to the next."""
    told = []
    if now.mode != before.mode:
        told.append("Live Tail" if now.mode == "live" else "polling")
    if now.note is not None and now.note != before.note:
        told.append(now.note)
    if now.gaps > before.gaps:
        told.append("the lines of an interruption were read afterwards")
    if now.sampled and not before.sampled:
        told.append("sampled: Live Tail leaves lines out above 500 events a second")
    return told
