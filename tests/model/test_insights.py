"""The records of Lambda Insights, what they say together, and the offer where there are none."""

import json
import shlex
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lambdatop.model.fleet.findings import Rule, Severity
from lambdatop.model.insights.how_to_attach import commands, usd_per_month
from lambdatop.model.insights.insights import Performance, decode_performance, vcpus
from lambdatop.model.insights.usage import MB, remarks, usage
from tests.model.factories import function

LAYER = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension"

# AWS: Lambda Insights example event (CloudWatch user guide)
RECORD = """{"_aws":{"Timestamp":1605034324256,"CloudWatchMetrics":[{"Namespace":"LambdaInsights","Dimensions":
[["function_name"],["function_name","version"]],"Metrics":[{"Name":"memory_utilization","Unit":"Percent"}]}]},
"event_type":"performance","function_name":"cpu-intensive","version":"Blue",
"request_id":"12345678-8bcc-42f7-b1de-123456789012","trace_id":"1-5faae118-12345678901234567890","duration":45191,
"billed_duration":45200,"billed_mb_ms":11571200,"cold_start":true,"init_duration":130,"tmp_free":538329088,
"tmp_max":551346176,"threads_max":11,"used_memory_max":63,"total_memory":256,"memory_utilization":24,
"cpu_user_time":6640,"cpu_system_time":50,"cpu_total_time":6690,"fd_use":416,"fd_max":32642,"tx_bytes":4434,
"rx_bytes":6911,"timeout":true,"shutdown_reason":"Timeout","total_network":11345,"agent_version":"1.0.72.0"}"""


def record(**changes: Any) -> Performance:
    """A warm invocation of 100 ms on a full vCPU that is busy for half of it."""
    decoded = decode_performance(RECORD)
    assert decoded is not None
    usual: dict[str, Any] = {"cold": False, "duration_ms": 100.0, "memory_mb": 1769.0, "cpu_ms": 50.0, "used_mb": 200.0}
    return replace(decoded, **(usual | changes))


def said(**changes: Any) -> list[str]:
    summed = usage([record(**changes)] * 20)
    assert summed is not None
    return [finding.text for finding in remarks(summed)]


def test_the_record_that_aws_documents_is_read_to_the_last_field() -> None:
    decoded = decode_performance(RECORD)

    assert decoded == Performance(
        at=datetime(2020, 11, 10, 18, 52, 4, 256_000, tzinfo=UTC),
        function_name="cpu-intensive",
        version="Blue",
        request_id="12345678-8bcc-42f7-b1de-123456789012",
        trace_id="1-5faae118-12345678901234567890",
        duration_ms=45191,
        billed_ms=45200,
        cold=True,
        init_ms=130,
        memory_mb=256,
        used_mb=63,
        cpu_ms=6690,
        fds=416,
        threads=11,
        tmp_used=13_017_088,
        tmp_size=551_346_176,
        rx_bytes=6911,
        tx_bytes=4434,
        timeout=True,
    )
    assert decoded.network_bytes == 11_345


def test_cpu_is_told_of_the_vcpus_that_the_memory_buys() -> None:
    assert record(memory_mb=1769).cpu_percent == pytest.approx(50)
    assert record(memory_mb=1769 / 2).cpu_percent == pytest.approx(100)
    assert record(duration_ms=0).cpu_percent is None
    assert record(memory_mb=None).cpu_percent is None


def test_there_are_at_most_six_vcpus() -> None:
    assert vcpus(10_240) == pytest.approx(5.79, abs=0.01)
    assert vcpus(32_768) == 6


def test_what_is_no_record_of_an_invocation_is_none() -> None:
    other = json.loads(RECORD) | {"event_type": "start"}

    assert decode_performance("START RequestId: 1") is None
    assert decode_performance(other) is None
    assert decode_performance(json.loads(RECORD) | {"_aws": {}}) is None


NAMES = list(json.loads(RECORD))
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
anything = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.just("Timestamp"), scalars)


