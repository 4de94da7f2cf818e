"""What the emulated account and moto answer alike, through the real client: so that neither invents AWS for itself."""

import asyncio
import time
from typing import Any

import boto3
import pytest

from lambdatop.aws.errors import NotFound
from lambdatop.aws.gate import Answer
from tests.contract.servers import NAME, Server, create_function, log_group
from tests.gates import CREDENTIALS

SITE = [{"Name": "Site", "Value": "a"}]
ALARM = {
    "AlarmName": "contract",
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "FunctionName", "Value": NAME}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


async def settled(server: Server) -> Answer:
    """The function's configuration once no update is in progress."""
    server.wait_a_minute()
    found = await server.gate.call("lambda", "GetFunctionConfiguration", FunctionName=NAME)
    assert (found["State"], found["LastUpdateStatus"]) == ("Active", "Successful")
    return found


async def test_the_caller_is_known(server: Server) -> None:
    answer = await server.gate.call("sts", "GetCallerIdentity")

    assert answer["Account"] == "123456789012"
    assert answer["Arn"].startswith("arn:aws:sts::123456789012:")


async def test_a_created_function_is_listed_and_described_alike(server: Server) -> None:
    await create_function(server)

    pages = [page async for page in server.gate.pages("lambda", "ListFunctions")]

    (listed,) = [each for page in pages for each in page["Functions"] if each["FunctionName"] == NAME]
    described = await server.gate.call("lambda", "GetFunctionConfiguration", FunctionName=NAME)
    for found in (listed, described):
        assert found["FunctionArn"] == f"arn:aws:lambda:eu-west-1:123456789012:function:{NAME}"
        assert (found["Runtime"], found["MemorySize"], found["Timeout"]) == ("python3.13", 256, 10)
        assert (found["Architectures"], found["Version"]) == (["x86_64"], "$LATEST")
        assert found["TracingConfig"] == {"Mode": "PassThrough"}
        assert found["EphemeralStorage"] == {"Size": 512}


async def test_memory_and_timeout_are_updated(server: Server) -> None:
    await create_function(server)
    await settled(server)

    answer = await server.gate.call(
        "lambda", "UpdateFunctionConfiguration", FunctionName=NAME, MemorySize=512, Timeout=20
    )

    assert (answer["MemorySize"], answer["Timeout"]) == (512, 20)
    found = await settled(server)
    assert (found["MemorySize"], found["Timeout"]) == (512, 20)


async def test_versions_are_published_and_listed(server: Server) -> None:
    await create_function(server)
    await settled(server)

    published = await server.gate.call("lambda", "PublishVersion", FunctionName=NAME)

    assert published["Version"] == "1"
    assert published["FunctionArn"].endswith(f":{NAME}:1")
    listed = await server.gate.call("lambda", "ListVersionsByFunction", FunctionName=NAME)
    assert [each["Version"] for each in listed["Versions"]] == ["$LATEST", "1"]


async def test_an_alias_is_made_read_listed_and_moved(server: Server) -> None:
    await create_function(server)
    await settled(server)
    await server.gate.call("lambda", "PublishVersion", FunctionName=NAME)
    one = {"FunctionName": NAME, "Name": "live"}

    made = await server.gate.call("lambda", "CreateAlias", **one, FunctionVersion="1")
    listed = await server.gate.call("lambda", "ListAliases", FunctionName=NAME)
    moved = await server.gate.call("lambda", "UpdateAlias", **one, FunctionVersion="$LATEST")
    read = await server.gate.call("lambda", "GetAlias", **one)

    assert made["AliasArn"].endswith(f":{NAME}:live")
    assert [each["Name"] for each in listed["Aliases"]] == ["live"]
    assert [each["FunctionVersion"] for each in (made, moved, read)] == ["1", "$LATEST", "$LATEST"]


async def test_reserved_concurrency_is_set_and_read(server: Server) -> None:
    await create_function(server)

    put = await server.gate.call("lambda", "PutFunctionConcurrency", FunctionName=NAME, ReservedConcurrentExecutions=5)
    read = await server.gate.call("lambda", "GetFunctionConcurrency", FunctionName=NAME)
    await server.gate.call("lambda", "DeleteFunctionConcurrency", FunctionName=NAME)

    assert put["ReservedConcurrentExecutions"] == read["ReservedConcurrentExecutions"] == 5


async def test_a_function_that_does_not_exist_is_not_found(server: Server) -> None:
    with pytest.raises(NotFound, match="Function not found: arn:aws:lambda:eu-west-1:123456789012:function:none"):
        await server.gate.call("lambda", "GetFunctionConfiguration", FunctionName="none")


async def put_orders(server: Server) -> float:
    """Two minutes of a metric of our own: 1 and 3, then 2; when the first begins."""
    start = time.time() // 60 * 60 - 180
    values = [(0, 1.0), (0, 3.0), (60, 2.0)]
    data = [{"MetricName": "Orders", "Dimensions": SITE, "Timestamp": start + s, "Value": v} for s, v in values]
    await server.gate.call("cloudwatch", "PutMetricData", Namespace="Contract", MetricData=data)
    return start


