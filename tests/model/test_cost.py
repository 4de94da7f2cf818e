"""Prices and costs against figures worked out by hand."""

import pytest

from lambdatop.model.cost.cost import cost_usd, usd_per_hour
from lambdatop.model.reference.prices import rates
from tests.model.factories import function, metrics


def test_a_million_seconds_at_a_gigabyte_and_a_million_requests_have_the_list_price() -> None:
    spent = cost_usd(function(memory_mb=1024), duration_ms=1e9, invocations=1e6)

    assert spent == pytest.approx(16.6667 + 0.20)


def test_arm_is_a_fifth_cheaper() -> None:
    assert cost_usd(function(architecture="arm64"), duration_ms=1e9, invocations=0) == pytest.approx(13.3334)


def test_a_dear_region_is_dear() -> None:
    assert cost_usd(function(region="af-south-1"), duration_ms=1e9, invocations=1e6) == pytest.approx(22.1 + 0.27)


def test_only_ephemeral_storage_beyond_the_included_half_gigabyte_is_billed() -> None:
    plain = cost_usd(function(), duration_ms=1e9, invocations=0)
    large = cost_usd(function(ephemeral_mb=512 + 10_240), duration_ms=1e9, invocations=0)

    assert large - plain == pytest.approx(10 * 1e6 * 3.4e-8)


def test_another_memory_size_can_be_priced() -> None:
    one = cost_usd(function(memory_mb=1024), duration_ms=1e9, invocations=0)

    assert cost_usd(function(memory_mb=1024), duration_ms=1e9, invocations=0, memory_mb=1536) == pytest.approx(
        1.5 * one
    )


def test_what_ran_on_provisioned_concurrency_has_its_own_rate() -> None:
    half = cost_usd(function(memory_mb=1024), duration_ms=1e9, invocations=0, provisioned=0.5)

    assert half == pytest.approx((16.6667 + 10.8407) / 2)


def test_an_unknown_region_is_priced_like_the_first() -> None:
    assert rates("mx-central-1", "x86_64").duration_gb_s == rates("us-east-1", "x86_64").duration_gb_s


def test_provisioned_concurrency_is_a_fifth_cheaper_on_arm() -> None:
    assert rates("us-east-1", "arm64").provisioned_gb_s == pytest.approx(3.3334e-6, rel=1e-4)
    assert rates("us-east-1", "arm64").provisioned_duration_gb_s == pytest.approx(7.7778e-6, rel=1e-4)


def test_the_window_is_scaled_to_an_hour() -> None:
    quarter = metrics(invocations=100.0, duration_sum_ms=75_000.0, window_minutes=15)

    assert usd_per_hour(function(), quarter) == pytest.approx(4 * (75 * 16.6667e-6 + 1500 * 0.2e-6))


def test_an_idle_function_has_no_cost_to_show() -> None:
    assert usd_per_hour(function(), metrics(invocations=None, duration_sum_ms=None)) is None
