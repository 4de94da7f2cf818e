"""Cold starts summed up from tallies, and what a query over the log will cost."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lambdatop.model.cost.scan_price import scan_price
from lambdatop.model.invocations.cold_starts import (
    ColdStartBasis,
    ColdStarts,
    Origin,
    Tally,
    aliases_of,
    counted,
    version_of,
)
from lambdatop.model.metrics import Series, Window
from tests.model.factories import MINUTE, NOW, function

START = int(MINUTE.timestamp()) - 180
WINDOW = Window(MINUTE - timedelta(minutes=3), MINUTE)


def minutes(*values: float | None) -> Series:
    return Series(START, 60, values)


def setting(invoked: Series, *, snap_start: bool = False) -> ColdStartBasis:
    return ColdStartBasis(
        function=replace(function(), snap_start=snap_start),
        window=WINDOW,
        period_s=60,
        invoked=invoked,
        concurrency=minutes(1, 2, 3),
        aliases={"42": ("live",)},
    )


def tally(minute: int, invocations: int, *inits_ms: float, version: str = "42", used_mb: float = 100) -> Tally:
    return Tally(
        at=START + 60 * minute,
        version=version,
        invocations=invocations,
        cold=len(inits_ms),
        inits_ms=inits_ms,
        used_mb=used_mb,
    )


def count(tallies: Sequence[Tally], invoked: Series, read: Sequence[int] = (0, 1, 2)) -> ColdStarts:
    periods = frozenset(START + 60 * minute for minute in read)
    return counted(tallies, setting(invoked), Origin.REPORTS, read=periods, sampled=len(read) < 3)


def test_all_that_was_read_is_summed_up() -> None:
    starts = count([tally(0, 10, 100, 300), tally(1, 30, 200), tally(1, 10, version="41")], minutes(10, 40, None))

    assert (starts.invocations, starts.cold, starts.percent) == (50, 3, 6)
    assert (starts.init_p50_ms, starts.init_p95_ms) == (200, 300)
    assert starts.cold_by_period.values == (2, 1, 0)
    assert starts.init_p95_by_period.values == (300, 200, None)
    assert not starts.sampled


def test_versions_are_told_apart_the_busiest_first() -> None:
    starts = count([tally(0, 10, 50, version="41"), tally(1, 30, 100, 200)], minutes(10, 30, 0))

    assert [(each.version, each.aliases, each.cold, each.percent) for each in starts.versions] == [
        ("42", ("live",), 2, pytest.approx(20 / 3)),
        ("41", (), 1, 10),
    ]


def test_what_was_not_read_is_unknown_and_not_nought() -> None:
    starts = count([tally(0, 10)], minutes(10, 500, 500), read=[0])

    assert starts.cold_by_period.values == (0, None, None)
    assert starts.sampled


def test_a_period_read_in_part_is_told_as_a_whole() -> None:
    starts = count([tally(0, 50, 100, 100)], minutes(200, 200, 200), read=[0])

    assert starts.cold == 2
    assert starts.cold_by_period.values == (8, None, None)


def test_the_cost_of_init_is_that_of_all_invocations_for_a_month() -> None:
    whole = count([tally(0, 100, *[1_000.0] * 10)], minutes(100, 0, 0))
    tenth = count([tally(0, 100, *[1_000.0] * 10)], minutes(100, 400, 500), read=[0])

    expected = 10 * 1.6666_7e-5 * 30 * 24 * 20  # ten seconds of 1 GB, each three minutes
    assert whole.init_usd_per_month == pytest.approx(expected, rel=1e-4)
    assert tenth.init_usd_per_month == pytest.approx(10 * expected, rel=1e-4)


def test_the_init_of_each_version_is_priced_by_its_own_size() -> None:
    small = replace(tally(0, 50, *[1_000.0] * 10, version="41"), size_mb=512.0)
    large = replace(tally(0, 150, *[1_000.0] * 10), size_mb=2048.0)

    starts = count([small, large], minutes(200, 0, 0))

    large_usd, small_usd = (each.init_usd_per_month or 0 for each in starts.versions)
    assert large_usd == pytest.approx(4 * small_usd)
    assert starts.init_usd_per_month == pytest.approx(5 * small_usd)
    assert starts.size_mb.values == ((50 * 512 + 150 * 2048) / 200, None, None)


def test_snap_start_has_no_init_to_pay_for() -> None:
    starts = counted(
        [tally(0, 1, 100)],
        setting(minutes(1, 0, 0), snap_start=True),
        Origin.REPORTS,
        read=frozenset({START}),
        sampled=False,
    )

    assert starts.init_usd_per_month is None


def test_without_an_invocation_nothing_is_claimed() -> None:
    starts = count([], minutes(None, None, None))

    assert (starts.invocations, starts.percent, starts.init_p95_ms, starts.init_usd_per_month) == (0, None, None, None)
    assert starts.versions == ()


@pytest.mark.parametrize(
    ("stream", "version"),
    [
        ("2026/11/03/[42]0123456789abcdef", "42"),
        ("2026/11/03/[$LATEST]0123456789abcdef", "$LATEST"),
        ("2026/11/03/orders[7]0123456789abcdef", "7"),
        ("orders", "$LATEST"),
        ("", "$LATEST"),
    ],
)
def test_a_stream_names_its_version(stream: str, version: str) -> None:
    assert version_of(stream) == version


def test_aliases_are_known_by_the_versions_they_point_to() -> None:
    assert aliases_of([("live", "42"), ("canary", "42"), ("old", "41")]) == {"42": ("canary", "live"), "41": ("old",)}


@given(
    st.lists(st.builds(tally, st.integers(0, 2), st.integers(1, 9), st.floats(0, 1e4), version=st.sampled_from("12"))),
    st.lists(st.none() | st.integers(0, 99), min_size=3, max_size=3),
)
def test_versions_add_up_to_the_whole(tallies: list[Tally], invoked: list[float | None]) -> None:
    starts = count(tallies, minutes(*invoked))

    assert sum(each.invocations for each in starts.versions) == starts.invocations
    assert sum(each.cold for each in starts.versions) == starts.cold


def test_a_query_costs_its_share_of_the_log_group() -> None:
    day = Window(NOW - timedelta(days=1), NOW)

    price = scan_price(
        stored_bytes=100 * 2**30,
        created=NOW - timedelta(days=400),
        retention_days=10,
        window=day,
        region="us-east-1",
        now=NOW,
    )

    assert price.scanned_bytes == pytest.approx(10 * 2**30)
    assert price.usd == pytest.approx(0.05)


def test_a_window_longer_than_the_log_costs_the_whole_log() -> None:
    week = Window(NOW - timedelta(days=7), NOW + timedelta(minutes=1))

    price = scan_price(
        stored_bytes=2**30,
        created=NOW - timedelta(days=1),
        retention_days=None,
        window=week,
        region="eu-central-1",
        now=NOW,
    )

    assert price.usd == pytest.approx(0.0063)
