"""What provisioned environments write before anyone calls them: their init, which no REPORT tells.

AWS: the init of provisioned concurrency is in INIT_REPORT, in the stream of the environment.
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lambdatop.emulator.logs.lines import Line, Manner, init_start, manner_of, runtime_version, system_event
from lambdatop.emulator.simulation.chance import key_of, unit
from lambdatop.emulator.simulation.epoch import Lane
from lambdatop.emulator.simulation.run import provisioned_streams

if TYPE_CHECKING:
    from lambdatop.emulator.function import EmulatedFunction

_KIND = "provisioned-concurrency"
_SPREAD_S = 1.5
"""Environments get ready one after another, the last when the configuration is READY."""


def prepared(function: "EmulatedFunction", start_ms: int, end_ms: int) -> Iterator[tuple[str, list[Line]]]:
    """Stream and lines of the environments got ready for what came into force about [start, end] milliseconds."""
    manner = manner_of(function.config)
    for epoch in function.course.during(start_ms / 1000, end_ms / 1000 + _SPREAD_S):
        if epoch.provisioned and epoch.since > -math.inf:
            lane = epoch.lanes[0]
            for stream in provisioned_streams(function.name, function.course, epoch):
                chance = key_of(stream)
                init_ms = round(lane.behaviour.profile.init.at(unit(chance, 1)), 2)
                ready_ms = (epoch.since - _SPREAD_S * unit(chance, 2)) * 1000
                tell = _json if manner.json_format else _text
                yield stream, tell(manner, function.name, lane, stream, init_ms, ready_ms)


def _text(manner: Manner, name: str, lane: Lane, stream: str, init_ms: float, ready_ms: float) -> list[Line]:
    version, arn = runtime_version(manner)
    return [
        (ready_ms - init_ms, f"INIT_START Runtime Version: {version}\tRuntime Version ARN: {arn}\n"),
        (ready_ms, f"INIT_REPORT Init Duration: {init_ms:.2f} ms\tPhase: init\n"),
    ]


def _json(manner: Manner, name: str, lane: Lane, stream: str, init_ms: float, ready_ms: float) -> list[Line]:
    began_ms = ready_ms - init_ms
    start = init_start(manner, _KIND, name, lane.version, stream, lane.behaviour.memory_mb)
    metrics = {"durationMs": init_ms}
    report = {"initializationType": _KIND, "phase": "init", "status": "success", "metrics": metrics}
    return [
        (began_ms, system_event(began_ms, "initStart", start)),
        (ready_ms, system_event(ready_ms, "initReport", report)),
    ]
