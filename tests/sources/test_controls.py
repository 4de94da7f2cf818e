"""A function's settings as they are read for a change: each once, and what is refused leaves the rest."""

from typing import Any

import pytest
from hypothesis import given, settings

from lambdatop.aws.errors import AccessDenied, NotFound
from lambdatop.aws.gate import Gate
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.controls import Controls, EventSource, Limits
from lambdatop.sources.fleet.inventory import decode_function
from lambdatop.sources.function import controls_decode as decoded
from lambdatop.sources.function.controls import read_controls
from tests.odd import answers
from tests.sources.conftest import NotingGate

READ: dict[str, dict[str, Any]] = {
    "lambda.GetFunctionConcurrency": {"reserved_known": False, "reserved": None},
    "lambda.GetAccountSettings": {"limits": None},
    "lambda.ListVersionsByFunction": {"versions": None},
    "lambda.ListAliases": {"aliases": None},
    "lambda.ListProvisionedConcurrencyConfigs": {"provisioned": None},
    "lambda.ListEventSourceMappings": {"event_sources": None},
    "lambda.ListTags": {"tags": None},
    "logs.DescribeLogGroups": {"log_group_exists": None, "retention_days": None},
}
"""What is unknown where that call is refused."""


async def test_everything_is_read(aws: NotingGate) -> None:
    found = await read_controls(aws, "checkout-api")

    assert (found.function.name, found.function.memory_mb) == ("checkout-api", 1024)
    assert found.function.revision_id
    assert found.role_arn == "arn:aws:iam::123456789012:role/checkout-api"
    assert (found.reserved, found.reserved_known) == (None, True)
    assert [each.version for each in found.versions or ()] == ["40", "41", "42"]
    assert [(each.name, each.version) for each in found.aliases or ()] == [("live", "42")]
    assert found.code_sha256 == (found.versions or ())[-1].code_sha256
    assert (found.settings["MemorySize"], found.settings) == ("1024", (found.versions or ())[-1].settings)
    assert found.provisioned == ()
    assert found.limits is not None
    assert found.limits.total == 1000
    assert found.tags == {"team": "checkout", "stage": "prod"}
    assert found.log_group_exists
    assert found.refused == ()


async def test_nothing_is_asked_twice(aws: NotingGate) -> None:
    await read_controls(aws, "checkout-api")

    asked = [(operation, params.get("FunctionName")) for operation, params in aws.asked]
    assert len(set(asked)) == len(asked) == 10  # among them one listing of event sources for the alias


async def test_what_is_reserved_and_who_owns_the_function_are_read(aws: NotingGate) -> None:
    assert (await read_controls(aws, "orders-consumer")).reserved == 50
    assert (await read_controls(aws, "image-resize")).stack == "media"


async def test_event_sources_are_read_once_each(aws: NotingGate) -> None:
    found = await read_controls(aws, "orders-consumer")

    assert [each.enabled for each in found.event_sources or ()] == [True]


@pytest.mark.parametrize("operation", READ)
async def test_what_is_refused_is_unknown_and_told_and_the_rest_is_read(
    aws: Gate, account: Emulator, operation: str
) -> None:
    whole = await read_controls(aws, "checkout-api")
    account.faults[operation] = Fault.denied()

    found = await read_controls(aws, "checkout-api")

    service, _, name = operation.partition(".")
    assert len(found.refused) == 1
    assert found.refused[0].startswith(f"needs {service}:{name}")
    for member in Controls.__struct_fields__:
        expected = READ[operation].get(member, getattr(whole, member))
        assert member == "refused" or getattr(found, member) == expected


async def test_all_refused_but_the_configuration_still_gives_that(aws: Gate, account: Emulator) -> None:
    account.faults.update({operation: Fault.denied() for operation in READ})

    found = await read_controls(aws, "checkout-api")

    assert found.function.memory_mb == 1024
    assert len(found.refused) == len(READ)


async def test_a_configuration_that_may_not_be_read_is_an_error(aws: Gate, account: Emulator) -> None:
    account.faults["lambda.GetFunctionConfiguration"] = Fault.denied()

    with pytest.raises(AccessDenied, match="needs lambda:GetFunctionConfiguration"):
        await read_controls(aws, "checkout-api")


async def test_a_function_that_is_not_there_is_an_error(aws: Gate) -> None:
    with pytest.raises(NotFound):
        await read_controls(aws, "no-such-function")


@pytest.mark.parametrize("fault", [Fault.html(), Fault.null_members(), Fault.broken_json()])
async def test_nonsense_in_one_answer_leaves_the_rest(aws: Gate, account: Emulator, fault: Fault) -> None:
    account.faults["lambda.ListTags"] = fault

    found = await read_controls(aws, "checkout-api")

    assert found.limits is not None
    assert not found.tags


async def test_who_scales_it_is_asked_only_where_something_is_provisioned(aws: NotingGate) -> None:
    await read_controls(aws, "checkout-api")
    assert aws.asked_of("DescribeScalableTargets") == []

    (provisioned,) = (await read_controls(aws, "catalog-api")).provisioned or ()

    assert provisioned.autoscaled
    (asked,) = aws.asked_of("DescribeScalableTargets")
    assert asked["ResourceIds"] == ["function:catalog-api:live"]


async def test_who_scales_it_may_not_be_read(aws: Gate, account: Emulator) -> None:
    account.faults["application-autoscaling.DescribeScalableTargets"] = Fault.denied()

    found = await read_controls(aws, "catalog-api")

    assert [each.requested for each in found.provisioned or ()] == [4]
    assert found.refused == ("needs application-autoscaling:DescribeScalableTargets",)


