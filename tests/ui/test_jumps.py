"""From a trace to its lines, from a line or an invocation to its trace, from a minute to its traces; and back."""

import pytest

from lambdatop.config import Config
from lambdatop.emulator.server import Emulator
from lambdatop.model.logs.levels import LineKind
from lambdatop.model.logs.line import read
from lambdatop.ui.panes.charts import ChartsPane
from lambdatop.ui.panes.invocations import InvocationsPane
from lambdatop.ui.panes.log.pane import LogPane
from lambdatop.ui.panes.traces import TracesPane
from lambdatop.ui.screens.function import FunctionScreen
from lambdatop.ui.screens.invocation import InvocationScreen
from lambdatop.ui.screens.request import RequestScreen
from lambdatop.ui.screens.trace import TraceScreen
from lambdatop.ui.widgets.loglines import LogLines
from lambdatop.ui.widgets.table import Table
from tests.ui.driving import AT, Driver, driving

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAME = "checkout-api"
OPENED = Config(function=NAME)
UNTRACED = Config(function="audit-writer")


async def open_trace(driver: Driver) -> None:
    """The newest trace of the list, read."""
    await driver.on_screen(FunctionScreen)
    await driver.until(lambda: driver.app.state.seen.traces and driver.app.state.seen.log)
    await driver.press("x")
    await driver.until(lambda: driver.one(TracesPane).has_focus_within)
    await driver.press("enter")
    await driver.on_screen(TraceScreen)
    await driver.until(lambda: driver.app.state.seen.trace and driver.app.state.seen.trace.roots)


async def enter_log(driver: Driver) -> None:
    """The log on the whole screen, its cursor on the last line but some that REPORTs."""
    await driver.on_screen(FunctionScreen)
    await driver.until(lambda: driver.app.state.seen.log and len(driver.app.state.seen.log.lines))
    await driver.press("l")
    await driver.until(lambda: driver.one(LogPane).has_focus_within)


