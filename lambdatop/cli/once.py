"""`lambdatop --once`: the fleet table printed once, for scripts, cron and CI. `--json` has a versioned schema.

With a FUNCTION that function alone is read and measured: CloudWatch bills by the metric, so one row of a large account
must not cost as much as all of them.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.cli.connect import gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.fleet_table import lines
from lambdatop.cli.output import guarded, put
from lambdatop.clock import SystemClock
from lambdatop.config import Config
from lambdatop.model.fleet.row import Row, matches
from lambdatop.model.fleet.sorting import ordered
from lambdatop.model.metrics import Window, window_of
from lambdatop.model.reference.prices import borrowed
from lambdatop.sources.fleet.snapshot import snapshot, snapshot_of
from lambdatop.state import State

SCHEMA = 1


def run(config: Config) -> int:
    """Print one snapshot; 0, or 3 if some API refused, or the code of what made it impossible."""
    return guarded(lambda: _run(config, SystemClock()))


def _run(config: Config, clock: SystemClock) -> int:
    with gate(config, clock) as aws:
        state = asyncio.run(_take(aws, config, clock))
    _print(config, state, clock.now())
    return Exit.PARTIAL if state.health else Exit.OK


async def _take(aws: Gate, config: Config, clock: SystemClock) -> State:
    try:
        if config.function is not None:
            return await snapshot_of(aws, clock, config.function, window_minutes=config.window_minutes)
        return await snapshot(aws, clock, window_minutes=config.window_minutes, pattern=config.filter)
    finally:
        await aws.close()


def _print(config: Config, state: State, now: datetime) -> None:
    chosen = [row for row in state.fleet.rows.values() if matches(row.function, config.filter)]
    rows = ordered(chosen, config.sort)
    if config.function is not None and not rows:
        raise AwsError(f"{config.function} does not match --filter {config.filter}")
    if config.as_json:
        window = window_measured(state.fleet.rows.values()) or window_of(now, config.window_minutes)
        put(json.dumps(document(state, rows, window, now), indent=1) + "\n")
    else:
        put("".join(f"{line}\n" for line in lines(rows)))
        prices_of = _prices_of(state)
        if prices_of is not None:
            complain(f"$/h is at {prices_of} prices: those of {state.region} are not known", Exit.OK)
        for problem in state.health.values():
            complain(f"{problem.source}: {problem.error}", Exit.PARTIAL)


def window_measured(rows: Iterable[Row]) -> Window | None:
    """Return the window of the figures, as the next minute may have begun since they were read; None without any."""
    return next((row.metrics.window for row in rows if row.metrics is not None), None)


def _prices_of(state: State) -> str | None:
    """Return the Region whose prices the costs use, where those of the snapshot's own are not known; else None."""
    return borrowed(state.region) if state.region is not None else None


def document(state: State, rows: Iterable[Row], window: Window, now: datetime) -> Mapping[str, Any]:
    """Return the snapshot as the JSON of schema 1: numbers, or null for what is unknown."""
    identity = state.identity
    return {
        "schema": SCHEMA,
        "account": identity.account if identity else None,
        "region": state.region,
        "prices_of": _prices_of(state),
        "at": _iso(now),
        "window": {"start": _iso(window.start), "end": _iso(window.end)},
        "functions": [_function(row) for row in rows],
        "api": {"calls": state.api.calls, "cost_usd": round(state.api.cost_usd, 6)},
        "problems": [{"source": each.source, "error": each.error} for each in state.health.values()],
    }


def _function(row: Row) -> Mapping[str, Any]:
    function, metrics = row.function, row.metrics
    return {
        "name": function.name,
        "runtime": function.runtime,
        "architecture": function.architecture,
        "memory_mb": function.memory_mb,
        "timeout_s": function.timeout_s,
        "invocations": row.invocations,
        "errors": row.errors,
        "throttles": row.throttles,
        "error_rate": row.error_pct / 100 if row.error_pct is not None else None,
        "duration_p50_ms": metrics.duration_p50_ms if metrics else None,
        "duration_p95_ms": metrics.duration_p95_ms if metrics else None,
        "duration_p99_ms": metrics.duration_p99_ms if metrics else None,
        "concurrent_executions": metrics.concurrent_executions if metrics else None,
        "cost_usd_per_hour": row.cost_usd_per_hour,
        "alarm_state": row.alarm_state,
        "last_modified": _iso(function.last_modified) if function.last_modified else None,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