async def test_the_newest_layer_is_listed_where_that_is_permitted(aws: NotingGate) -> None:
    found = await read_controls(aws, "checkout-api", insights=True)

    assert found.insights_layer_arn == "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:64"
    assert "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess" in (found.role_policies or ())
    assert aws.asked_of("GetLayerVersion") == []


async def test_versions_are_looked_at_one_by_one_where_they_may_not_be_listed(
    aws: NotingGate, account: Emulator
) -> None:
    account.faults["lambda.ListLayerVersions"] = Fault.denied()

    found = await read_controls(aws, "stock-sync", insights=True)  # on arm64

    assert found.insights_layer_arn == "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension-Arm64:31"
    assert [asked["VersionNumber"] for asked in aws.asked_of("GetLayerVersion")] == [31, 32]
    assert found.refused == ()


@pytest.mark.parametrize("name", ["stock-sync", "checkout-api"])
async def test_a_layer_that_may_not_be_seen_is_told(aws: Gate, account: Emulator, name: str) -> None:
    account.faults["lambda.ListLayerVersions"] = Fault.denied()
    account.faults["lambda.GetLayerVersion"] = Fault.denied()
    account.faults["iam.ListAttachedRolePolicies"] = Fault.denied()

    found = await read_controls(aws, name, insights=True)

    assert (found.insights_layer_arn, found.role_policies) == (None, None)
    assert [each.split(" on ")[0] for each in found.refused] == [
        "needs iam:ListAttachedRolePolicies",
        "needs lambda:ListLayerVersions",
    ]


# The answers, decoded


@settings(deadline=None, max_examples=100)
@given(answers("lambda", "FunctionConfiguration"))
def test_any_well_typed_configuration_is_decoded(raw: dict[str, Any]) -> None:
    named = {**raw, "FunctionName": "f"}

    assert decoded.controls(named, decode_function(named)).function.name == "f"
    decoded.version(raw)


@settings(deadline=None, max_examples=100)
@given(
    answers("lambda", "AliasConfiguration"),
    answers("lambda", "ProvisionedConcurrencyConfigListItem"),
    answers("lambda", "EventSourceMappingConfiguration"),
    answers("lambda", "GetAccountSettingsResponse"),
    answers("logs", "DescribeLogGroupsResponse"),
)
def test_any_well_typed_answer_is_decoded(
    alias: dict[str, Any],
    provisioned: dict[str, Any],
    source: dict[str, Any],
    limits: dict[str, Any],
    groups: dict[str, Any],
) -> None:
    assert (decoded.alias(alias) is None) is not (bool(alias.get("Name")) and bool(alias.get("FunctionVersion")))
    assert (decoded.event_source(source) is None) is not bool(source.get("UUID"))
    decoded.provisioned(provisioned)
    decoded.limits(limits)
    decoded.retention(groups, "/aws/lambda/f")


def test_an_alias_points_to_each_version_that_it_sends_requests_to() -> None:
    routed = {
        "Name": "live",
        "FunctionVersion": "41",
        "RoutingConfig": {"AdditionalVersionWeights": {"42": 0.1}},
    }

    found = decoded.aliases([routed, {"Name": "old", "FunctionVersion": "7"}, {}])

    assert [(each.name, each.versions) for each in found] == [("live", ("41", "42")), ("old", ("7",))]


def test_an_alias_has_its_weights() -> None:
    alias = decoded.alias(
        {
            "Name": "live",
            "FunctionVersion": "42",
            "RoutingConfig": {"AdditionalVersionWeights": {"41": 0.1}},
            "RevisionId": "r1",
            "Description": "callers",
        }
    )

    assert alias is not None
    assert (alias.version, alias.weights, alias.revision_id, alias.description) == ("42", {"41": 0.1}, "r1", "callers")


@pytest.mark.parametrize("number", ["$LATEST", "$LATEST.PUBLISHED", "", None, "²", "1" * 30])
def test_what_is_no_published_version_is_none(number: object) -> None:
    assert decoded.version({"Version": number}) is None


@pytest.mark.parametrize(
    ("arn", "qualifier"),
    [
        ("arn:aws:lambda:eu-west-1:123456789012:function:f:live", "live"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f", None),
        ("f", None),
        ("", None),
        (None, None),
    ],
)
def test_the_qualifier_is_the_end_of_the_arn(arn: object, qualifier: str | None) -> None:
    assert decoded.qualifier_of(arn) == qualifier


def test_a_broker_of_ones_own_is_named_by_its_topic() -> None:
    source = decoded.event_source({"UUID": "e1", "Topics": ["clicks"], "State": "Disabling"})

    assert source == EventSource(uuid="e1", source_arn="clicks", state="Disabling")
    assert source.source == "clicks"


def test_another_log_group_that_begins_like_it_is_not_it() -> None:
    groups = {"logGroups": [{"logGroupName": "/aws/lambda/f-2", "retentionInDays": 7}]}

    assert decoded.retention(groups, "/aws/lambda/f") == (False, None)
    assert decoded.retention(groups, "/aws/lambda/f-2") == (True, 7)


def test_limits_without_a_number_are_unknown() -> None:
    assert decoded.limits({"AccountLimit": {"ConcurrentExecutions": 1000}}) is None
    assert decoded.limits(
        {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 950}}
    ) == Limits(total=1000, unreserved=950)