async def test_a_trace_leads_to_the_lines_of_its_request_and_back(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await open_trace(driver)
        live, trace = driver.app.state.seen.aside, driver.app.state.seen.trace
        assert live is None
        assert trace
        request_id = trace.request_id(NAME)
        assert request_id
        await driver.press("o")
        await driver.on_screen(RequestScreen)
        await driver.sees(f"─ log · {NAME} · request {request_id[:4]}", "START", "REPORT")
        lines = driver.app.state.seen.log.lines if driver.app.state.seen.log else ()
        kinds = [read(line.message).kind for line in lines]
        assert (kinds[0], kinds[-1]) == (LineKind.START, LineKind.REPORT)
        assert len({line.stream for line in lines}) == 1
        assert {read(line.message).request_id for line in lines} <= {request_id, None}
        await driver.press("6", "ctrl+r")
        assert len(driver.app.state.seen.log.lines if driver.app.state.seen.log else ()) == len(kinds)
        await driver.press("escape")
        assert await driver.on_screen(TraceScreen)
        await driver.until(lambda: driver.app.state.seen.trace and driver.app.state.seen.trace.id == trace.id)
        await driver.press("escape", "escape")

        await driver.on_screen(FunctionScreen)
        await driver.sees(f"─ log · {NAME} · following")


async def test_a_line_leads_to_the_trace_of_its_request_and_from_there_to_its_lines(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await enter_log(driver)
        await driver.press("g", "f", *"REPORT", "enter")
        first = driver.one(LogLines).cursor
        await driver.press("x")
        await driver.on_screen(TraceScreen)
        await driver.until(lambda: driver.app.state.seen.trace and driver.app.state.seen.trace.roots)
        trace = driver.app.state.seen.trace
        assert trace
        await driver.press("o")
        await driver.on_screen(RequestScreen)
        await driver.sees("REPORT")
        await driver.press("x")
        await driver.on_screen(TraceScreen)
        await driver.press("escape")
        await driver.on_screen(RequestScreen)
        await driver.press("escape")
        await driver.on_screen(TraceScreen)
        await driver.until(lambda: driver.app.state.seen.trace and driver.app.state.seen.trace.id == trace.id)
        await driver.press("escape")

        await driver.on_screen(FunctionScreen)
        assert driver.one(LogPane).has_focus_within
        assert driver.one(LogLines).cursor == first


async def test_while_the_log_follows_x_shows_the_list_of_traces(account: Emulator) -> None:
    async with driving(account.url, config=OPENED) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.app.state.seen.log and driver.app.state.seen.traces)
        driver.one(LogPane).reader.focus()
        await driver.press("x")

        await driver.until(lambda: driver.one(TracesPane).has_focus_within)


async def test_an_invocation_leads_to_its_trace_from_the_pane_and_from_its_lines(account: Emulator) -> None:
    async with driving(account.url, size=(200, 60), config=Config(function="image-resize")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.app.state.seen.log)
        await driver.press("i")
        await driver.until(lambda: driver.one(InvocationsPane).has_focus_within)
        await driver.sees("● ok")
        table = driver.one(InvocationsPane).query_one(Table)
        traced = next(row for row in table.rows if row.trace_id is not None)
        assert table.move_to(traced.request_id)
        await driver.press("x")
        await driver.on_screen(TraceScreen)
        wanted = driver.app.state.focus.trace_id
        await driver.press("escape", "enter")
        await driver.on_screen(InvocationScreen)
        await driver.press("x")
        await driver.on_screen(TraceScreen)
        assert driver.app.state.focus.trace_id == wanted
        await driver.press("escape")
        await driver.on_screen(InvocationScreen)
        await driver.press("escape")

        await driver.on_screen(FunctionScreen)


async def test_where_there_is_no_trace_one_line_says_why() -> None:
    async with (
        Emulator(functions=20, clock=AT.timestamp) as emulator,
        driving(emulator.url, config=UNTRACED) as driver,
    ):
        await enter_log(driver)
        await driver.press("k", "x", "x")

        said = [notice.message for notice in driver.app._notifications]
        assert len(said) == 1
        assert said[0].startswith("X-Ray tracing is off for audit-writer (PassThrough); switch it on with: aws lambda")
        await driver.on_screen(FunctionScreen)


async def test_a_minute_of_the_charts_leads_to_its_traces(account: Emulator) -> None:
    async with driving(account.url, config=Config(function="image-resize")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.one(ChartsPane).has_focus and driver.app.state.seen.charts)
        await driver.until(lambda: driver.app.state.seen.traces)
        account.calls.clear()
        await driver.press("left", "left", "x")
        await driver.sees("─ traces · 11:58 · ")
        traces = driver.app.state.seen.traces
        assert traces
        assert {f"{trace.start:%H:%M}" for trace in traces if trace.start} == {"11:58"}
        assert account.calls["xray.GetTraceSummaries"] == 1
        await driver.press("enter")
        await driver.on_screen(TraceScreen)
        await driver.press("escape", "escape")

        assert driver.app.state.focus.moment is not None


async def test_a_jump_keeps_the_window_and_the_moment(account: Emulator) -> None:
    async with driving(account.url, config=Config(function="image-resize")) as driver:
        await driver.on_screen(FunctionScreen)
        await driver.until(lambda: driver.one(ChartsPane).has_focus and driver.app.state.seen.charts)
        await driver.press("left_square_bracket", "left", "x")
        await driver.until(lambda: driver.app.state.seen.traces)
        await driver.until(lambda: driver.one(TracesPane).has_focus_within)
        focus = driver.app.state.focus
        await driver.press("enter")
        await driver.until(lambda: driver.app.state.seen.trace and driver.app.state.seen.trace.roots)
        await driver.press("o")
        await driver.on_screen(RequestScreen)
        await driver.press("escape", "escape")
        await driver.on_screen(FunctionScreen)

        assert driver.app.state.focus == focus
        assert focus.moment
        assert focus.moment.start < AT
        await driver.until(lambda: driver.app.state.seen.traces)
