"""One AWS account in one Region: its functions, what happens to them, and what time has brought about."""

import re
import time
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from typing import Protocol

from lambdatop.emulator.blueprints import blueprint
from lambdatop.emulator.contents.alarm_book import AlarmBook
from lambdatop.emulator.contents.metric import CustomMetric, Dimensions
from lambdatop.emulator.contents.written import LogGroupClass, WrittenGroup
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.function import INSIGHTS_GROUP, Blueprint, EmulatedFunction
from lambdatop.emulator.invocation import EmulatedInvocation
from lambdatop.emulator.mapping import Mapping, mapping_of
from lambdatop.emulator.simulation import fleet
from lambdatop.emulator.simulation.chance import key_of
from lambdatop.emulator.simulation.happening import happened
from lambdatop.emulator.simulation.sketch import Sketch
from lambdatop.emulator.simulation.stories import STORIES

ACCOUNT_ID = "123456789012"

_INVOCATIONS_KEPT = 60_000
_HOURS_KEPT = 48
_NAME = re.compile(
    r"^(?:(?:arn:[^:]+:lambda:[^:]*:)?(?:(?P<account>\d{12}):)?(?:function:))?(?P<name>[\w-]{1,140})"
    r"(?::(?P<qualifier>[\w$.-]+))?$"
)


class LongRunning(Protocol):
    """Something that is worked on a little at a time: a query of Logs Insights."""

    @property
    def ended(self) -> bool: ...

    def work(self) -> None: ...