def order_query(stat: str, **changes: Any) -> Answer:
    metric = {"Namespace": "Contract", "MetricName": "Orders", "Dimensions": SITE, **changes}
    return {"Id": stat.lower(), "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}


async def test_metric_data_is_summed_averaged_and_topped_by_the_minute(server: Server) -> None:
    start = await put_orders(server)

    answer = await server.gate.call(
        "cloudwatch",
        "GetMetricData",
        MetricDataQueries=[order_query(stat) for stat in ("Sum", "Average", "Maximum")],
        StartTime=start - 60,
        EndTime=start + 180,
        ScanBy="TimestampAscending",
    )

    results = {each["Id"]: each for each in answer["MetricDataResults"]}
    assert {name: each["Values"] for name, each in results.items()} == {
        "sum": [4.0, 2.0],
        "average": [2.0, 2.0],
        "maximum": [3.0, 2.0],
    }
    assert {tuple(each["Timestamps"]) for each in results.values()} == {(start, start + 60)}


async def test_metrics_are_listed_by_namespace(server: Server) -> None:
    await put_orders(server)

    answer = await server.gate.call("cloudwatch", "ListMetrics", Namespace="Contract")

    assert answer["Metrics"] == [{"Namespace": "Contract", "MetricName": "Orders", "Dimensions": SITE}]


async def test_an_alarm_is_put_described_set_and_deleted(server: Server) -> None:
    async def described() -> list[Answer]:
        answer = await server.gate.call("cloudwatch", "DescribeAlarms", AlarmNames=["contract"])
        found: list[Answer] = answer["MetricAlarms"]
        return found

    await server.gate.call("cloudwatch", "PutMetricAlarm", **ALARM)
    (put,) = await described()
    await server.gate.call(
        "cloudwatch", "SetAlarmState", AlarmName="contract", StateValue="ALARM", StateReason="by hand"
    )
    (rung,) = await described()
    await server.gate.call("cloudwatch", "DeleteAlarms", AlarmNames=["contract"])

    assert {name: put[name] for name in ALARM} == ALARM
    assert put["ActionsEnabled"] is True
    assert (rung["StateValue"], rung["StateReason"]) == ("ALARM", "by hand")
    assert await described() == []


async def test_log_events_come_in_order_with_a_limit_and_a_token(server: Server) -> None:
    now = int(time.time() * 1000)
    ask = {"logGroupName": await log_group(server, now), "startTime": now - 120_000, "interleaved": True, "limit": 20}

    first = await server.gate.call("logs", "FilterLogEvents", **ask)
    second = await server.gate.call("logs", "FilterLogEvents", **ask, nextToken=first["nextToken"])

    times = [event["timestamp"] for page in (first, second) for event in page["events"]]
    assert len(first["events"]) == 20
    assert times == sorted(times)
    assert len({event["eventId"] for page in (first, second) for event in page["events"]}) == len(times)
    assert {*first["events"][0]} == {"logStreamName", "timestamp", "message", "ingestionTime", "eventId"}


async def test_one_stream_is_read_from_its_head(server: Server) -> None:
    now = int(time.time() * 1000)
    group = await log_group(server, now)
    page = await server.gate.call("logs", "FilterLogEvents", logGroupName=group, startTime=now - 120_000, limit=1)
    one = {"logGroupName": group, "logStreamName": page["events"][0]["logStreamName"], "startTime": now - 120_000}

    answer = await server.gate.call("logs", "GetLogEvents", **one, startFromHead=True, limit=5)
    after = await server.gate.call("logs", "GetLogEvents", **one, nextToken=answer["nextForwardToken"])

    assert answer["events"][0]["message"] == page["events"][0]["message"]
    assert {*answer["events"][0]} == {"timestamp", "message", "ingestionTime"}
    assert after["nextForwardToken"]


async def test_a_log_group_that_does_not_exist_is_not_found(server: Server) -> None:
    with pytest.raises(NotFound, match="The specified log group does not exist"):
        await server.gate.call("logs", "FilterLogEvents", logGroupName="/aws/lambda/none")


async def test_an_unknown_trace_comes_back_unprocessed(server: Server) -> None:
    unknown = "1-581cf771-a006649127e371903a2de979"

    answer = await server.gate.call("xray", "BatchGetTraces", TraceIds=[unknown])

    assert (answer["Traces"], answer["UnprocessedTraceIds"]) == ([], [unknown])


async def test_boto3_reads_the_same(server: Server) -> None:
    await create_function(server)
    start = await put_orders(server)

    def read() -> tuple[str, list[str], list[float]]:
        key, secret = CREDENTIALS
        session = boto3.Session(aws_access_key_id=key, aws_secret_access_key=secret, region_name="eu-west-1")
        sts, functions, cloudwatch = (
            session.client(name, endpoint_url=server.url) for name in ("sts", "lambda", "cloudwatch")
        )
        pages = functions.get_paginator("list_functions").paginate()
        data = cloudwatch.get_metric_data(
            MetricDataQueries=[order_query("Sum")], StartTime=start, EndTime=start + 120, ScanBy="TimestampAscending"
        )
        return (
            sts.get_caller_identity()["Account"],
            [each["FunctionName"] for page in pages for each in page["Functions"]],
            data["MetricDataResults"][0]["Values"],
        )

    account, names, values = await asyncio.to_thread(read)

    listed = [page async for page in server.gate.pages("lambda", "ListFunctions")]
    assert account == "123456789012"
    assert names == [each["FunctionName"] for page in listed for each in page["Functions"]]
    assert values == [4.0, 2.0]
