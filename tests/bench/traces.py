"""CPU of 500 traces summarised and 50 assembled, and how long the loop stalls. `python tests/bench/traces.py`.

The other side asks for the same by the same client and reads the documents with `json`, and makes nothing of it: what
lies between the two is ours. The server is a process of its own; its time does not count.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from lambdatop.aws.gate import Gate
from lambdatop.clock import SystemClock
from lambdatop.model.metrics import Window
from lambdatop.model.traces.downstream import Downstream
from lambdatop.sources.traces.destination import TraceDestination
from lambdatop.sources.traces.downstream import SampledTraces
from lambdatop.sources.traces.recent import TRACES_KEPT, Recent
from lambdatop.sources.traces.summaries import of_function
from lambdatop.updates import DownstreamMeasured
from tests.bench.harness import conditions, emulator, told
from tests.gates import gate_to

NAME = "checkout-api"
ROUNDS = 7
TICK_S = 0.001


class Lateness:
    """How long the loop left a task waiting that asks for its turn every millisecond; the longest, ms."""

    def __init__(self) -> None:
        self.longest_ms = 0.0

    async def watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK_S)
            self.longest_ms = max(self.longest_ms, (time.perf_counter() - began - TICK_S) * 1_000)


async def ours(aws: Gate, window: Window) -> None:
    """As the pane does it: the list, a sample of it whole, and what they say together."""
    across = SampledTraces(Recent(NAME, 0, moment=window))
    found: Downstream | None = None
    async for update in across.read(aws, SystemClock(), TraceDestination()):
        found = update.downstream if isinstance(update, DownstreamMeasured) else found
    assert found is not None
    assert found.traces == 50


async def theirs(aws: Gate, window: Window) -> None:
    """The same questions, and no answer to any of the user's."""
    times = {"StartTime": window.start, "EndTime": window.end, "TimeRangeType": "TraceId"}
    ids: list[str] = []
    async for page in aws.pages("xray", "GetTraceSummaries", FilterExpression=of_function(NAME), **times):
        ids += [str(each["Id"]) for each in page["TraceSummaries"]]
        if len(ids) >= TRACES_KEPT:
            break
    for at in range(0, 50, 5):
        answer = await aws.call("xray", "BatchGetTraces", TraceIds=ids[at : at + 5])
        for trace in answer["Traces"]:
            for segment in trace["Segments"]:
                json.loads(segment["Document"])
    await aws.call("xray", "GetServiceGraph", StartTime=window.start, EndTime=window.end)


async def measured(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """CPU ms of this process, and the longest stall of its loop."""
    lateness = Lateness()
    watching = asyncio.create_task(lateness.watch())
    began = time.process_time()
    await work()
    took_ms = (time.process_time() - began) * 1_000
    watching.cancel()
    return took_ms, lateness.longest_ms


async def main() -> None:
    figures: dict[str, list[tuple[float, float]]] = {"asked alone": [], "lambdatop": []}
    with emulator(142) as url:
        async with gate_to(url) as aws:
            end = SystemClock().now() - timedelta(minutes=1)
            window = Window(end - timedelta(minutes=20), end)
            for work in (theirs, ours):  # imports, the client, and the server's history
                await work(aws, window)
            for _ in range(ROUNDS):
                figures["asked alone"].append(await measured(lambda: theirs(aws, window)))
                figures["lambdatop"].append(await measured(lambda: ours(aws, window)))
    print(conditions())
    for name, pairs in figures.items():
        cpu, stall = zip(*pairs, strict=True)
        print(f"{name:12} CPU {told(cpu, 'ms')}   longest stall {told(stall, 'ms')}")
    ratio = statistics.median(each[0] for each in figures["lambdatop"]) / statistics.median(
        each[0] for each in figures["asked alone"]
    )
    print(f"ratio {ratio:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