class Account:
    """The state of one account. Nothing moves by itself: `clock` says what time it is whenever something is asked."""

    def __init__(
        self,
        *,
        functions: int = 142,
        seed: int = 7,
        region: str = "eu-west-1",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.id = ACCOUNT_ID
        self.region = region
        self.clock = clock
        self.seed = seed
        self.started = clock()
        self._size = functions
        self._minutes: OrderedDict[tuple[str, int], tuple[list[float], list[EmulatedInvocation]]] = OrderedDict()
        self._kept = 0
        self._log_groups: dict[str, tuple[str, ...]] | None = None
        self._called: dict[int, tuple[EmulatedFunction, ...]] = {}
        self.custom_metrics: dict[tuple[str, str, Dimensions], CustomMetric] = {}
        self.totals: dict[tuple[str, int], Sketch] = {}
        self.written: dict[str, WrittenGroup] = {}
        self.retention: dict[str, int | None] = {}
        self.policies: dict[str, list[str]] = {}
        self.by_hand: dict[str, list[EmulatedInvocation]] = {}
        self.queries: dict[str, LongRunning] = {}
        self.alarms = AlarmBook()
        self.functions = {name: self._function(name) for name in sorted(fleet.fleet_names(functions, seed))}

    def arn(self, name: str) -> str:
        """The ARN of a function of this account."""
        return f"arn:aws:lambda:{self.region}:{self.id}:function:{name}"

    def function(self, name_or_arn: str) -> EmulatedFunction:
        """The function of a name, a partial or a full ARN, qualified or not.

        Raises AwsError ResourceNotFoundException if there is none.
        """
        name, _ = split_name(name_or_arn)
        found = self.functions.get(name)
        if found is None:
            raise ServiceError("ResourceNotFoundException", f"Function not found: {self.arn(name)}", 404)
        _ = found.blueprint  # aliases, versions and concurrency are there from the first question on
        return found

    def invocations(self, name: str, start: float, end: float) -> list[EmulatedInvocation]:
        """What started in [start, end) and not after now (epoch seconds), by start; the same whenever it is asked."""
        function = self.function(name)
        end = min(end, self.clock() + 1e-9)
        found: list[EmulatedInvocation] = []
        for minute in range(int(start // 60), int(-(-end // 60))):
            if function.course.demand(minute):
                starts, happened_then = self._minute(function, minute)
                found += happened_then[bisect_left(starts, start) : bisect_left(starts, end)]
        if by_hand := self.by_hand.get(function.name):
            found += (each for each in by_hand if start <= each.start < end)
            found.sort(key=lambda each: each.start)
        return found

    def log_groups(self) -> dict[str, tuple[str, ...]]:
        """Every log group with the functions that write in it."""
        if self._log_groups is None:
            self._log_groups = {}
            for name, function in self.functions.items():
                group = function.log_group
                self._log_groups[group] = (*self._log_groups.get(group, ()), name)
            measured = tuple(name for name, function in self.functions.items() if function.insights)
            if measured:
                self._log_groups[INSIGHTS_GROUP] = measured
        return self._log_groups

    def write_log(
        self, group: str, stream: str, timestamp_ms: int, message: str, *, visible_ms: int | None = None
    ) -> None:
        """Plant a log event that is visible from `visible_ms` on, by default from now; creates the log group."""
        now_ms = int(self.clock() * 1000)
        self.create_log_group(group).add(stream, timestamp_ms, message, now_ms if visible_ms is None else visible_ms)

    def create_log_group(self, group: str, log_class: LogGroupClass = "STANDARD") -> WrittenGroup:
        """The log group of a name, created if nobody has done so by name yet."""
        return self.written.setdefault(group, WrittenGroup(int(self.clock() * 1000), log_class))

    def called(self, hour: int) -> tuple[EmulatedFunction, ...]:
        """The functions with any callers in an epoch hour, the busiest first."""
        known = self._called.get(hour)
        if known is None:
            if len(self._called) > _HOURS_KEPT:
                self._called.clear()
            found = [each for each in self.functions.values() if each.course.called(hour)]
            found.sort(key=lambda each: -each.profile.traffic.per_minute)
            known = self._called[hour] = tuple(found)
        return known

    def forget_called(self) -> None:
        """Ask anew who is called and who logs where: functions have come or gone."""
        self._log_groups = None
        self._called.clear()

    @cached_property
    def mappings(self) -> dict[str, Mapping]:
        """The event source mappings by UUID."""
        made = (mapping_of(function, self.started - 90 * 86400) for function in self.functions.values())
        return {mapping.uuid: mapping for mapping in made if mapping}

    @property
    def reserved_total(self) -> int:
        """The concurrency that functions have reserved."""
        for story in STORIES:
            if story.reserved is not None and story.name in self.functions:
                _ = self.functions[story.name].blueprint  # which alone reserves any at the start
        return sum(function.reserved or 0 for function in self.functions.values())

    def work(self) -> bool:
        """Go on a little with the queries under way; False if there are none."""
        under_way = [query for query in self.queries.values() if not query.ended]
        for query in under_way:
            query.work()
        return bool(under_way)

    def changed(self, function: EmulatedFunction) -> None:
        """Forget what was generated of a function's minutes that a change may have altered."""
        self._log_groups = None
        minute = int(self.clock() // 60)
        for key in [key for key in self._minutes if key[0] == function.name and key[1] >= minute]:
            self._kept -= len(self._minutes.pop(key)[1])

    def _function(self, name: str) -> EmulatedFunction:
        return EmulatedFunction(name, self.arn(name), key_of(self.seed, name), self._blueprint)

    def _blueprint(self, function: EmulatedFunction) -> Blueprint:
        return blueprint(function, self.started, self._size)

    def _minute(self, function: EmulatedFunction, minute: int) -> tuple[list[float], list[EmulatedInvocation]]:
        key = function.name, minute
        if key in self._minutes:
            self._minutes.move_to_end(key)
            return self._minutes[key]
        invocations = happened(function.name, function.course, minute)
        made = [invocation.start for invocation in invocations], invocations
        self._minutes[key] = made
        self._kept += len(invocations)
        while self._kept > _INVOCATIONS_KEPT and len(self._minutes) > 1:
            _, (_, dropped) = self._minutes.popitem(last=False)
            self._kept -= len(dropped)
        return made


def split_name(name_or_arn: str) -> tuple[str, str | None]:
    """The name and the qualifier of what AWS accepts as a FunctionName.

    Raises AwsError ValidationException if it is neither a name nor an ARN of a function.
    """
    match = _NAME.match(name_or_arn)
    if match is None:
        raise ServiceError(
            "ValidationException", f"Value '{name_or_arn}' at 'functionName' failed to satisfy constraint"
        )
    return match["name"], match["qualifier"]
