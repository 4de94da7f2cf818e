"""REPORT lines as Lambda writes them (samples of 2026), and as nobody should."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.logs.report import Report, parse_report, report_from_record, summarise

WARM = (
    "REPORT RequestId: 8f507cfc-1b1e-4697-b07a-ac58fc914c95\tDuration: 2.75 ms\tBilled Duration: 3 ms\t"
    "Memory Size: 128 MB\tMax Memory Used: 56 MB\t\n"
)
TRACED = (
    "REPORT RequestId: a\tDuration: 15.74 ms\tBilled Duration: 147 ms\tMemory Size: 128 MB\tMax Memory Used: 95 MB\t"
    "Init Duration: 130.49 ms\t\nXRAY TraceId: 1-6ac7d554-62c6be2f6c1bd8032dac9acf\tSegmentId: 854892f93105b5ae\t"
    "Sampled: true\t\n"
)
SNAP_START = (
    "REPORT RequestId: b771fecc-1b53-4faf-922d-1d74357b1676\tDuration: 306.34 ms\tBilled Duration: 610 ms\t"
    "Memory Size: 3009 MB\tMax Memory Used: 155 MB\tRestore Duration: 511.25 ms\tBilled Restore Duration: 303 ms\t\n"
)
TIMEOUT = (
    "REPORT RequestId: 054d8776\tDuration: 600000.00 ms\tBilled Duration: 600000 ms\tMemory Size: 1024 MB\t"
    "Max Memory Used: 1024 MB\tStatus: timeout\nXRAY TraceId: 1-6ac7d63f-0104e99861c65c8039f183da\t"
    "SegmentId: 7c4eb6a6d56f2a27\tSampled: true"
)
OUT_OF_MEMORY = (
    "REPORT RequestId: 276ff3b9\tDuration: 10935.70 ms\tBilled Duration: 10936 ms\tMemory Size: 1024 MB\t"
    "Max Memory Used: 1024 MB\tStatus: error\tError Type: Runtime.OutOfMemory\n"
)
CRASH = (
    "REPORT RequestId: 5b866fb1\tDuration: 133.61 ms\tBilled Duration: 214 ms\tMemory Size: 128 MB\t"
    "Max Memory Used: 31 MB\tInit Duration: 80.00 ms\tStatus: error\tError Type: Runtime.ExitError\t\n"
)
JSON_COLD = (
    '{"time":"2022-10-21T14:05:05.766Z","type":"platform.report","record":{"requestId":"459921b5","metrics":'
    '{"durationMs":2599.4,"billedDurationMs":2600,"memorySizeMB":128,"maxMemoryUsedMB":94,"initDurationMs":549.04},'
    '"tracing":{"spanId":"24cd7d670fa455f0","type":"X-Amzn-Trace-Id",'
    '"value":"Root=1-6352a70e-1e2c502e358361800241fd45;Parent=35465b3a9e2f7c6a;Sampled=1"},"status":"success"}}'
)


def parsed(message: str) -> Report:
    report = parse_report(message)
    assert report is not None
    return report


def json_report(**record: object) -> str:
    return json.dumps({"time": "", "type": "platform.report", "record": {"requestId": "b1", **record}})


def test_a_warm_invocation_has_no_init() -> None:
    assert parsed(WARM) == Report(
        request_id="8f507cfc-1b1e-4697-b07a-ac58fc914c95", duration_ms=2.75, billed_ms=3, memory_mb=128, used_mb=56
    )
    assert not parsed(WARM).cold


def test_the_trace_id_of_the_second_line_is_found() -> None:
    report = parsed(TRACED)

    assert report.cold
    assert report.init_ms == 130.49
    assert report.trace_id == "1-6ac7d554-62c6be2f6c1bd8032dac9acf"


def test_a_restore_is_a_cold_start_and_its_billed_part_is_not_taken_for_it() -> None:
    report = parsed(SNAP_START)

    assert report.cold
    assert (report.restore_ms, report.init_ms, report.duration_ms, report.billed_ms) == (511.25, None, 306.34, 610)


@pytest.mark.parametrize(
    ("message", "status", "error_type"),
    [
        (WARM, "ok", None),
        (TIMEOUT, "timeout", None),
        (OUT_OF_MEMORY, "oom", "Runtime.OutOfMemory"),
        (CRASH, "error", "Runtime.ExitError"),
        (CRASH.replace("Used: 31", "Used: 128"), "oom", "Runtime.ExitError"),
        (json_report(status="success"), "ok", None),
        (json_report(status="failure"), "error", None),
        (json_report(status="timeout"), "timeout", None),
        (json_report(status="error", errorType="Runtime.OutOfMemory"), "oom", "Runtime.OutOfMemory"),
    ],
)
def test_the_outcome_is_told_apart(message: str, status: str, error_type: str | None) -> None:
    report = parsed(message)

    assert (report.status, report.error_type) == (status, error_type)


def test_a_json_report_says_the_same_as_text() -> None:
    assert parsed(JSON_COLD) == Report(
        request_id="459921b5",
        duration_ms=2599.4,
        billed_ms=2600,
        memory_mb=128,
        used_mb=94,
        init_ms=549.04,
        trace_id="1-6352a70e-1e2c502e358361800241fd45",
    )


def test_a_managed_instance_reports_a_duration_alone() -> None:
    report = parsed(json_report(metrics={"durationMs": 12.5}, status="success"))

    assert (report.duration_ms, report.billed_ms, report.memory_mb, report.used_mb) == (12.5, None, None, None)


def test_blanks_for_tabs_and_another_order_read_the_same() -> None:
    shuffled = (
        "REPORT Max Memory Used: 56 MB  Memory Size: 128 MB Billed Duration: 3 ms Duration: 2.75 ms "
        "RequestId: 8f507cfc-1b1e-4697-b07a-ac58fc914c95"
    )

    assert parsed(shuffled) == parsed(WARM)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "START RequestId: a Version: $LATEST",
        "REPORT on the quarter: all is well",
        '{"type":"platform.report"}',
        '{"type":"platform.report","record":[]}',
        '{"type":"platform.start","record":{"requestId":"platform.report"}}',
        '{"type": "platform.report"' + "[" * 200_000,
    ],
)
def test_what_is_no_report_is_none(message: str) -> None:
    assert parse_report(message) is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, True, None, [], "x", 10**400])
def test_a_number_that_is_none_stays_unknown(value: object) -> None:
    event = {"type": "platform.report", "record": {"requestId": "b1", "metrics": {"billedDurationMs": value}}}

    report = report_from_record(event)

    assert report is not None
    assert report.billed_ms is None


@given(st.text())
def test_no_text_raises(text: str) -> None:
    parse_report(text)
    parse_report("REPORT RequestId: a\t" + text)
    parse_report('{"type":"platform.report",' + text)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.fixed_dictionaries({"requestId": st.text() | anything, "metrics": anything, "tracing": anything}))
def test_no_record_raises(record: dict[str, object]) -> None:
    report_from_record({"type": "platform.report", "record": record})
    parse_report(json.dumps({"type": "platform.report", "record": record}))


NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def test_no_reports_have_no_summary() -> None:
    assert summarise([]) is None


def test_a_summary_counts_what_happened() -> None:
    messages = [WARM, TRACED, SNAP_START, TIMEOUT, OUT_OF_MEMORY, CRASH]

    sample = summarise([(NOON + timedelta(minutes=i), parsed(message)) for i, message in enumerate(messages)])

    assert sample is not None
    assert (sample.count, sample.cold, sample.timeouts, sample.ooms, sample.errors) == (6, 3, 1, 1, 1)
    assert sample.cold_percent == 50
    assert sample.used_mb == 1024
    assert (sample.init_p50_ms, sample.init_p95_ms) == (130.49, 511.25)
    assert sample.billed_ms == 3 + 147 + 610 + 600_000 + 10_936 + 214
    assert (sample.since, sample.until) == (NOON, NOON + timedelta(minutes=5))


def test_a_summary_of_warm_reports_knows_no_init() -> None:
    sample = summarise([(NOON, parsed(WARM))])

    assert sample is not None
    assert (sample.init_p50_ms, sample.init_p95_ms, sample.cold_percent) == (None, None, 0)
