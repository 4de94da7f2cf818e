"""What was changed on a function, and when: deployments, alias moves, configuration. Marks on every chart.

Nothing in AWS lists them for a reader without CloudTrail. What can be known: when a version was published, what an
alias points to, when `$LATEST` was last modified; and what lambdatop itself saw or did while it ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from lambdatop.model.changes.plan import Receipt
    from lambdatop.model.function import Function

LATEST: Final = "$LATEST"
SAME: Final = timedelta(seconds=60)
"""A deployment modifies the function, publishes a version and moves an alias in one go."""
SEEN_LATER: Final = timedelta(seconds=150)
"""So long after lambdatop's own change it may be seen in a listing."""
_CHANGED: Final = "changed"


class ChangeKind(StrEnum):
    """What kind of change it was."""

    VERSION = "version"
    ALIAS = "alias"
    CONFIGURATION = "configuration"
    OURS = "ours"
    """Made by lambdatop."""


class Change(Struct, frozen=True, gc=False):
    """One moment at which something was changed."""

    at: datetime
    kind: ChangeKind
    label: str
    """A few letters for a chart: `v42`, `live → 42`, `1,024 → 1,536 MB`, `changed`."""


class Pointer(Struct, frozen=True, gc=False):
    """What an alias sends its callers to: a version, and a share of them to another."""

    version: str
    weights: tuple[tuple[str, float], ...] = ()

    def labels(self, alias: str) -> Iterator[tuple[str, str]]:
        """Each version with the words that say so: `live → 42`, `live 10 % → 43`."""
        yield self.version, f"{alias} → {self.version}"
        for version, share in self.weights:
            yield version, f"{alias} {100 * share:.3g} % → {version}"


def deployed(published: Mapping[str, datetime], aliases: Mapping[str, Pointer]) -> Iterator[Change]:
    """The versions by when they were published; one that an alias points to is taken to have come into use then."""
    pointed: dict[str, list[str]] = {}
    for alias, pointer in sorted(aliases.items()):
        for version, label in pointer.labels(alias):
            pointed.setdefault(version, []).append(label)
    for version, at in published.items():
        if version in pointed:
            yield Change(at, ChangeKind.ALIAS, ", ".join(pointed[version]))
        else:
            yield Change(at, ChangeKind.VERSION, f"v{version}")


def moves(
    before: Mapping[str, Pointer],
    now: Mapping[str, Pointer],
    published: Mapping[str, datetime],
    since: datetime,
    at: datetime,
) -> Iterator[Change]:
    """Which aliases were moved between two listings: when the version came, if it came in between, else now."""
    for alias, pointer in now.items():
        was = before.get(alias)
        if pointer == was:
            continue
        known = set(was.labels(alias)) if was is not None else set()
        for version, label in pointer.labels(alias):
            came = published.get(version)
            if (version, label) not in known:
                yield Change(came if came is not None and since < came <= at else at, ChangeKind.ALIAS, label)


def modified(function: Function) -> Iterator[Change]:
    """When the function (its `$LATEST`) was last modified; AWS does not say by what."""
    if function.last_modified is not None:
        yield Change(function.last_modified, ChangeKind.CONFIGURATION, _CHANGED)


def edits(old: Function, new: Function) -> Iterator[Change]:
    """What was changed between two listings of a function, at the moment that Lambda gives."""
    if new.last_modified is not None and new.last_modified != old.last_modified:
        label = ", ".join(_differences(old, new)) or _CHANGED
        yield Change(new.last_modified, ChangeKind.CONFIGURATION, label)


def _differences(old: Function, new: Function) -> Iterator[str]:
    if new.memory_mb != old.memory_mb:
        yield f"{old.memory_mb:,} → {new.memory_mb:,} MB"
    if new.timeout_s != old.timeout_s:
        yield f"timeout {old.timeout_s:,} → {new.timeout_s:,} s"
    if new.runtime != old.runtime:
        yield f"{old.runtime or 'image'} → {new.runtime or 'image'}"
    if new.architecture != old.architecture:
        yield f"{old.architecture} → {new.architecture}"
    if new.ephemeral_mb != old.ephemeral_mb:
        yield f"/tmp {old.ephemeral_mb:,} → {new.ephemeral_mb:,} MB"
    if new.tracing != old.tracing:
        yield f"tracing {'on' if new.tracing else 'off'}"
    if new.layers != old.layers:
        yield "layers"


def ours(receipt: Receipt, function: str) -> Iterator[Change]:
    """What a confirmed plan did to a function."""
    steps = [outcome.step for outcome in receipt.outcomes if outcome.result == "applied"]
    done = [step for step in steps if step.concerns(function)]
    if done and function in receipt.plan.functions:
        yield Change(receipt.begun, ChangeKind.OURS, ", ".join(f"{step.label} → {step.shown_after}" for step in done))


def merged(*several: Iterable[Change]) -> tuple[Change, ...]:
    """All of them by time, each once: of several about one moment, the most detailed is kept."""
    changes = sorted({change for some in several for change in some}, key=lambda change: (change.at, change.label))
    return tuple(change for change in changes if not _is_told_better(change, changes))


def _is_told_better(change: Change, changes: Sequence[Change]) -> bool:
    if change.kind is ChangeKind.OURS:
        return False
    if any(
        other.kind is ChangeKind.OURS and other.at - SAME <= change.at <= other.at + SEEN_LATER for other in changes
    ):
        return True
    return change.label == _CHANGED and any(
        other.label != _CHANGED and abs(other.at - change.at) <= SAME for other in changes
    )
