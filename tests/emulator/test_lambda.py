"""Lambda's operations: what they answer and refuse, and that they have effects."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdatop.emulator.errors import ServiceError
from tests.emulator.simulated import NOON, Simulated


def refusal(call: Callable[[], Any]) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        call()
    return caught.value


def share(demo: Simulated, name: str, outcome: str, start: float, end: float) -> float:
    happened = demo.account.invocations(name, start, end)
    return sum(each.outcome == outcome for each in happened) / len(happened)


def test_a_page_holds_fifty_functions_however_many_are_asked_for() -> None:
    demo = Simulated()

    names: list[str] = []
    marker: dict[str, str] = {}
    sizes = []
    while True:
        page = demo.call("lambda.ListFunctions", MaxItems=1000, **marker)
        sizes.append(len(page["Functions"]))
        names += [function["FunctionName"] for function in page["Functions"]]
        if "NextMarker" not in page:
            break
        marker = {"Marker": page["NextMarker"]}

    assert sizes == [50, 50, 42]
    assert len(set(names)) == 142
    assert "State" not in page["Functions"][0]


@pytest.mark.parametrize(
    "name",
    [
        "checkout-api",
        "checkout-api:live",
        "123456789012:function:checkout-api",
        "function:checkout-api",
        "arn:aws:lambda:eu-west-1:123456789012:function:checkout-api:41",
    ],
)
def test_a_function_is_found_by_name_and_by_arn(name: str) -> None:
    demo = Simulated()

    assert demo.call("lambda.GetFunctionConfiguration", FunctionName=name)["FunctionName"] == "checkout-api"


def test_a_name_that_names_nothing_is_not_found() -> None:
    error = refusal(lambda: Simulated().call("lambda.GetFunction", FunctionName="nothing"))

    assert (error.code, error.status) == ("ResourceNotFoundException", 404)
    assert error.message == "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:nothing"


def test_more_memory_ends_the_kills_and_shortens_what_is_cpu_bound() -> None:
    demo = Simulated()
    demo.call("lambda.UpdateFunctionConfiguration", FunctionName="image-resize", MemorySize=1536)
    past = demo.account.invocations("image-resize", NOON - 900, NOON)
    demo.clock.pass_(1000)

    assert demo.account.invocations("image-resize", NOON - 900, NOON) == past
    assert share(demo, "image-resize", "oom", NOON + 60, NOON + 960) == 0
    [before] = demo.values("image-resize", "Duration", "p95", NOON - 900, NOON, 900)
    [after] = demo.values("image-resize", "Duration", "p95", NOON + 60, NOON + 960, 900)
    assert after / before == pytest.approx(0.7, abs=0.06)


def test_an_update_settles_and_refuses_others_meanwhile() -> None:
    demo = Simulated()

    answer = demo.call("lambda.UpdateFunctionConfiguration", FunctionName="cart-api", Timeout=9)
    error = refusal(lambda: demo.call("lambda.UpdateFunctionConfiguration", FunctionName="cart-api", Timeout=8))
    publishing = refusal(lambda: demo.call("lambda.PublishVersion", FunctionName="cart-api"))
    demo.clock.pass_(2)
    settled = demo.call("lambda.GetFunctionConfiguration", FunctionName="cart-api")

    assert answer["LastUpdateStatus"] == "InProgress"
    assert (error.code, error.status) == ("ResourceConflictException", 409)
    assert publishing.code == "ResourceConflictException"
    assert (settled["LastUpdateStatus"], settled["Timeout"]) == ("Successful", 9)
    assert settled["LastModified"] == "2026-11-23T12:00:00.000+0000"


def test_invocations_keep_the_old_configuration_until_the_update_has_settled() -> None:
    demo = Simulated()

    demo.call("lambda.UpdateFunctionConfiguration", FunctionName="image-resize", MemorySize=2048)
    demo.clock.pass_(30)

    for each in demo.account.invocations("image-resize", NOON, NOON + 30):
        assert each.memory_mb == (2048 if each.start >= NOON + 1.5 else 1024)


def test_a_stale_revision_is_refused() -> None:
    demo = Simulated()
    stale = demo.call("lambda.GetFunctionConfiguration", FunctionName="cart-api")["RevisionId"]
    demo.call("lambda.UpdateFunctionConfiguration", FunctionName="cart-api", RevisionId=stale, Timeout=9)
    demo.clock.pass_(5)

    error = refusal(
        lambda: demo.call("lambda.UpdateFunctionConfiguration", FunctionName="cart-api", RevisionId=stale, Timeout=8)
    )

    assert (error.code, error.status) == ("PreconditionFailedException", 412)


@pytest.mark.parametrize("change", [{"MemorySize": 127}, {"MemorySize": 10_241}, {"Timeout": 0}, {"Timeout": 901}])
def test_values_out_of_range_are_refused(change: dict[str, int]) -> None:
    demo = Simulated()

    error = refusal(lambda: demo.call("lambda.UpdateFunctionConfiguration", FunctionName="cart-api", **change))

    assert (error.code, error.status) == ("InvalidParameterValueException", 400)


def test_a_longer_timeout_turns_timeouts_into_slow_successes() -> None:
    demo = Simulated()
    demo.call("lambda.UpdateFunctionConfiguration", FunctionName="payment-capture", Timeout=30)
    demo.clock.pass_(600)

    assert share(demo, "payment-capture", "timeout", NOON - 600, NOON) > 0.03
    assert share(demo, "payment-capture", "timeout", NOON + 60, NOON + 600) == 0
    slowest = max(each.duration_ms for each in demo.account.invocations("payment-capture", NOON + 60, NOON + 600))
    assert slowest > 10_000


def test_rolling_the_alias_back_ends_the_errors() -> None:
    demo = Simulated()

    answer = demo.call("lambda.UpdateAlias", FunctionName="checkout-api", Name="live", FunctionVersion="41")
    demo.clock.pass_(300)

    assert answer["FunctionVersion"] == "41"
    assert share(demo, "checkout-api", "error", NOON, NOON + 300) < 0.006
    assert sum(demo.values("checkout-api", "Errors", "Sum", NOON, NOON + 300)) == sum(
        each.outcome != "ok" for each in demo.account.invocations("checkout-api", NOON, NOON + 300)
    )


def test_a_weighted_alias_shares_the_traffic_out_and_the_metrics_with_it() -> None:
    demo = Simulated()
    demo.call(
        "lambda.UpdateAlias",
        FunctionName="checkout-api",
        Name="live",
        FunctionVersion="41",
        RoutingConfig={"AdditionalVersionWeights": {"42": 0.1}},
    )
    demo.clock.pass_(360)
    happened = demo.account.invocations("checkout-api", NOON + 60, NOON + 360)

    canary = [each for each in happened if each.version == "42"]

    assert len(canary) / len(happened) == pytest.approx(0.1, abs=0.01)
    dimensions = {"Resource": "checkout-api:live", "ExecutedVersion": "42"}
    assert sum(demo.values("checkout-api", "Invocations", "Sum", NOON + 60, NOON + 360, more=dimensions)) == len(canary)


def test_an_alias_moves_only_to_a_version_that_exists_and_only_from_its_latest_revision() -> None:
    demo = Simulated()
    alias = demo.call("lambda.GetAlias", FunctionName="checkout-api", Name="live")
    moved = {"FunctionName": "checkout-api", "Name": "live", "FunctionVersion": "41"}

    unknown = refusal(lambda: demo.call("lambda.UpdateAlias", **moved | {"FunctionVersion": "99"}))
    demo.call("lambda.UpdateAlias", **moved, RevisionId=alias["RevisionId"])
    stale = refusal(lambda: demo.call("lambda.UpdateAlias", **moved, RevisionId=alias["RevisionId"]))

    assert unknown.code == "ResourceNotFoundException"
    assert stale.status == 412


def test_reserved_zero_stops_a_function_and_throttles_its_callers() -> None:
    demo = Simulated()

    demo.call("lambda.PutFunctionConcurrency", FunctionName="cart-api", ReservedConcurrentExecutions=0)
    demo.clock.pass_(180)

    assert demo.account.invocations("cart-api", NOON, NOON + 180) == []
    assert sum(demo.values("cart-api", "Throttles", "Sum", NOON, NOON + 180)) > 100
    assert demo.values("cart-api", "Invocations", "Sum", NOON, NOON + 180) == []


def test_more_reserved_concurrency_ends_throttling_and_the_stream_catches_up() -> None:
    demo = Simulated()

    demo.call("lambda.PutFunctionConcurrency", FunctionName="orders-consumer", ReservedConcurrentExecutions=90)
    demo.clock.pass_(900)

    assert sum(demo.values("orders-consumer", "Throttles", "Sum", NOON - 300, NOON)) > 50
    assert sum(demo.values("orders-consumer", "Throttles", "Sum", NOON + 60, NOON + 900)) == 0
    assert demo.values("orders-consumer", "IteratorAge", "Maximum", NOON + 840, NOON + 900)[0] < 1000


def test_a_hundred_must_stay_unreserved() -> None:
    demo = Simulated()
    reserve = {"FunctionName": "cart-api", "ReservedConcurrentExecutions": 851}

    error = refusal(lambda: demo.call("lambda.PutFunctionConcurrency", **reserve))
    demo.call("lambda.PutFunctionConcurrency", **reserve | {"ReservedConcurrentExecutions": 850})

    assert error.code == "InvalidParameterValueException"
    limits = demo.call("lambda.GetAccountSettings")["AccountLimit"]
    assert (limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]) == (1000, 100)
    demo.call("lambda.DeleteFunctionConcurrency", FunctionName="cart-api")
    assert demo.call("lambda.GetFunctionConcurrency", FunctionName="cart-api") == {}


def test_provisioned_concurrency_ends_cold_starts() -> None:
    demo = Simulated()
    name = {"FunctionName": "shipping-quote-api", "Qualifier": "live"}

    asked = demo.call("lambda.PutProvisionedConcurrencyConfig", **name, ProvisionedConcurrentExecutions=40)
    demo.clock.pass_(10)
    ready = demo.call("lambda.GetProvisionedConcurrencyConfig", **name)
    demo.clock.pass_(900)

    assert (asked["Status"], asked["AllocatedProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 0)
    assert (ready["Status"], ready["AllocatedProvisionedConcurrentExecutions"]) == ("READY", 40)
    happened = demo.account.invocations("shipping-quote-api", NOON + 60, NOON + 900)
    assert not any(each.init_ms for each in happened)
    used = demo.values(
        *("shipping-quote-api", "ProvisionedConcurrencyUtilization", "Maximum", NOON + 60, NOON + 900),
        more={"Resource": "shipping-quote-api:live"},
    )
    assert 0 < max(used) < 1


def test_an_update_meanwhile_does_not_lose_the_provisioning() -> None:
    demo = Simulated()
    name = "shipping-quote-api"

    demo.call(
        "lambda.PutProvisionedConcurrencyConfig",
        FunctionName=name,
        Qualifier="live",
        ProvisionedConcurrentExecutions=40,
    )
    demo.clock.pass_(1)
    demo.call("lambda.UpdateFunctionConfiguration", FunctionName=name, Timeout=11)
    demo.clock.pass_(300)

    assert not any(each.init_ms for each in demo.account.invocations(name, NOON + 60, NOON + 300))


def test_too_little_provisioned_concurrency_spills_over() -> None:
    demo = Simulated()
    name = {"FunctionName": "shipping-quote-api", "Qualifier": "live"}
    demo.call("lambda.PutProvisionedConcurrencyConfig", **name, ProvisionedConcurrentExecutions=2)
    demo.clock.pass_(960)
    start, end, resource = NOON + 60, NOON + 960, {"Resource": "shipping-quote-api:live"}

    served, spilled, all_of_them = (
        sum(demo.values("shipping-quote-api", metric, "Sum", start, end, more=resource))
        for metric in (
            "ProvisionedConcurrencyInvocations",
            "ProvisionedConcurrencySpilloverInvocations",
            "Invocations",
        )
    )

    assert served > 0
    assert spilled > 0
    assert served + spilled == all_of_them


@pytest.mark.parametrize("qualifier", ["$LATEST", "dev"])
def test_concurrency_is_never_provisioned_for_latest(qualifier: str) -> None:
    demo = Simulated()
    demo.call("lambda.CreateAlias", FunctionName="cart-api", Name="dev", FunctionVersion="$LATEST")
    wish = {"FunctionName": "cart-api", "Qualifier": qualifier, "ProvisionedConcurrentExecutions": 1}

    assert refusal(lambda: demo.call("lambda.PutProvisionedConcurrencyConfig", **wish)).status == 400


def test_publishing_twice_without_a_change_gives_the_same_version() -> None:
    demo = Simulated()
    demo.call("lambda.UpdateFunctionConfiguration", FunctionName="checkout-api", MemorySize=1536)
    demo.clock.pass_(5)

    first = demo.call("lambda.PublishVersion", FunctionName="checkout-api", Description="more memory")
    again = demo.call("lambda.PublishVersion", FunctionName="checkout-api")

    assert (first["Version"], first["MemorySize"]) == ("43", 1536)
    assert again["Version"] == "43"
    versions = demo.call("lambda.ListVersionsByFunction", FunctionName="checkout-api")["Versions"]
    assert [version["Version"] for version in versions] == ["$LATEST", "40", "41", "42", "43"]


def test_a_mapping_switched_off_stops_the_consumer_without_throttling_it() -> None:
    demo = Simulated()
    [mapping] = demo.call("lambda.ListEventSourceMappings", FunctionName="orders-consumer")["EventSourceMappings"]

    switching = demo.call("lambda.UpdateEventSourceMapping", UUID=mapping["UUID"], Enabled=False)
    demo.clock.pass_(180)

    assert (mapping["State"], switching["State"]) == ("Enabled", "Disabling")
    assert demo.call("lambda.GetEventSourceMapping", UUID=mapping["UUID"])["State"] == "Disabled"
    assert demo.account.invocations("orders-consumer", NOON, NOON + 180) == []
    assert demo.values("orders-consumer", "Throttles", "Sum", NOON, NOON + 180) == []


def test_tags_are_added_and_removed() -> None:
    demo = Simulated()
    arn = demo.account.arn("cart-api")

    demo.call("lambda.TagResource", Resource=arn, Tags={"oncall": "ada"})
    added = demo.call("lambda.ListTags", Resource=arn)["Tags"]
    demo.call("lambda.UntagResource", Resource=arn, TagKeys=["oncall"])

    assert added["oncall"] == "ada"
    assert "oncall" not in demo.call("lambda.ListTags", Resource=arn)["Tags"]


def test_a_function_is_created_found_and_deleted() -> None:
    demo = Simulated()
    made = demo.call(
        "lambda.CreateFunction", FunctionName="new-one", Role="r", Runtime="python3.13", Code={}, MemorySize=256
    )
    demo.call("lambda.DeleteFunction", FunctionName="new-one")

    assert made["MemorySize"] == 256
    assert refusal(lambda: demo.call("lambda.GetFunction", FunctionName="new-one")).status == 404


def test_an_invocation_by_hand_answers_with_its_log() -> None:
    demo = Simulated()

    answer = demo.call("lambda.Invoke", FunctionName="cart-api", LogType="Tail", Qualifier="live")

    assert answer["StatusCode"] == 200
    assert isinstance(answer["Payload"], bytes)
    assert answer["ExecutedVersion"] == "8"
    assert answer["LogResult"]
