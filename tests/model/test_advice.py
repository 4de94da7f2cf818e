"""The diagnosis of functions that are healthy, sick, recovering, and hardly known."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lambdatop.model.alarms.alarm import Alarm, AlarmState
from lambdatop.model.fleet.diagnosis import Finding, Health, Rule, Severity, diagnose, sickness, state_of
from lambdatop.model.fleet.row import row
from lambdatop.model.function import Function
from lambdatop.model.logs.report import ReportSample
from lambdatop.model.metrics import FunctionMetrics
from tests.model.factories import MINUTE, NOW, Minutes, function, metrics, sample

RISEN: Minutes = [4.0] * 47 + [60.0] * 13
BEGAN = MINUTE - timedelta(minutes=13)


def alarm(
    metric: str = "Errors",
    *,
    name: str = "checkout-errors",
    state: AlarmState = AlarmState.ALARM,
    function_name: str | None = "checkout-api",
) -> Alarm:
    return Alarm(name=name, state=state, function_name=function_name, metric=metric, reason="", updated=MINUTE)


def found(
    of: Function | None = None,
    measured: FunctionMetrics | None = None,
    reports: ReportSample | None = None,
    alarms: tuple[Alarm, ...] = (),
    now: datetime = NOW,
) -> list[Finding]:
    asked = of or function()
    return list(diagnose(asked, measured, reports, alarms, now, asked.memory_mb))


def told(findings: list[Finding]) -> list[tuple[Severity, str]]:
    return [(finding.severity, finding.text) for finding in findings]


def test_a_healthy_function_has_no_findings() -> None:
    assert found(measured=metrics(), reports=sample()) == []


def test_an_idle_function_has_no_findings() -> None:
    idle = metrics(invocations=None, errors=None, throttles=None, p99_ms=None, duration_sum_ms=None)

    assert found(measured=idle) == []


def test_nothing_known_is_nothing_found() -> None:
    assert found() == []


@pytest.mark.parametrize(("factor", "severity"), [(6, Severity.WARNING), (40, Severity.CRITICAL)])
def test_a_surge_of_traffic_is_told_with_its_factor_and_its_minute(factor: int, severity: Severity) -> None:
    findings = found(measured=metrics(invocations=[50.0] * 40 + [50.0 * factor] * 20))

    assert told(findings) == [(severity, f"invocations ×{factor}" if factor >= 10 else f"invocations ×{factor}.0")]
    assert findings[0].rule is Rule.SURGE
    assert findings[0].since == MINUTE - timedelta(minutes=20)


def test_a_surge_of_hardly_any_traffic_is_none() -> None:
    assert found(measured=metrics(invocations=[1.0] * 40 + [40.0] * 20)) == []


def test_the_minutes_that_still_fill_do_not_end_a_surge() -> None:
    [surge] = found(measured=metrics(invocations=[50.0] * 40 + [2000.0] * 18 + [30.0, 3.0]))

    assert surge.text == "invocations ×40"


def test_a_surge_is_why_an_alarm_on_concurrency_rings() -> None:
    measured = metrics(invocations=[50.0] * 40 + [2000.0] * 20)

    assert [finding.rule for finding in found(measured=measured, alarms=(alarm("ConcurrentExecutions"),))] == [
        Rule.SURGE
    ]


def test_rising_errors_are_told_with_their_factor_and_their_minute() -> None:
    findings = found(measured=metrics(invocations=1000.0, errors=RISEN))

    assert findings == [Finding(Rule.ERRORS_RISING, Severity.CRITICAL, "errors ×15", BEGAN)]


@pytest.mark.parametrize(
    ("lead_s", "text"),
    [
        (200, "errors ×15 since deployment"),
        (-30, "errors ×15 since deployment"),
        (400, "errors ×15"),
        (-90, "errors ×15"),
    ],
)
def test_errors_that_follow_a_deployment_are_blamed_on_it(lead_s: int, text: str) -> None:
    deployed = function(last_modified=BEGAN - timedelta(seconds=lead_s))

    assert found(deployed, metrics(invocations=1000.0, errors=RISEN))[0].text == text


def test_errors_where_there_were_none_have_no_factor() -> None:
    findings = found(measured=metrics(invocations=100.0, errors=[0.0] * 50 + [5.0] * 10))

    assert told(findings) == [(Severity.CRITICAL, "errors 5.0 %, none before")]


def test_a_rise_a_minute_old_is_seen() -> None:
    findings = found(measured=metrics(invocations=1000.0, errors=[1.0] * 59 + [300.0]))

    assert findings[0].rule is Rule.ERRORS_RISING
    assert findings[0].since == MINUTE - timedelta(minutes=1)


def test_the_minute_still_filling_is_not_looked_at() -> None:
    assert found(measured=metrics(filling=(10.0, 10.0))) == []


def test_newest_minutes_that_are_still_low_do_not_hide_a_rise() -> None:
    invocations = [1000.0] * 58 + [400.0, 20.0]
    errors = [4.0] * 47 + [60.0] * 11 + [24.0, 0.0]

    assert found(measured=metrics(invocations=invocations, errors=errors))[0].text.startswith("errors ×1")


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (0.9, []),
        (4.0, [(Severity.WARNING, "errors 4.0 %")]),
        (25.0, [(Severity.CRITICAL, "errors 25 %")]),
        (100.0, [(Severity.CRITICAL, "errors 100 %")]),
    ],
)
def test_a_steady_rate_is_judged_by_its_height(errors: float, expected: list[tuple[Severity, str]]) -> None:
    assert told(found(measured=metrics(errors=errors))) == expected


def test_errors_that_have_stopped_are_easing() -> None:
    stopped = metrics(errors=[0.0] * 48 + [30.0] * 4 + [0.0] * 8)

    assert told(found(measured=stopped)) == [(Severity.WARNING, "errors 8.0 %, easing")]


@pytest.mark.parametrize(("invoked", "expected"), [(1.0, ["1 of 1 invocations failed"]), (50.0, [])])
def test_a_single_failure_counts_if_most_failed(invoked: float, expected: list[str]) -> None:
    rare = metrics(invocations=[invoked] + [None] * 9, errors=[1.0] + [None] * 9)

    assert [finding.text for finding in found(measured=rare)] == expected


def test_throttling_is_told_with_its_count_and_its_start() -> None:
    findings = found(measured=metrics(invocations=980.0, throttles=[0.0] * 50 + [20.0] * 10))

    start = MINUTE - timedelta(minutes=10)
    assert findings == [Finding(Rule.THROTTLED, Severity.WARNING, "throttled 200 in 15 min", start)]


@pytest.mark.parametrize(
    ("invocations", "throttles", "severity"),
    [
        (100.0, 20.0, Severity.CRITICAL),
        (100_000.0, 5.0, Severity.NOTE),
        (None, 5.0, Severity.CRITICAL),
    ],
)
def test_throttling_is_judged_by_its_share(invocations: float | None, throttles: float, severity: Severity) -> None:
    findings = found(measured=metrics(invocations=invocations, errors=None, throttles=throttles))

    assert [(finding.rule, finding.severity) for finding in findings] == [(Rule.THROTTLED, severity)]


def test_throttling_that_is_over_has_no_moment_it_goes_on_since() -> None:
    assert found(measured=metrics(throttles=[9.0] * 5 + [0.0] * 10))[0].since is None


@pytest.mark.parametrize(
    ("p99_ms", "invocations", "expected"),
    [
        (None, 100.0, []),
        (2300.0, 100.0, []),
        (2520.0, 100.0, [(Severity.WARNING, "p99 at 84 % of the 3 s timeout")]),
        (3000.0, 100.0, [(Severity.CRITICAL, "p99 at the timeout of 3 s")]),
        (3000.0, 1.0, [(Severity.WARNING, "p99 at the timeout of 3 s")]),
        (9000.0, 100.0, []),
    ],
)
def test_durations_are_held_against_the_timeout(
    p99_ms: float | None, invocations: float, expected: list[tuple[Severity, str]]
) -> None:
    assert told(found(measured=metrics(p99_ms=p99_ms, invocations=invocations))) == expected


@pytest.mark.parametrize(("count", "severity"), [(100, Severity.CRITICAL), (1000, Severity.WARNING)])
def test_sampled_timeouts_are_counted(count: int, severity: Severity) -> None:
    reports = sample(count=count, timeouts=3)

    assert told(found(measured=metrics(), reports=reports)) == [(severity, f"timed out 3 of {count:,} sampled")]
    assert told(found(reports=reports)) == [(severity, f"timed out 3 of {count:,} sampled")]


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        (sample(ooms=9, used_mb=1024), [(Severity.CRITICAL, "out of memory, 9 in 15 min")]),
        (sample(used_mb=1019), [(Severity.WARNING, "memory nearly full: 1,019 of 1,024 MB used")]),
        (sample(used_mb=212), [(Severity.NOTE, "oversized: 212 of 1,024 MB used")]),
        (sample(used_mb=212, count=3), []),
        (sample(used_mb=3000), []),
        (sample(used_mb=None), []),
    ],
)
def test_memory_is_judged_by_what_was_used(reports: ReportSample, expected: list[tuple[Severity, str]]) -> None:
    assert told(found(reports=reports)) == expected


@pytest.mark.parametrize(
    ("insights_mb", "sampled", "expected"),
    [
        (1_019.0, sample(used_mb=600), ["memory nearly full: 1,019 of 1,024 MB used"]),
        (300.0, sample(used_mb=1_019), ["oversized: 300 of 1,024 MB used"]),
        (300.0, None, ["oversized: 300 of 1,024 MB used"]),
    ],
)
def test_memory_is_judged_by_the_reading_that_its_column_shows(
    insights_mb: float, sampled: ReportSample | None, expected: list[str]
) -> None:
    shown = row(function(), replace(metrics(), used_mb=insights_mb), sampled, (), NOW)

    assert shown.used_mb == insights_mb
    assert [finding.text for finding in shown.findings] == expected


def test_reports_from_before_a_change_say_nothing_of_what_runs_now() -> None:
    changed = function(last_modified=MINUTE + timedelta(seconds=1))

    assert found(changed, reports=sample(ooms=9)) == []


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        (sample(cold=12, init_p95_ms=1900.0), [(Severity.WARNING, "cold starts 12 %, init p95 1.9 s")]),
        (sample(cold=12, init_p95_ms=300.0), []),
        (sample(cold=3, init_p95_ms=1900.0), []),
        (sample(count=2, cold=2, init_p95_ms=1900.0), []),
    ],
)
def test_cold_starts_matter_if_many_and_slow(reports: ReportSample, expected: list[tuple[Severity, str]]) -> None:
    assert told(found(reports=reports)) == expected


@pytest.mark.parametrize(
    ("runtime", "expected"),
    [
        ("python3.13", []),
        ("python3.8", [(Severity.NOTE, "python3.8 deprecated 2 years ago")]),
        ("nodejs20.x", [(Severity.NOTE, "nodejs20.x deprecated 6 months ago")]),
        ("dotnet8", [(Severity.NOTE, "dotnet8 deprecated in 7 days")]),
        ("nodejs12.x", [(Severity.WARNING, "nodejs12.x deprecated, updates blocked")]),
        (None, []),
    ],
)
def test_a_runtime_past_its_days_is_noted(runtime: str | None, expected: list[tuple[Severity, str]]) -> None:
    assert told(found(function(runtime=runtime))) == expected


def test_a_block_that_draws_near_is_a_warning() -> None:
    findings = found(function(runtime="python3.8"), now=NOW.replace(year=2027, month=2, day=1))

    assert told(findings) == [(Severity.WARNING, "python3.8 deprecated, updates blocked in 30 days")]


def test_an_alarm_that_nothing_explains_is_told() -> None:
    findings = found(measured=metrics(), alarms=(alarm(), alarm("Duration", name="slow")))

    assert findings == [Finding(Rule.ALARM, Severity.CRITICAL, "alarm checkout-errors +1", MINUTE)]


def test_a_finding_that_explains_an_alarm_stands_for_it() -> None:
    findings = found(measured=metrics(errors=4.0), alarms=(alarm(),))

    assert told(findings) == [(Severity.CRITICAL, "errors 4.0 %")]


@pytest.mark.parametrize(
    "quiet",
    [
        alarm(state=AlarmState.OK),
        alarm(state=AlarmState.INSUFFICIENT_DATA),
        alarm(function_name=None),
        alarm(function_name="other"),
    ],
)
def test_only_a_ringing_alarm_of_the_function_counts(quiet: Alarm) -> None:
    assert found(measured=metrics(), alarms=(quiet,)) == []


def test_the_cause_stands_before_the_symptom() -> None:
    findings = found(
        function(runtime="python3.8"),
        metrics(invocations=1000.0, errors=RISEN, throttles=5.0),
        sample(ooms=2, cold=50, init_p95_ms=900.0),
    )

    assert [finding.rule for finding in findings] == [
        Rule.OUT_OF_MEMORY,
        Rule.ERRORS_RISING,
        Rule.THROTTLED,
        Rule.COLD_STARTS,
        Rule.RUNTIME,
    ]


def test_the_moment_is_told_in_one_sentence() -> None:
    plain = Finding(Rule.ERRORS_RISING, Severity.CRITICAL, "errors ×15", BEGAN)
    blamed = Finding(Rule.ERRORS_RISING, Severity.CRITICAL, "errors ×15 since deployment", BEGAN)

    assert plain.told("14:19") == "errors ×15 since 14:19"
    assert blamed.told("14:19") == "errors ×15 since deployment, 14:19"


IDLE = metrics(invocations=None, errors=None, throttles=None)


@pytest.mark.parametrize(
    ("severity", "measured", "state"),
    [
        (Severity.CRITICAL, metrics(), Health.SICK),
        (Severity.CRITICAL, None, Health.SICK),
        (Severity.WARNING, metrics(), Health.WARNING),
        (Severity.NOTE, metrics(), Health.FINE),
        (None, metrics(), Health.FINE),
        (Severity.NOTE, IDLE, Health.IDLE),
        (None, IDLE, Health.IDLE),
        (None, None, Health.UNKNOWN),
    ],
)
def test_the_state_follows_the_worst_finding_then_the_traffic(
    severity: Severity | None, measured: FunctionMetrics | None, state: Health
) -> None:
    findings = [Finding(Rule.ALARM, severity, "")] if severity else []

    assert state_of(findings, measured) is state


def test_the_sickest_sort_highest() -> None:
    critical, warning, note = (Finding(Rule.ERRORS, severity, "") for severity in reversed(Severity))
    order = [
        sickness([critical], metrics(errors=50.0)),
        sickness([critical], metrics(errors=1.0)),
        sickness([critical], None),
        sickness([warning], metrics(invocations=1e6, throttles=1e6)),
        sickness([note], metrics(invocations=5000.0)),
        sickness([], metrics()),
        sickness([note], IDLE),
    ]

    assert order == sorted(order, reverse=True)
    assert len(set(order)) == len(order)


minutes = st.none() | st.lists(st.none() | st.integers(0, 10_000_000).map(float), max_size=60)
"""CloudWatch counts in whole numbers."""


@given(
    invocations=minutes,
    errors=minutes,
    throttles=minutes,
    p99_ms=st.none() | st.floats(0, 1e6),
    ahead_s=st.integers(-7200, 7200),
    ooms=st.integers(0, 5),
    used_mb=st.none() | st.integers(0, 20_000),
    name=st.text(max_size=300),
)
def test_any_figures_give_short_texts_strongest_first(
    invocations: Minutes,
    errors: Minutes,
    throttles: Minutes,
    p99_ms: float | None,
    ahead_s: int,
    ooms: int,
    used_mb: int | None,
    name: str,
) -> None:
    measured = metrics(invocations=invocations, errors=errors, throttles=throttles, p99_ms=p99_ms)
    now = NOW + timedelta(seconds=ahead_s)

    findings = found(None, measured, sample(ooms=ooms, used_mb=used_mb), (alarm(name=name),), now)

    assert [f.severity for f in findings] == sorted((f.severity for f in findings), reverse=True)
    assert all(0 < len(finding.text) <= 60 for finding in findings)
    assert sickness(findings, measured) >= 0
