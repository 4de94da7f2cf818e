"""The gateway: real clients are served in their own protocol, and every trouble is typed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from tests.emulator.served import blocking, client
from tests.emulator.simulated import NOON, Clock

GROUP = "/aws/lambda/checkout-api"


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(clock=Clock(NOON), lint=True) as running:
        yield running


async def names(emulator: Emulator, region: str = "eu-west-1") -> list[str]:
    async with client(emulator, "lambda", region) as made:
        pages = [page async for page in made.get_paginator("list_functions").paginate()]
    return [function["FunctionName"] for page in pages for function in page["Functions"]]


async def test_all_functions_are_listed_over_http(emulator: Emulator) -> None:
    listed = await names(emulator)

    assert len(listed) == len(set(listed)) == 142
    assert emulator.calls["lambda.ListFunctions"] == 3


async def test_each_region_has_an_account_of_its_own(emulator: Emulator) -> None:
    async with client(emulator, "lambda", "us-east-1") as made:
        await made.delete_function(FunctionName="cart-api")

        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            await made.get_function_configuration(FunctionName="cart-api")

    assert "cart-api" in await names(emulator)


@pytest.mark.parametrize("protocol", ["json", "smithy-rpc-v2-cbor", "query"])
async def test_cloudwatch_gives_percentiles_in_every_protocol(emulator: Emulator, protocol: str) -> None:
    def ask() -> Any:
        made = blocking(emulator.url, "cloudwatch", protocol)
        metric = {
            "Namespace": "AWS/Lambda",
            "MetricName": "Duration",
            "Dimensions": [{"Name": "FunctionName", "Value": "checkout-api"}],
        }
        queries = [{"Id": "p95", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "p95"}}]
        try:
            return made.get_metric_data(StartTime=NOON - 300, EndTime=NOON, MetricDataQueries=queries)
        finally:
            made.close()

    result = (await asyncio.to_thread(ask))["MetricDataResults"][0]

    assert len(result["Values"]) == 5
    assert result["Timestamps"][0].timestamp() == NOON - 60
    assert all(value > 100 for value in result["Values"])


async def test_sts_names_the_caller(emulator: Emulator) -> None:
    async with client(emulator, "sts") as made:
        identity = await made.get_caller_identity()

    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/oncall/demo"


async def test_an_unsigned_request_gets_a_typed_error() -> None:
    async with Emulator() as emulator, aiohttp.ClientSession() as http, http.get(emulator.url) as response:
        assert response.status == 403
        assert (await response.json())["__type"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("signing_name", ["s3", "lambda", "monitoring", "sts"])
async def test_whatever_is_not_emulated_gets_a_typed_error(emulator: Emulator, signing_name: str) -> None:
    scope = {"Authorization": f"AWS4-HMAC-SHA256 Credential=A/20261123/eu-west-1/{signing_name}/aws4_request"}
    async with aiohttp.ClientSession() as http, http.post(f"{emulator.url}/nowhere", headers=scope) as response:
        assert response.status == 404
        assert "UnknownOperationException" in (await response.read()).decode()
        assert "html" not in response.content_type


async def test_a_known_operation_that_is_not_emulated_says_so(emulator: Emulator) -> None:
    async with client(emulator, "cloudwatch") as made:
        with pytest.raises(ClientError, match=r"cloudwatch\.GetDashboard is not emulated"):
            await made.get_dashboard(DashboardName="d")


async def test_a_refusal_reads_as_iam_writes_it(emulator: Emulator) -> None:
    emulator.faults["logs.FilterLogEvents"] = Fault.denied()

    async with client(emulator, "logs") as made:
        with pytest.raises(ClientError) as refused:
            await made.filter_log_events(logGroupName=GROUP)

    assert refused.value.response["Error"] == {
        "Code": "AccessDeniedException",
        "Message": "User: arn:aws:iam::123456789012:user/demo is not authorized to perform: logs:FilterLogEvents on "
        f"resource: arn:aws:logs:eu-west-1:123456789012:log-group:{GROUP}:log-stream: because no identity-based "
        "policy allows the logs:FilterLogEvents action",
    }


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.throttled(), "ThrottledException"),
        (Fault.unavailable(), "ServiceUnavailableException"),
        (Fault.denied(), "perform: xray:GetTraceSummaries because"),
    ],
)
async def test_faults_become_the_services_own_errors(emulator: Emulator, fault: Fault, error: str) -> None:
    emulator.faults["xray.*"] = fault

    async with client(emulator, "xray") as made:
        with pytest.raises(ClientError, match=error):
            await made.get_trace_summaries(StartTime=NOON - 60, EndTime=NOON)


async def test_a_reset_is_a_broken_connection_to_the_client(emulator: Emulator) -> None:
    emulator.faults["lambda.ListFunctions"] = Fault.reset()

    async with client(emulator, "lambda") as made:
        with pytest.raises(BotoCoreError):
            await made.list_functions()


@pytest.mark.parametrize("fault", [Fault.html(), Fault.broken_json(), Fault.null_members()])
async def test_nonsense_passes_botocore_as_a_success_without_content(emulator: Emulator, fault: Fault) -> None:
    emulator.faults["lambda.ListFunctions"] = fault

    async with client(emulator, "lambda") as made:
        assert "Functions" not in await made.list_functions()


async def test_a_fault_that_is_counted_ends(emulator: Emulator) -> None:
    emulator.faults["lambda.ListFunctions"] = Fault.throttled(times=2)

    async with client(emulator, "lambda") as made:
        for _ in range(2):
            with pytest.raises(ClientError, match="TooManyRequestsException"):
                await made.list_functions()
        assert (await made.list_functions())["Functions"]
    assert not emulator.faults


async def test_a_delayed_answer_is_the_right_one(emulator: Emulator) -> None:
    emulator.faults["sts.GetCallerIdentity"] = Fault.delayed(0.01)

    async with client(emulator, "sts") as made:
        assert (await made.get_caller_identity())["Account"] == "123456789012"


async def test_no_answer_of_ours_is_one_that_aws_could_not_give(emulator: Emulator) -> None:
    async with client(emulator, "logs") as logs, client(emulator, "xray") as xray, client(emulator, "sts") as sts:
        await logs.describe_log_groups()
        streams = await logs.describe_log_streams(logGroupName=GROUP, limit=3)
        await logs.filter_log_events(logGroupName=GROUP, startTime=int((NOON - 5) * 1000))
        await logs.get_log_events(logGroupName=GROUP, logStreamName=streams["logStreams"][0]["logStreamName"])
        summaries = (await xray.get_trace_summaries(StartTime=NOON - 60, EndTime=NOON))["TraceSummaries"]
        ids = [summary["Id"] for summary in summaries[:5]]
        await xray.batch_get_traces(TraceIds=ids)
        await xray.get_trace_graph(TraceIds=ids)
        await xray.get_service_graph(StartTime=NOON - 60, EndTime=NOON)
        await xray.get_trace_segment_destination()
        await sts.get_caller_identity()
    async with client(emulator, "resourcegroupstaggingapi") as tagging:
        tagged = await tagging.get_resources(ResourceTypeFilters=["lambda:function"])

    assert tagged["ResourceTagMappingList"]
    assert emulator.problems == set()
