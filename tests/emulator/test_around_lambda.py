"""What a change of a function touches beside Lambda: roles, topics, autoscaling, layers, the retention of its log."""

import asyncio
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError

from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from tests.emulator.served import blocking, client
from tests.emulator.simulated import Simulated

INSIGHTS = "arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy"
LAYER = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension"


def attached(answer: dict[str, Any]) -> list[str]:
    return [each["PolicyArn"] for each in answer["AttachedPolicies"]]


async def test_a_policy_is_attached_to_a_role_once_and_taken_away(emulator: Emulator) -> None:
    async with client(emulator, "iam") as iam:
        before = attached(await iam.list_attached_role_policies(RoleName="checkout-api"))
        for _ in range(2):
            await iam.attach_role_policy(RoleName="checkout-api", PolicyArn=INSIGHTS)
        after = attached(await iam.list_attached_role_policies(RoleName="checkout-api"))
        await iam.detach_role_policy(RoleName="checkout-api", PolicyArn=INSIGHTS)

        assert after == [*before, INSIGHTS]
        with pytest.raises(ClientError, match="NoSuchEntity"):
            await iam.detach_role_policy(RoleName="checkout-api", PolicyArn=INSIGHTS)
        with pytest.raises(ClientError, match="The role with name nobody cannot be found"):
            await iam.list_attached_role_policies(RoleName="nobody")


async def test_a_role_is_the_same_from_every_region(emulator: Emulator) -> None:
    async with client(emulator, "iam") as here, client(emulator, "iam", "us-east-1") as there:
        await here.attach_role_policy(RoleName="checkout-api", PolicyArn=INSIGHTS)

        assert INSIGHTS in attached(await there.list_attached_role_policies(RoleName="checkout-api"))


async def test_a_function_with_the_insights_extension_may_write_what_it_measures(emulator: Emulator) -> None:
    async with client(emulator, "iam") as iam:
        assert INSIGHTS in attached(await iam.list_attached_role_policies(RoleName="image-resize"))


async def test_the_topics_hold_the_one_that_the_alarms_tell(emulator: Emulator) -> None:
    async with client(emulator, "sns") as sns, client(emulator, "cloudwatch") as cloudwatch:
        topics = [each["TopicArn"] for each in (await sns.list_topics())["Topics"]]
        alarms = (await cloudwatch.describe_alarms())["MetricAlarms"]

    assert len(topics) == 3
    assert {action for alarm in alarms for action in alarm["AlarmActions"]} == {topics[0]}


async def test_one_alias_is_scaled_by_application_auto_scaling(emulator: Emulator) -> None:
    async with client(emulator, "application-autoscaling") as scaling, client(emulator, "lambda") as functions:
        (target,) = (await scaling.describe_scalable_targets(ServiceNamespace="lambda"))["ScalableTargets"]
        none = await scaling.describe_scalable_targets(ServiceNamespace="lambda", ResourceIds=["function:x:live"])
        _, name, alias = target["ResourceId"].split(":")
        provisioned = await functions.get_provisioned_concurrency_config(FunctionName=name, Qualifier=alias)

    assert none["ScalableTargets"] == []
    assert target["ScalableDimension"] == "lambda:function:ProvisionedConcurrency"
    assert provisioned["Status"] == "READY"
    assert provisioned["RequestedProvisionedConcurrentExecutions"] == target["MinCapacity"]


async def test_the_insights_layer_is_listed_newest_first_and_only_for_its_own_region(emulator: Emulator) -> None:
    async with client(emulator, "lambda") as functions:
        listed = (await functions.list_layer_versions(LayerName=LAYER))["LayerVersions"]
        one = await functions.get_layer_version(LayerName=LAYER, VersionNumber=listed[0]["Version"])

        assert [each["Version"] for each in listed] == [64, 63, 62, 61]
        assert one["LayerVersionArn"] == listed[0]["LayerVersionArn"] == f"{LAYER}:64"
        with pytest.raises(ClientError, match="does not exist"):
            await functions.get_layer_version(LayerName=LAYER, VersionNumber=65)
        with pytest.raises(ClientError, match="not authorized to perform: lambda:ListLayerVersions"):
            await functions.list_layer_versions(LayerName=LAYER.replace("eu-west-1", "eu-west-2"))


