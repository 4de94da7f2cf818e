"""The log of one request: all its lines and only those, once, until it has ended."""

from datetime import UTC, datetime, timedelta

from lambdatop.emulator.faults import Fault
from lambdatop.model.focus import Sought
from lambdatop.model.metrics import Window
from lambdatop.sources.logs.request_log import LONGEST, RequestLog
from lambdatop.updates import LogsArrived, SourceFailed, Update
from tests.sources.followed import T0, Scene, function, scene, stream_of

ONE, TWO = "8f507cfc-1b1e-4697-b07a-ac58fc914c95", "91ab7cfc-1b1e-4697-b07a-ac58fc914c95"


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(T0 + seconds, UTC)


def sought(start: float = 0.0, end: float = 2.0) -> RequestLog:
    return RequestLog(function(), Sought(ONE, Window(at(start), at(end)), at(start)))


def plant(made: Scene, request: str, start: float, *, stream: str, late_report_s: float = 0.0) -> list[str]:
    """What a request of two seconds writes; the middle lines do not name it."""
    messages = [
        f"START RequestId: {request} Version: $LATEST\n",
        f"reading {request[:4]}s cart\n",
        "done\n",
        f"END RequestId: {request}\n",
        f"REPORT RequestId: {request}\tDuration: 2000.00 ms\tBilled Duration: 2000 ms\tMemory Size: 128 MB\t\n",
    ]
    for place, message in enumerate(messages):
        late_s = late_report_s if place > 2 else 0.0
        made.plant(message, start + place / 2, late_s=late_s, stream=stream)
    return messages


async def read(made: Scene, log: RequestLog) -> tuple[list[str], list[Update]]:
    updates = [update async for update in log.follow(made.gate, made.clock)]
    return [line.message for update in updates if isinstance(update, LogsArrived) for line in update.lines], updates


async def test_all_lines_of_the_request_are_read_and_no_others() -> None:
    async with scene() as made:
        wanted = plant(made, ONE, 0, stream=stream_of("orders", 1))
        plant(made, TWO, 0.1, stream=stream_of("orders", 2))
        plant(made, TWO, 3, stream=stream_of("orders", 1))
        made.clock.at += 60

        messages, updates = await read(made, sought())

    assert messages == wanted
    assert [update.tail.whole for update in updates if isinstance(update, LogsArrived)][-1]


async def test_a_request_that_runs_still_is_read_until_its_report_is_there_and_each_line_once() -> None:
    async with scene() as made:
        wanted = plant(made, ONE, 0, stream=stream_of("orders", 1), late_report_s=30)
        made.clock.at += 5

        messages, _ = await read(made, sought())

    assert messages == wanted
    assert timedelta(seconds=30) < made.clock.now() - at(0) < timedelta(minutes=2)


async def test_a_request_of_which_nothing_is_found_is_given_up_once_it_must_be_over() -> None:
    async with scene() as made:
        plant(made, TWO, 0, stream=stream_of("orders", 2))

        messages, _ = await read(made, sought())

    assert messages == []
    assert made.clock.now() - at(0) > LONGEST


async def test_trouble_is_told_and_waited_out() -> None:
    async with scene() as made:
        wanted = plant(made, ONE, 0, stream=stream_of("orders", 1))
        made.emulator.faults["logs.FilterLogEvents"] = Fault.denied(times=1)
        made.clock.at += 60

        messages, updates = await read(made, sought())

    assert [update.source for update in updates if isinstance(update, SourceFailed)] == ["logs"]
    assert messages == wanted
