"""CloudWatch's metrics: identity, periods, pages, arithmetic, and what AWS refuses."""

from typing import Any

import pytest

from lambdatop.emulator.errors import ServiceError
from tests.emulator.simulated import NOON, Simulated


def query(
    identity: str,
    metric: str,
    stat: str,
    function: str | None = "checkout-api",
    *,
    namespace: str = "AWS/Lambda",
    period: int = 60,
) -> dict[str, Any]:
    dimensions = [{"Name": "FunctionName", "Value": function}] if function else []
    described = {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions}
    return {"Id": identity, "MetricStat": {"Metric": described, "Period": period, "Stat": stat}}


def asked(demo: Simulated, *queries: dict[str, Any], minutes: int = 10, **more: Any) -> dict[str, Any]:
    return demo.call(
        "cloudwatch.GetMetricData",
        MetricDataQueries=list(queries),
        StartTime=NOON - minutes * 60,
        EndTime=NOON,
        **more,
    )


def test_points_come_newest_first_unless_asked_otherwise() -> None:
    demo = Simulated()

    newest = asked(demo, query("m", "Invocations", "Sum"))["MetricDataResults"][0]
    oldest = asked(demo, query("m", "Invocations", "Sum"), ScanBy="TimestampAscending")["MetricDataResults"][0]

    assert newest["Timestamps"][0] == NOON - 60
    assert newest["Values"] == oldest["Values"][::-1]
    assert (newest["StatusCode"], newest["Label"]) == ("Complete", "Invocations")


def test_the_end_is_exclusive_and_the_start_is_taken_down_to_its_minute() -> None:
    demo = Simulated(at=NOON + 600)

    answer = demo.call(
        "cloudwatch.GetMetricData",
        MetricDataQueries=[query("m", "Invocations", "Sum")],
        StartTime=NOON + 30,
        EndTime=NOON + 180,
    )

    assert answer["MetricDataResults"][0]["Timestamps"] == [NOON + 120, NOON + 60, NOON]


def test_a_longer_period_is_the_sum_of_its_minutes_and_not_an_average_of_percentiles() -> None:
    demo = Simulated()
    name = "checkout-api"

    minutes = demo.values(name, "Invocations", "Sum", NOON - 900, NOON)
    window = demo.values(name, "Invocations", "Sum", NOON - 900, NOON, 900)
    p95s = demo.values(name, "Duration", "p95", NOON - 900, NOON)
    [p95] = demo.values(name, "Duration", "p95", NOON - 900, NOON, 900)

    assert window == [sum(minutes)]
    assert p95 != pytest.approx(sum(p95s) / 15)
    assert min(p95s) < p95 < max(p95s)


def test_average_of_errors_is_the_error_rate() -> None:
    demo = Simulated()
    window = NOON - 600, NOON, 600

    [rate] = demo.values("checkout-api", "Errors", "Average", *window)
    [errors] = demo.values("checkout-api", "Errors", "Sum", *window)
    [invocations] = demo.values("checkout-api", "Invocations", "Sum", *window)

    assert rate == pytest.approx(errors / invocations)
    assert demo.values("checkout-api", "Duration", "SampleCount", *window) == [pytest.approx(invocations)]


def test_no_invocations_no_data_point() -> None:
    demo = Simulated()

    ran = demo.values("nightly-rollup", "Invocations", "Sum", NOON - 3600, NOON)

    assert ran == [1, 1, 1, 1]
    assert demo.values("nightly-rollup", "Errors", "Sum", NOON - 3600, NOON) == [0, 0, 0, 0]


def test_a_metric_is_its_exact_dimension_set() -> None:
    demo = Simulated()
    window = NOON - 300, NOON

    whole = demo.values("checkout-api", "Invocations", "Sum", *window)

    assert demo.values("checkout-api", "Invocations", "Sum", *window, more={"Resource": "checkout-api:live"}) == whole
    assert demo.values("checkout-api", "Invocations", "Sum", *window, more={"Resource": "checkout-api"}) == []
    assert demo.values("checkout-api", "Invocations", "Sum", *window, more={"Colour": "red"}) == []
    other = query("m", "Invocations", "Sum", namespace="AWS/EC2")
    assert asked(demo, other)["MetricDataResults"][0]["Values"] == []


def test_the_account_is_the_sum_of_its_functions() -> None:
    demo = Simulated()

    [whole] = demo.values(None, "Invocations", "Sum", NOON - 300, NOON, 300)

    parts = [demo.values(name, "Invocations", "Sum", NOON - 300, NOON, 300) for name in demo.account.functions]
    assert whole == sum(sum(part) for part in parts)


def test_arithmetic_between_queries_is_done_point_by_point() -> None:
    demo = Simulated()
    hidden = query("e", "Errors", "Sum") | {"ReturnData": False}

    answer = asked(demo, hidden, query("i", "Invocations", "Sum"), {"Id": "r", "Expression": "e / i * 100"})

    assert [result["Id"] for result in answer["MetricDataResults"]] == ["i", "r"]
    assert all(5 < value < 7 for value in answer["MetricDataResults"][1]["Values"])


