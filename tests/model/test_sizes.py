"""The memory that invocations are priced by: what their reports say they ran with."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from lambdatop.model.cost.cost import usd_by_period, usd_per_hour
from lambdatop.model.cost.memory_sizes import by_period
from lambdatop.model.fleet.fleet import Fleet, listed, measured, sampled
from lambdatop.model.fleet.row import Row
from lambdatop.model.logs.report import Report, size_mb
from lambdatop.model.metrics import Series
from tests.model.factories import MINUTE, NOW, function, metrics, sample

QUARTER = metrics(window_minutes=15)
API = function(memory_mb=1024)


def ran(billed_ms: int | None, memory_mb: int | None) -> Report:
    return Report(request_id="r", duration_ms=1.0, billed_ms=billed_ms, memory_mb=memory_mb, used_mb=None)


def priced(mb: float) -> object:
    return pytest.approx(usd_per_hour(API, QUARTER, mb))


def only(fleet: Fleet) -> Row:
    return fleet.rows[API.name]


FLEET = measured(listed(Fleet(), [API], NOW, complete=True), {API.name: QUARTER}, NOW)


def test_reports_of_several_sizes_have_the_mean_by_what_was_billed() -> None:
    assert size_mb([ran(100, 1024), ran(100, 1024)]) == 1024
    assert size_mb([ran(300, 512), ran(100, 1024)]) == 640
    assert size_mb([ran(None, 512), ran(None, 1024)]) == 768
    assert size_mb([ran(100, None)]) is None


def test_where_no_report_tells_the_size_is_that_of_latest() -> None:
    assert only(FLEET).cost_usd_per_hour == priced(1024)
    assert only(sampled(FLEET, API.name, sample(), NOW)).cost_usd_per_hour == priced(1024)


def test_callers_of_an_alias_are_priced_by_the_size_of_the_version_that_they_run() -> None:
    fleet = sampled(FLEET, API.name, sample(memory_mb=512), NOW)

    assert only(fleet).cost_usd_per_hour == priced(512)
    assert only(measured(fleet, {API.name: QUARTER}, NOW)).cost_usd_per_hour == priced(512)


def test_memory_is_judged_by_the_size_that_callers_run_with() -> None:
    one, several = (only(sampled(FLEET, API.name, sample(used_mb=500, memory_mb=mb), NOW)) for mb in (512, 700.5))

    assert (one.memory_mb, several.memory_mb) == (512, 1024)
    assert one.why is not None
    assert one.why.text == "memory nearly full: 500 of 512 MB used"
    assert several.why is None


def test_a_window_with_a_change_of_memory_is_priced_by_both_sizes() -> None:
    fleet = sampled(FLEET, API.name, sample(memory_mb=1024, until=MINUTE - timedelta(minutes=5)), NOW)
    edited = replace(API, memory_mb=2048, last_modified=MINUTE - timedelta(minutes=4, seconds=50))
    fleet = listed(fleet, [edited], NOW, complete=True)
    at_once = only(fleet).cost_usd_per_hour
    fleet = sampled(fleet, API.name, sample(memory_mb=2048), NOW)

    assert at_once == only(fleet).cost_usd_per_hour == priced((10 * 1024 + 5 * 2048) / 15)


def test_what_was_seen_before_the_window_falls_away() -> None:
    fleet = sampled(FLEET, API.name, sample(memory_mb=512, until=MINUTE - timedelta(hours=1)), NOW)
    fleet = sampled(fleet, API.name, sample(memory_mb=2048), NOW)

    assert [mb for _, mb in only(fleet).sizes] == [2048]
    assert only(fleet).cost_usd_per_hour == priced(2048)


def test_each_period_is_priced_by_the_size_of_then() -> None:
    grid, hour = Series(600, 60, (1.0,) * 5), Series(0, 60, (None,) * 11 + (512.0, None, 1024.0))

    sizes = by_period(hour, grid, 128.0)
    usd = usd_by_period(API, grid, grid, sizes).values

    assert sizes.values == (512.0, 512.0, 512.0, 1024.0, 1024.0)
    assert usd[0] is not None
    assert usd[4] is not None
    assert usd[0] < usd[4]
    assert (
        by_period(None, grid, 128.0).values == by_period(Series(600, 300, (512.0,)), grid, 128.0).values == (128.0,) * 5
    )
