"""The panes of cold starts and of Lambda Insights, as a user sees them; nothing is paid for without a yes."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from lambdatop.config import Config
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.cost.scan_price import ScanPrice
from lambdatop.model.focus import Focus, QueryAgreed
from lambdatop.model.invocations.cold_starts import ColdStarts, Origin
from lambdatop.model.metrics import Series, Window
from lambdatop.state import State, reduce
from lambdatop.ui.content.plots import SAMPLES, cold_plot, cost_plot, memory_plot, used_plot
from lambdatop.ui.panes.cold_starts import StartsPane, about, absence, hint, origin, sentence
from lambdatop.ui.panes.insights import InsightsPane
from lambdatop.ui.screens.confirm import ConfirmScreen
from lambdatop.ui.screens.fleet import FleetScreen
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.widgets.chartgrid import ChartGrid
from lambdatop.ui.widgets.charts import Chart
from lambdatop.ui.widgets.table import Table
from lambdatop.updates import FocusMoved
from tests.model.factories import NOW
from tests.ui.driving import Driver, driving

driven = pytest.mark.asyncio(loop_scope="module")

START = int(NOW.timestamp()) // 60 * 60 - 3_600
WINDOW = Window(NOW.replace(second=0) - timedelta(hours=1), NOW.replace(second=0))


def starts(*, invocations: int = 9_000, sampled: bool = True, source: Origin = Origin.REPORTS) -> ColdStarts:
    nothing = Series(START, 60, (None,) * 60)
    return ColdStarts(
        origin=source,
        window=WINDOW,
        period_s=60,
        sampled=sampled,
        invocations=invocations,
        cold=1_080 if invocations else 0,
        init_p50_ms=1_800.0,
        init_p95_ms=2_600.0,
        init_usd_per_month=4.10,
        versions=(),
        cold_by_period=Series(START, 60, tuple(5.0 if i % 5 == 2 else None for i in range(60))),
        init_p95_by_period=nothing,
        concurrency=nothing,
        used_mb=nothing,
        size_mb=nothing,
        price=ScanPrice(3 * 2**30, 0.0189),
    )


def text(spans: list[tuple[str, str]]) -> str:
    return "".join(piece for piece, _ in spans)


def test_the_sentence_says_how_many_how_long_and_what_it_costs() -> None:
    assert text([*sentence(starts())]) == "12.0 % cold · init p95 2.6 s · $4.10 a month of init"


def test_the_origin_and_whether_all_was_looked_at_are_named() -> None:
    assert text([*origin(starts())]) == "from REPORT lines, a sample of 9,000"
    everything = starts(sampled=False, source=Origin.QUERY)
    assert text([*origin(everything)]) == "from Logs Insights, all 9,000 invocations"


def test_a_query_is_offered_with_its_price_where_not_all_was_looked_at() -> None:
    assert text([*hint(starts())]) == "Q counts all, for about $0.02"
    assert hint(starts(sampled=False)) == []
    assert about(ScanPrice(10, 1e-8)) == "less than $0.01"


def test_why_there_is_nothing_is_said() -> None:
    assert absence(starts()) is None
    assert absence(starts(invocations=0)) == "not invoked in this window"
    assert "no trace" in (absence(starts(invocations=0, source=Origin.TRACES)) or "")


def test_a_samples_points_are_joined() -> None:
    cold, _ = cold_plot(starts()).lines

    assert cold.values == (5.0,) * SAMPLES


def test_memory_is_drawn_below_its_size_but_not_where_it_is_full() -> None:
    read, sizes = Series(START, 60, (400.0, None, 1_020.0)), Series(START, 60, (512.0, 1_024.0, 1_024.0))
    used, size = memory_plot(read, sizes, WINDOW).lines

    assert used.values == (400.0, None, 1_020.0)
    assert size.values == (512.0, 1_024.0, None)


def test_the_limit_of_memory_is_the_size_that_ran_then() -> None:
    read = Series(START, 60, (400.0, 410.0, 405.0))
    ran = replace(starts(), sampled=False, used_mb=read, size_mb=Series(START, 60, (512.0, None, None)))
    unknown = replace(ran, size_mb=Series(START, 60, (None, None, None)))

    assert [used_plot(each, 1_024).lines[1].values for each in (ran, unknown)] == [(512.0,) * 3, (1_024,) * 3]


def test_cost_is_told_as_a_rate() -> None:
    (line,) = cost_plot(Series(START, 60, (0.01, None)), WINDOW).lines

    assert line.values[0] == pytest.approx(0.6)
    assert line.values[1] is None


def test_a_yes_holds_for_the_function_and_window_it_was_given_for() -> None:
    agreed = QueryAgreed("orders", 180, None)
    asked = Focus(function="orders", query=agreed)

    assert asked.agreed is agreed
    assert Focus(function="orders", window_minutes=60, query=agreed).agreed is None
    assert reduce(State(), FocusMoved(Focus(function="other", query=agreed))).focus.agreed is None


async def opened(driver: Driver, key: str) -> None:
    await driver.on_screen(FunctionScreen)
    await driver.until(lambda: driver.app.screen.query(StartsPane))
    await driver.press(key)


@driven
async def test_cold_starts_are_told_with_charts_and_versions(account: Emulator) -> None:
    async with driving(account.url, config=Config(function="checkout-api")) as driver:
        await opened(driver, "S")

        await driver.sees("─ cold starts · checkout-api · 3 h", "% cold · init p95", "from REPORT lines, a sample of")
        await driver.sees("VERSION", "ALIAS", "live", "Q counts all, for", "cold ", "concurrent")
        await driver.until(lambda: driver.one(StartsPane).has_focus_within)


@driven
@pytest.mark.parametrize("keys", [["enter"], ["escape"], ["n"], ["q"]])
async def test_without_a_yes_no_query_is_started(account: Emulator, keys: list[str]) -> None:
    async with driving(account.url, config=Config(function="checkout-api")) as driver:
        await opened(driver, "S")
        await driver.sees("Q counts all, for")
        await driver.press("Q")
        await driver.on_screen(ConfirmScreen)
        await driver.sees("count every cold start with Logs Insights?", "It scans 3 h of /aws/lambda/checkout-api")
        await driver.press(*keys)
        await driver.on_screen(FunctionScreen)

        assert driver.app.state.focus.query is None
        assert "logs.StartQuery" not in account.calls


@driven
@pytest.mark.parametrize("keys", [["y"], ["down", "enter"]])
async def test_a_yes_has_all_of_it_counted_once(account: Emulator, keys: list[str]) -> None:
    async with driving(account.url, config=Config(function="shipping-quote-api")) as driver:
        await opened(driver, "S")
        await driver.sees("Q counts all, for")
        await driver.press("Q")
        await driver.on_screen(ConfirmScreen)
        await driver.press(*keys)
        await driver.sees("from Logs Insights, all")
        await driver.press("ctrl+r")
        await driver.until(driver.has_figures)

        await driver.sees("from Logs Insights, all")
        assert account.calls["logs.StartQuery"] == 1
        await driver.until(lambda: driver.app.state.api.cost_usd > 0)


@driven
async def test_who_leaves_while_it_counts_stops_the_query(account: Emulator) -> None:
    account.faults["logs.GetQueryResults"] = Fault.delayed(20.0, times=1)

    async with driving(account.url, config=Config(function="shipping-quote-api")) as driver:
        await opened(driver, "S")
        await driver.sees("Q counts all, for")
        await driver.press("Q")
        await driver.on_screen(ConfirmScreen)
        await driver.press("y")
        await driver.until(lambda: account.calls["logs.StartQuery"])
        await driver.sees("Logs Insights is counting …")
        await driver.press("escape", "escape")
        await driver.on_screen(FleetScreen)

        await driver.until(lambda: account.calls["logs.StopQuery"])


@driven
async def test_a_price_that_is_not_known_starts_nothing(account: Emulator) -> None:
    account.faults["logs.DescribeLogGroups"] = Fault.denied()

    async with driving(account.url, config=Config(function="checkout-api")) as driver:
        await opened(driver, "S")
        await driver.sees("its price needs logs:DescribeLogGroups")
        await driver.press("Q")

        assert isinstance(driver.app.screen, FunctionScreen)


@driven
@pytest.mark.parametrize("size", [(80, 24), (150, 42), (200, 60)])
async def test_insights_are_told_in_words_charts_and_records(account: Emulator, size: tuple[int, int]) -> None:
    async with driving(account.url, size=size, config=Config(function="image-resize")) as driver:
        await opened(driver, "n")

        await driver.sees("─ insights · image-resize · layer 64, x86_64 · 3 h", "CPU p95", "▲ CPU-bound:")
        await driver.sees("TIME", "CPU %", "MEMORY MB", "FDS", "used", "of 1,024 MB")
        await driver.until(lambda: driver.one(InsightsPane).query_one(Table).has_focus)


@driven
async def test_without_the_layer_memory_and_the_way_to_attach_it_are_shown(account: Emulator) -> None:
    async with driving(account.url, config=Config(function="checkout-api")) as driver:
        await opened(driver, "n")

        await driver.sees("Lambda Insights is not attached · memory, init from REPORT lines, sampled")
        await driver.sees("aws iam attach-role-policy", "LambdaInsightsExtension:VERSION", "It costs about $")
        await driver.until(
            lambda: len([c for c in driver.one(InsightsPane).query_one(ChartGrid).query(Chart) if c.size.area]) == 2
        )


@driven
async def test_a_pane_nobody_sees_asks_nothing(account: Emulator) -> None:
    """On a terminal so low that the charts never have room for cold starts, not even before findings stand above."""
    async with driving(account.url, size=(150, 32), config=Config(function="checkout-api")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(driver.has_answers)

        assert driver.app.state.seen.starts is None
        assert "logs.DescribeLogGroups" not in account.calls


@driven
async def test_a_function_opened_by_name_has_its_memory_and_cold_starts_told(account: Emulator) -> None:
    name = "shipping-quote-api"

    async with driving(account.url, config=Config(function=name)) as driver:
        await driver.on_screen(FunctionScreen)

        await driver.until(lambda: driver.app.state.fleet.rows[name].used_mb)


@driven
async def test_trouble_of_the_source_is_said_in_the_pane(account: Emulator) -> None:
    account.faults["logs.FilterLogEvents"] = Fault.denied()

    async with driving(account.url, config=Config(function="checkout-api")) as driver:
        await opened(driver, "S")

        await driver.until(lambda: driver.app.state.seen.starts is not None)
        await driver.sees("from X-Ray traces, a sample of", "needs logs:FilterLogEvents")
