"""What a planner has to know about functions, gathered in one way for a key on the screen and for a command."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from msgspec import Struct

from lambdatop.actions.journal.before_brake import former
from lambdatop.actions.journal.journal import ChangeSite, Journal, JournalEntry, place_of
from lambdatop.actions.journal.rollbacks import rolled_back
from lambdatop.actions.planning.subject import REMEMBERING, Subject
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.config import Config
from lambdatop.model.alarms.alarm import Topics
from lambdatop.model.alarms.definition import Watched
from lambdatop.model.fleet.row import Row
from lambdatop.sources.function.controls import PACE_S, read_controls
from lambdatop.sources.function.evidence import EvidenceReader, topics_of
from lambdatop.updates import IdentityKnown

ALARM: Final = "alarm"
UNMEASURED: Final = frozenset({"publish", "logging", "retention"})
"""The actions that no measurement speaks for or against: none is made for them."""


class _Shared(Struct, frozen=True, kw_only=True):
    """What is read once for all of the functions."""

    action: str
    rows: Mapping[str, Row] | None
    mentioned: Collection[str]
    entries: Sequence[JournalEntry]
    topics: Topics | None


class Gatherer(Struct, frozen=True, kw_only=True):
    """Where subjects are gathered: the account, who asks, and what was done there before."""

    aws: Gate
    clock: Clock
    config: Config
    journal: Journal
    who: IdentityKnown | None
    """None while it is not known: then the journal tells nothing."""

    async def subjects(
        self,
        action: str,
        names: Sequence[str],
        *,
        rows: Mapping[str, Row] | None = None,
        mentioned: Collection[str] = (),
    ) -> list[Subject]:
        """These functions as they are now, for that action. Raises AwsError if one of them cannot be read.

        `rows` is what was measured already; without it every function is measured. `mentioned` are the names of alarms
        whose past is needed too.
        """
        shared = _Shared(
            action=action,
            rows=rows,
            mentioned=mentioned,
            entries=await asyncio.to_thread(self.journal.entries) if action in REMEMBERING else (),
            topics=await topics_of(self.aws) if action == ALARM else None,
        )
        found: list[Subject] = []
        for name in names:
            if found:
                await self.clock.sleep(PACE_S)
            found.append(await self._subject(name, shared))
        return found

    async def _subject(self, name: str, shared: _Shared) -> Subject:
        action, here = shared.action, self._here
        controls = await read_controls(self.aws, name, insights=action == "insights")
        evidence = EvidenceReader(self.aws, self.clock, controls.function)
        row = await _row(evidence, shared)
        return Subject(
            controls=controls,
            row=row,
            now=self.clock.now(),
            usage=await evidence.usage() if action == "memory" else None,
            alarm_past=await evidence.alarm_past(_watched(row, shared)) if action == ALARM else {},
            refused=evidence.refused,
            topics=shared.topics,
            objective_ms=self.config.objective_ms(name),
            former=former(shared.entries, name, here) if here is not None else None,
            rolled_back=rolled_back(shared.entries, name, here) if here is not None else {},
        )

    @property
    def _here(self) -> ChangeSite | None:
        return place_of(self.who, self.aws.endpoint_url) if self.who is not None else None


async def _row(evidence: EvidenceReader, shared: _Shared) -> Row | None:
    if shared.rows is not None:
        return shared.rows.get(evidence.function.name)
    if shared.action in UNMEASURED:
        return None
    return await evidence.row(alarms_needed=shared.action == ALARM)


def _watched(row: Row | None, shared: _Shared) -> list[Watched]:
    """What the alarms that were mentioned watch."""
    alarms = (alarm for alarm in row.alarms if alarm.name in shared.mentioned) if row is not None else ()
    return [alarm.definition.watched for alarm in alarms if alarm.definition is not None]
