"""When a function was deployed: its versions, its aliases, and the last modification of `$LATEST`.

Lambda's control plane answers 15 calls a second for the whole account and Region (AWS: not adjustable), and others
deploy through it: one call of each API a minute, and none for a function that was looked at a moment ago.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct, field

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.changes.marks import LATEST, Change, Pointer, deployed, merged, modified, moves
from lambdatop.model.function import Function
from lambdatop.sources.fleet.inventory import decode_time
from lambdatop.sources.function import controls_decode as decoded
from lambdatop.updates import ChangesFound, Update

FRESH: Final = timedelta(seconds=50)
MOST_PAGES: Final = 20
"""Of 50 versions, at the first reading; the newest come last."""
BETWEEN_PAGES_S: Final = 1.0


class Deployments(Struct):
    """What is known of one function's deployments. Alias moves are seen only while the function is watched."""

    name: str
    _published: dict[str, datetime] = field(default_factory=dict)
    _first: Mapping[str, Pointer] = field(default_factory=dict)
    """Where the aliases pointed when they were listed for the first time."""
    _aliases: Mapping[str, Pointer] | None = None
    _listed: datetime | None = None
    """When the aliases were."""
    _moves: list[Change] = field(default_factory=list)
    _asked: datetime | None = None
    _marker: str | None = None
    """Leads to the last page of versions, behind which the next ones appear."""

    async def read(self, aws: Gate, clock: Clock, function: Function) -> AsyncIterator[Update]:
        """One reading; what is refused leaves the rest. Raises AwsError."""
        now, refused = clock.now(), None
        if self._asked is None or now - self._asked >= FRESH:
            self._asked = now
            for ask in (self._list_versions, self._list_aliases):
                try:
                    await ask(aws, clock)
                except AwsError as error:
                    refused = error
        found = merged(deployed(self._published, self._first), self._moves, modified(function))
        yield ChangesFound(self.name, found)
        if refused is not None:
            raise refused

    async def _list_versions(self, aws: Gate, clock: Clock) -> None:
        for _ in range(MOST_PAGES):
            more: Mapping[str, Any] = {"Marker": self._marker} if self._marker else {}
            try:
                page = await aws.call("lambda", "ListVersionsByFunction", FunctionName=self.name, **more)
            except AwsError:
                self._marker = None
                raise
            self._published |= decode_published(page["Versions"])
            marker = page.get("NextMarker")
            if not marker:
                return
            self._marker = str(marker)
            await clock.sleep(BETWEEN_PAGES_S)

    async def _list_aliases(self, aws: Gate, clock: Clock) -> None:
        answer = await aws.call("lambda", "ListAliases", FunctionName=self.name)
        found = decoded.aliases(answer["Aliases"])
        now = clock.now()
        aliases = {each.name: Pointer(each.version, tuple(sorted(each.weights.items()))) for each in found}
        if self._aliases is None or self._listed is None:
            self._first = aliases
        else:
            self._moves += moves(self._aliases, aliases, self._published, self._listed, now)
        self._aliases, self._listed = aliases, now


def decode_published(versions: Iterable[Mapping[str, Any]]) -> dict[str, datetime]:
    """When each version was published, which is the time that it was last modified: it cannot be later."""
    found: dict[str, datetime] = {}
    for raw in versions:
        version, at = raw.get("Version"), decode_time(raw.get("LastModified"))
        if isinstance(version, str) and version != LATEST and at is not None:
            found[version] = at
    return found
