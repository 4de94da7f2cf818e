"""Which version served an alias in which minute, as metrics, versions and aliases tell it."""

import itertools
from typing import Any

import pytest

from tests.emulator.simulated import NOON, Simulated

MOVED = NOON - 13 * 60
LIVE = {"Resource": "checkout-api:live"}


def minutes(demo: Simulated, version: str, metric: str = "Invocations", stat: str = "Sum") -> dict[float, float]:
    """A metric of what a version executed of `live` in the last 20 minutes, by minute."""
    named = {"FunctionName": "checkout-api", **LIVE, "ExecutedVersion": version}
    described = {
        "Namespace": "AWS/Lambda",
        "MetricName": metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in named.items()],
    }
    [found] = demo.call(
        "cloudwatch.GetMetricData",
        MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": described, "Period": 60, "Stat": stat}}],
        StartTime=demo.clock.at - 1200,
        EndTime=demo.clock.at + 60,
    )["MetricDataResults"]
    return dict(zip(found["Timestamps"], found["Values"], strict=True))


def listed(demo: Simulated, **question: Any) -> set[tuple[str, str]]:
    """Resource and executed version of the Errors metrics of checkout-api that are listed."""
    found = demo.call(
        "cloudwatch.ListMetrics",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": "checkout-api"}, {"Name": "ExecutedVersion"}],
        **question,
    )["Metrics"]
    dimensions = [{each["Name"]: each["Value"] for each in metric["Dimensions"]} for metric in found]
    return {(each["Resource"], each["ExecutedVersion"]) for each in dimensions}


def test_the_deployment_is_the_minute_from_which_on_another_version_executes() -> None:
    demo = Simulated()

    assert max(minutes(demo, "41")) == MOVED - 60
    assert min(minutes(demo, "42")) == MOVED
    assert minutes(demo, "40") == {}


def test_a_rollback_shows_in_the_minute_it_happened_in_and_both_versions_share_that_one() -> None:
    demo = Simulated(at=NOON + 20)
    demo.call("lambda.UpdateAlias", FunctionName="checkout-api", Name="live", FunctionVersion="41")
    demo.clock.pass_(160)

    former, latter = minutes(demo, "42"), minutes(demo, "41")

    assert max(former) == NOON
    assert min(at for at in latter if at > MOVED) == NOON
    [whole] = demo.values("checkout-api", "Invocations", "Sum", NOON, NOON + 60, more=LIVE)
    assert former[NOON] + latter[NOON] == whole


@pytest.mark.parametrize("metric", ["Invocations", "Errors"])
@pytest.mark.parametrize(("stat", "at"), [("Sum", NOON), ("SampleCount", NOON), ("Sum", NOON + 120.5)])
def test_the_versions_of_a_weighted_alias_add_up_to_it(metric: str, stat: str, at: float) -> None:
    demo = Simulated(at=at)
    demo.call(
        "lambda.UpdateAlias",
        FunctionName="checkout-api",
        Name="live",
        FunctionVersion="41",
        RoutingConfig={"AdditionalVersionWeights": {"42": 0.25}},
    )
    demo.clock.pass_(300)
    start, end = demo.clock.at // 60 * 60 - 240, demo.clock.at + 60

    parts = [
        demo.values("checkout-api", metric, stat, start, end, more=LIVE | {"ExecutedVersion": version})
        for version in ("41", "42")
    ]

    whole = demo.values("checkout-api", metric, stat, start, end, more=LIVE)
    assert [a + b for a, b in zip(*parts, strict=True)] == whole
    assert whole == demo.values("checkout-api", metric, stat, start, end)


def test_durations_of_a_version_are_those_of_its_invocations() -> None:
    demo = Simulated()
    took = sorted(each.duration_ms for each in demo.account.invocations("checkout-api", MOVED - 60, MOVED))

    p95 = minutes(demo, "41", "Duration", "p95")[MOVED - 60]

    assert p95 == pytest.approx(took[len(took) * 95 // 100], rel=0.06)
    assert minutes(demo, "41", "Duration", "SampleCount")[MOVED - 60] == pytest.approx(len(took))


def test_versions_are_listed_with_their_alias_while_they_execute() -> None:
    demo = Simulated()
    both = {("checkout-api:live", "41"), ("checkout-api:live", "42")}

    assert listed(demo) == listed(demo, RecentlyActive="PT3H") == both
    demo.clock.pass_(4 * 3600)
    assert listed(demo) == both
    assert listed(demo, RecentlyActive="PT3H") == {("checkout-api:live", "42")}


def test_only_an_alias_has_an_executed_version_and_only_for_what_ran() -> None:
    demo = Simulated()
    plain = {"Resource": "image-resize", "ExecutedVersion": "$LATEST"}
    without_resource = {"ExecutedVersion": "42"}

    assert demo.values("image-resize", "Invocations", "Sum", NOON - 300, NOON, more=plain) == []
    assert demo.values("checkout-api", "Invocations", "Sum", NOON - 300, NOON, more=without_resource) == []
    assert minutes(demo, "42", "Throttles") == minutes(demo, "42", "ProvisionedConcurrencyInvocations") == {}


def test_a_version_was_last_modified_when_it_was_published() -> None:
    demo = Simulated()
    demo.call("lambda.UpdateFunctionConfiguration", FunctionName="checkout-api", MemorySize=1536)
    demo.clock.pass_(120)
    demo.call("lambda.PublishVersion", FunctionName="checkout-api")

    versions = demo.call("lambda.ListVersionsByFunction", FunctionName="checkout-api")["Versions"]

    told = {each["Version"]: each["LastModified"] for each in versions}
    assert told["$LATEST"] == "2026-11-23T12:00:00.000+0000"
    assert told["43"] == "2026-11-23T12:02:00.000+0000"
    assert told["42"] == "2026-11-23T11:47:00.000+0000"
    published = [told[version] for version in ("40", "41", "42", "43")]
    assert all(one < two for one, two in itertools.pairwise(published))


def test_provisioned_concurrency_was_last_modified_to_the_second() -> None:
    demo = Simulated()
    name = {"FunctionName": "checkout-api", "Qualifier": "live"}

    answer = demo.call("lambda.PutProvisionedConcurrencyConfig", **name, ProvisionedConcurrentExecutions=5)

    assert answer == {
        "RequestedProvisionedConcurrentExecutions": 5,
        "AllocatedProvisionedConcurrentExecutions": 0,
        "AvailableProvisionedConcurrentExecutions": 0,
        "Status": "IN_PROGRESS",
        "LastModified": "2026-11-23T12:00:00+0000",
    }