async def test_retention_is_set_and_removed(emulator: Emulator) -> None:
    group = "/aws/lambda/checkout-api"
    async with client(emulator, "logs") as logs:

        async def days() -> int | None:
            found = await logs.describe_log_groups(logGroupNamePrefix=group, limit=1)
            kept: int | None = found["logGroups"][0].get("retentionInDays")
            return kept

        at_first = await days()
        await logs.put_retention_policy(logGroupName=group, retentionInDays=30)
        longer = await days()
        await logs.delete_retention_policy(logGroupName=group)

        assert (at_first, longer, await days()) == (14, 30, None)
        with pytest.raises(ClientError, match="enum value set"):
            await logs.put_retention_policy(logGroupName=group, retentionInDays=15)
        with pytest.raises(ClientError, match="does not exist"):
            await logs.put_retention_policy(logGroupName="/none", retentionInDays=14)


def test_what_a_function_has_is_there_from_the_first_question_on() -> None:
    demo = Simulated(functions=60)

    assert demo.call("lambda.GetAccountSettings")["AccountLimit"]["UnreservedConcurrentExecutions"] == 950
    assert [each["Name"] for each in demo.call("lambda.ListAliases", FunctionName="checkout-api")["Aliases"]] == [
        "live"
    ]


@pytest.mark.parametrize("name", ["checkout-api", "webhook-dispatch", "audit-writer", "session-authorizer"])
def test_a_call_by_hand_leaves_its_lines_in_the_log(name: str) -> None:
    demo = Simulated(functions=60)
    ran = demo.call("lambda.Invoke", FunctionName=name)
    request = ran["@headers"]["x-amzn-requestid"]
    demo.clock.pass_(20)

    group = demo.account.function(name).log_group
    events = demo.call(
        "logs.FilterLogEvents",
        logGroupName=group,
        startTime=int((demo.clock.at - 25) * 1000),
        filterPattern=f'"{request}"',
    )["events"]

    messages = [event["message"] for event in events]
    assert len({event["logStreamName"] for event in events}) == 1
    assert any("START" in message or "platform.start" in message for message in messages)
    assert any("REPORT" in message or "platform.report" in message for message in messages)


def test_a_call_by_hand_of_a_traced_function_is_a_trace() -> None:
    demo = Simulated(functions=60)
    header = demo.call("lambda.Invoke", FunctionName="cart-api")["@headers"]["X-Amzn-Trace-Id"]
    trace_id = header.removeprefix("Root=").partition(";")[0]
    demo.clock.pass_(20)

    (trace,) = demo.call("xray.BatchGetTraces", TraceIds=[trace_id])["Traces"]

    assert header.endswith(";Sampled=1")
    assert {json.loads(each["Document"])["name"] for each in trace["Segments"]} == {"cart-api"}


async def test_the_answer_to_a_call_names_request_and_trace(emulator: Emulator) -> None:
    answer = await asyncio.to_thread(
        lambda: blocking(emulator.url, "lambda").invoke(FunctionName="cart-api", LogType="Tail")
    )

    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-trace-id"].startswith("Root=1-")
    assert answer["ResponseMetadata"]["RequestId"] == headers["x-amzn-requestid"]


@pytest.mark.parametrize(
    ("fault", "effect"),
    [(Fault.reset(), 7), (Fault.cut(), None), (Fault.failed_after(), 7), (Fault.silent(), 7)],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
async def test_a_fault_says_whether_the_call_took_effect(emulator: Emulator, fault: Fault, effect: int | None) -> None:
    emulator.faults["lambda.PutFunctionConcurrency"] = fault
    async with client(emulator, "lambda") as functions:
        put = functions.put_function_concurrency(FunctionName="cart-api", ReservedConcurrentExecutions=7)
        with pytest.raises((ClientError, EndpointConnectionError, HTTPClientError, TimeoutError)):
            await asyncio.wait_for(put, 0.5)

        found = await functions.get_function_concurrency(FunctionName="cart-api")

    assert found.get("ReservedConcurrentExecutions") == effect