@given(st.dictionaries(st.sampled_from(NAMES), anything))
def test_any_record_is_read_as_far_as_it_goes(changes: dict[str, Any]) -> None:
    decoded = decode_performance(json.loads(RECORD) | changes)

    if decoded is not None:
        assert decoded.cpu_percent is None or decoded.cpu_percent >= 0
        summed = usage([decoded] * 5)
        assert summed is not None
        assert all(finding.text for finding in remarks(summed))


@given(st.text() | anything.map(json.dumps))
def test_no_text_is_too_odd_to_be_looked_at(message: str) -> None:
    assert decode_performance(message) is None or '"performance"' in message


def test_a_function_with_room_in_everything_gives_nothing_to_say() -> None:
    assert said() == []


def test_a_busy_processor_is_worth_more_memory() -> None:
    assert said(memory_mb=1024.0, cpu_ms=55.6) == ["CPU-bound: 96 % of its 0.58 vCPU; more memory would speed it up"]


def test_one_busy_thread_on_two_processors_gains_nothing_from_memory() -> None:
    assert said(memory_mb=3538.0, cpu_ms=98.0) == [
        "one thread busy of its 2 vCPU: more memory would not speed it up, threads would"
    ]


def test_who_waits_is_told_to_wait() -> None:
    assert said(cpu_ms=2.0) == ["waits more than it works: 2.0 % of its 1 vCPU"]


def test_a_cold_start_does_not_make_a_function_busy() -> None:
    assert said(cold=True, cpu_ms=400.0) == []


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"used_mb": 1_725.0}, "memory 98 % full: 1,725 of 1,769 MB"),
        ({"fds": 980}, "980 of 1,024 file descriptors open"),
        ({"tmp_used": 476 * MB, "tmp_size": 512 * MB}, "/tmp 93 % full: 476 of 512 MB"),
    ],
)
def test_what_is_nearly_used_up_is_told_with_its_limit(changes: dict[str, Any], text: str) -> None:
    assert said(**changes) == [text]


def test_what_is_used_up_is_critical_and_told_first() -> None:
    summed = usage([record(fds=1_020, tmp_used=476 * MB, tmp_size=512 * MB)] * 5)
    assert summed is not None

    found = remarks(summed)

    assert [(each.rule, each.severity) for each in found] == [
        (Rule.NEAR_FDS, Severity.CRITICAL),
        (Rule.NEAR_TMP, Severity.WARNING),
    ]


def test_nothing_is_summed_up_of_nothing() -> None:
    assert usage([]) is None


@pytest.mark.parametrize(
    ("layer", "told"), [(f"{LAYER}:64", "layer 64, x86_64"), (f"{LAYER}-Arm64:31", "layer 31, arm64")]
)
def test_the_layer_is_known_with_its_version_and_architecture(layer: str, told: str) -> None:
    attached = replace(function(), layers=("arn:aws:lambda:eu-west-1:1:layer:other:2", layer))

    assert str(attached.insights_layer) == told
    assert attached.has_insights
    assert not function().has_insights


def test_the_offer_keeps_the_layers_that_there_are_and_claims_no_version() -> None:
    kept = "arn:aws:lambda:eu-west-1:1:layer:other:2"

    policy, layers = commands(replace(function(architecture="arm64"), layers=(kept,)))

    assert "CloudWatchLambdaInsightsExecutionRolePolicy" in policy
    assert shlex.split(layers)[-2:] == [kept, f"{LAYER}-Arm64:VERSION"]


def test_a_container_image_takes_no_layer() -> None:
    assert commands(function(runtime=None)) == ()


def test_the_cost_is_eight_metrics_and_a_kilobyte_an_invocation() -> None:
    assert usd_per_month(function(), 0.0) == pytest.approx(2.40)
    assert usd_per_month(function(region="us-east-1"), 1 << 20) == pytest.approx(2.40 + 43_200 * 0.50)
    assert usd_per_month(function(), None) is None
