"""Where moto is not AWS: each divergence is asserted, so that it is noticed when moto mends one.

The emulated account answers these as AWS documents them; the list is why it exists.
"""

import time
from collections.abc import Awaitable, Callable

import pytest

from lambdatop.aws.errors import AwsError
from tests.contract.servers import NAME, Server, create_function, log_group
from tests.contract.test_agreement import order_query, put_orders

Outcome = str | int | list[str] | list[float] | None
Probe = Callable[[Server], Awaitable[Outcome]]


async def update(server: Server, **changes: object) -> dict[str, object]:
    await create_function(server)
    server.wait_a_minute()
    return await server.gate.call("lambda", "UpdateFunctionConfiguration", FunctionName=NAME, **changes)


async def stale_revision(server: Server) -> Outcome:
    await update(server, MemorySize=512, RevisionId="00000000-0000-4000-8000-000000000000")
    return "accepted"


async def too_much_memory(server: Server) -> Outcome:
    await update(server, MemorySize=99_999)
    return "accepted"


async def tracing(server: Server) -> Outcome:
    await update(server, TracingConfig={"Mode": "Active"})
    found = await server.gate.call("lambda", "GetFunctionConfiguration", FunctionName=NAME)
    return str(found["TracingConfig"]["Mode"])


async def account_settings(server: Server) -> Outcome:
    limit: int = (await server.gate.call("lambda", "GetAccountSettings"))["AccountLimit"]["ConcurrentExecutions"]
    return limit


async def unset_reservation(server: Server) -> Outcome:
    await create_function(server)
    answer = await server.gate.call("lambda", "GetFunctionConcurrency", FunctionName=NAME)
    return str(answer.get("ReservedConcurrentExecutions"))


async def page_size(server: Server) -> Outcome:
    await create_function(server)
    server.wait_a_minute()
    await server.gate.call("lambda", "PublishVersion", FunctionName=NAME)
    page = await server.gate.call("lambda", "ListVersionsByFunction", FunctionName=NAME, MaxItems=1)
    return len(page["Versions"])


async def percentile(server: Server) -> Outcome:
    return await values(server, stat="p50")


async def other_namespace(server: Server) -> Outcome:
    return await values(server, Namespace="Other")


async def values(server: Server, stat: str = "Sum", **changes: str) -> list[float]:
    start = await put_orders(server)
    query = order_query(stat, **changes)
    answer = await server.gate.call(
        "cloudwatch", "GetMetricData", MetricDataQueries=[query], StartTime=start, EndTime=start + 60
    )
    found: list[float] = answer["MetricDataResults"][0]["Values"]
    return found


async def excluded_term(server: Server) -> Outcome:
    now = int(time.time() * 1000)
    ask = {"logGroupName": await log_group(server, now), "startTime": now - 120_000, "interleaved": True}
    word = "line" if server.name == "moto" else "RequestId"
    page = await server.gate.call("logs", "FilterLogEvents", **ask, filterPattern=f"-{word}")
    return "returned" if [event for event in page["events"] if word in event["message"]] else "left out"


async def trace_filter(server: Server) -> Outcome:
    now = time.time()
    ask = {"StartTime": now - 60, "EndTime": now, "FilterExpression": 'service("shipping-quote-api")'}
    await server.gate.call("xray", "GetTraceSummaries", **ask)
    return "answered"


DIVERGENCES: list[tuple[Probe, Outcome, Outcome]] = [
    # what is asked, AWS and the emulated account, moto
    (stale_revision, "Stale", "accepted"),
    (too_much_memory, "InvalidParameterValueException", "accepted"),
    (tracing, "Active", "PassThrough"),
    (account_settings, 1000, "BadAnswer"),
    (unset_reservation, "None", "BadAnswer"),
    (page_size, 1, 2),
    (percentile, [2.0], "Unreachable"),
    (other_namespace, [], [4.0]),
    (excluded_term, "left out", "returned"),
    (trace_filter, "answered", "Unreachable"),
]


@pytest.mark.parametrize(("probe", "aws", "moto"), DIVERGENCES, ids=[probe.__name__ for probe, _, _ in DIVERGENCES])
async def test_moto_still_diverges(server: Server, probe: Probe, aws: Outcome, moto: Outcome) -> None:
    try:
        outcome = await probe(server)
    except AwsError as error:
        response = getattr(error.__cause__, "response", {})
        outcome = type(error).__name__ if type(error) is not AwsError else response["Error"]["Code"]

    assert outcome == (moto if server.name == "moto" else aws)
