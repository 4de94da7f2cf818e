"""What a row says of a function, and what it does not pretend to know."""

import pytest

from lambdatop.model.fleet.diagnosis import Health
from lambdatop.model.fleet.fleet import active
from lambdatop.model.fleet.row import row
from tests.model.factories import NOW, function, metrics, sample


def test_rates_and_sums_are_over_the_window() -> None:
    one = row(function(), metrics(invocations=100.0, errors=2.0, throttles=1.0, window_minutes=15), None, (), NOW)

    assert (one.invocations, one.errors, one.throttles) == (1500, 30, 15)
    assert one.invocations_per_min == 100
    assert one.error_pct == pytest.approx(2)


def test_without_metrics_every_figure_is_unknown() -> None:
    one = row(function(), None, None, (), NOW)

    assert (one.invocations, one.errors, one.throttles, one.error_pct, one.cost_usd_per_hour) == (None,) * 5
    assert (one.used_mb, one.cold_pct, one.alarm_state, one.why) == (None,) * 4


def test_a_function_that_was_not_invoked_has_no_error_rate() -> None:
    one = row(function(), metrics(invocations=None, errors=None), None, (), NOW)

    assert (one.invocations, one.error_pct) == (None, None)


def test_zero_errors_of_many_invocations_are_none() -> None:
    one = row(function(), metrics(errors=0.0), None, (), NOW)

    assert (one.errors, one.error_pct, one.state) == (0, 0, Health.FINE)


def test_memory_and_cold_starts_come_from_the_sampled_reports() -> None:
    one = row(function(), metrics(), sample(count=200, cold=10, used_mb=700), (), NOW)

    assert (one.used_mb, one.cold_pct) == (700, 5)


def test_the_active_are_those_invoked_in_the_window() -> None:
    rows = [
        row(function(name="a"), metrics(), None, (), NOW),
        row(function(name="b"), metrics(invocations=None), None, (), NOW),
        row(function(name="c"), None, None, (), NOW),
    ]

    assert active(rows) == 1