@pytest.mark.parametrize("expression", ["__import__('os')", "unknown * 2", "e.real", "e +", "e ** 9"])
def test_an_expression_that_is_not_emulated_is_refused(expression: str) -> None:
    demo = Simulated()

    with pytest.raises(ServiceError) as caught:
        asked(demo, query("e", "Errors", "Sum"), {"Id": "r", "Expression": expression})

    assert caught.value.code == "ValidationException"


def test_metrics_insights_orders_and_limits() -> None:
    demo = Simulated()
    expression = (
        'SELECT SUM(Invocations) FROM SCHEMA("AWS/Lambda", FunctionName) GROUP BY FunctionName '
        "ORDER BY SUM() DESC LIMIT 3"
    )

    answer = asked(demo, {"Id": "s", "Expression": expression, "Period": 60})

    labels = [result["Label"] for result in answer["MetricDataResults"]]
    assert labels == ["checkout-api", "partner-webhook", "search-suggest"]


def test_pages_join_to_the_whole() -> None:
    demo = Simulated()
    queries = query("a", "Invocations", "Sum"), query("b", "Errors", "Sum")
    whole = {each["Id"]: each["Values"] for each in asked(demo, *queries)["MetricDataResults"]}

    joined: dict[str, list[float]] = {"a": [], "b": []}
    token: dict[str, Any] = {}
    pages = 0
    while True:
        page = asked(demo, *queries, MaxDatapoints=7, **token)
        pages += 1
        for each in page["MetricDataResults"]:
            joined[each["Id"]] += each["Values"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}

    assert pages == 3
    assert joined == whole


@pytest.mark.parametrize(
    "queries",
    [
        [query(f"m{number}", "Errors", "Sum") for number in range(501)],
        [query("m", "Errors", "Sum"), query("m", "Errors", "Sum")],
        [query("Upper", "Errors", "Sum")],
        [query("m", "Errors", "Sum", period=90)],
        [query("m", "Errors", "Median")],
    ],
)
def test_what_aws_refuses_is_refused(queries: list[dict[str, Any]]) -> None:
    with pytest.raises(ServiceError):
        asked(Simulated(), *queries)


def test_statistics_of_one_metric_come_together() -> None:
    demo = Simulated()

    answer = demo.call(
        "cloudwatch.GetMetricStatistics",
        Namespace="AWS/Lambda",
        MetricName="Duration",
        Dimensions=[{"Name": "FunctionName", "Value": "checkout-api"}],
        StartTime=NOON - 300,
        EndTime=NOON,
        Period=300,
        Statistics=["Average", "Maximum"],
        ExtendedStatistics=["p99"],
    )

    [point] = answer["Datapoints"]
    assert point["Average"] < point["ExtendedStatistics"]["p99"] < point["Maximum"]


def test_what_was_put_is_found_under_its_dimensions_in_any_order() -> None:
    demo = Simulated()
    one, two = {"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}
    datum = {"MetricName": "Carts", "Dimensions": [one, two], "Timestamp": NOON - 120, "Values": [1.0, 3.0]}
    demo.call("cloudwatch.PutMetricData", Namespace="Shop", MetricData=[datum])

    metric = {"Namespace": "Shop", "MetricName": "Carts", "Dimensions": [two, one]}
    wanted = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}

    assert asked(demo, wanted)["MetricDataResults"][0]["Values"] == [4.0]
    assert demo.call("cloudwatch.ListMetrics", Namespace="Shop")["Metrics"][0]["MetricName"] == "Carts"
    with pytest.raises(ServiceError):
        demo.call("cloudwatch.PutMetricData", Namespace="AWS/Lambda", MetricData=[datum])


def test_recently_active_metrics_are_those_of_the_functions_called_lately() -> None:
    demo = Simulated()
    name = {"Namespace": "AWS/Lambda", "MetricName": "Invocations"}

    recent = demo.call("cloudwatch.ListMetrics", RecentlyActive="PT3H", **name)["Metrics"]

    active = {each["Dimensions"][0]["Value"] for each in recent if len(each["Dimensions"]) == 1}
    assert active == {
        function
        for function in demo.account.functions
        if demo.values(function, "Invocations", "Sum", NOON - 10_800, NOON)
    }
    assert 36 <= len(active) <= 60


def test_lambda_insights_tells_memory_of_those_that_have_the_layer() -> None:
    demo = Simulated()

    def insights(function: str) -> list[float]:
        metric = {
            "Namespace": "LambdaInsights",
            "MetricName": "memory_utilization",
            "Dimensions": [{"Name": "function_name", "Value": function}],
        }
        wanted = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}
        values: list[float] = asked(demo, wanted)["MetricDataResults"][0]["Values"]
        return values

    assert all(0 < value <= 100 for value in insights("fraud-score"))
    assert insights("checkout-api") == []
