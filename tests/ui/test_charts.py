"""Charts over time: axes, gaps, marks and names, as text."""

import subprocess
import sys
from datetime import UTC, timedelta, timezone

import pytest
from textual.app import App, ComposeResult

from lambdatop.ui.widgets import canvas
from lambdatop.ui.widgets.axes import round_top, time_ticks
from lambdatop.ui.widgets.charts import Chart, Line, Mark, Plot, chart
from lambdatop.words import format
from lambdatop.words.spans import Span, Tone

NOON = 1_790_000_000 // 86_400 * 86_400 + 43_200


def plot(*lines: Line, marks: tuple[Mark, ...] = (), top: float | None = None) -> Plot:
    return Plot(lines=lines, x0=NOON - 3_600, x1=NOON, marks=marks, top=top, tz=UTC)


def texts(rows: list[list[Span]]) -> list[str]:
    return ["".join(text for text, _ in row) for row in rows]


def toned(rows: list[list[Span]], tone: Tone) -> str:
    return "".join(text for row in rows for text, its in row if its == tone)


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 1), (1, 1), (3.2, 4), (99, 100), (101, 120), (843, 1_000), (0.0021, 0.0024), (2_100, 2_400)],
)
def test_the_top_of_the_axis_is_round(highest: float, top: float) -> None:
    assert round_top(highest) == pytest.approx(top)


def test_ticks_stand_at_round_clock_times_of_the_zone() -> None:
    half_past = timezone(timedelta(hours=5, minutes=30))

    assert [tick.label for tick in time_ticks(NOON - 3_600, NOON, 40, UTC)] == [
        "11:00",
        "11:15",
        "11:30",
        "11:45",
        "12:00",
    ]
    assert [tick.label for tick in time_ticks(NOON - 3_600, NOON, 10, half_past)] == ["17:00"]
    assert [tick.label for tick in time_ticks(NOON - 86_400 * 3, NOON, 30, UTC)] == ["Sat 19", "Sun 20", "Mon 21"]


def test_a_chart_has_round_axes_and_names_its_lines() -> None:
    rows = texts(chart(plot(Line(name="inv", values=(380.0,) * 60)), 60, 10))

    assert [len(row) for row in rows] == [60] * 10
    assert rows[0].startswith("400 ┤")
    assert rows[7].startswith("  0 ┤")
    assert rows[8].startswith("    └┬───")
    assert "11:30" in rows[9]
    assert rows[0].endswith("inv 380")


def test_names_stand_in_the_order_of_their_last_values_and_never_on_each_other() -> None:
    lines = [Line(name=f"p{i}", values=(float(i),) * 60) for i in (50, 95, 99)]

    rows = texts(chart(plot(*lines, top=10_000), 60, 10))

    assert [row[-6:].strip() for row in rows[5:8]] == ["p99 99", "p95 95", "p50 50"]


def test_absent_minutes_are_a_gap() -> None:
    values = (5.0,) * 20 + (None,) * 20 + (5.0,) * 20

    row = texts(chart(plot(Line(name="", values=values)), 60, 10))[0]

    left, _, right = row[2:-2].strip().partition(" " * 12)
    assert left
    assert right


def test_a_single_point_between_gaps_is_seen() -> None:
    rows = chart(plot(Line(name="x", values=(None, 5.0, None), tone="bad")), 60, 10)

    assert toned(rows, "bad").removesuffix("x 5").strip("\u2800 ")


def test_the_minute_still_filling_is_faint_and_not_a_fall() -> None:
    full = chart(plot(Line(name="", values=(8.0,) * 9 + (1.0,), tone="accent")), 60, 10)
    filling = chart(plot(Line(name="", values=(8.0,) * 9 + (1.0,), tone="accent", filling=True)), 60, 10)

    assert [any(tone == "accent" for _, tone in row[:-1]) for row in full[1:7]] == [True] * 6
    assert [any(tone == "accent" for _, tone in row) for row in filling[1:7]] == [False] * 6
    assert any("\u2800" < character <= "\u28ff" for text, tone in filling[6] if tone == "dim" for character in text)


def test_marks_stand_behind_the_lines_with_their_names_on_top() -> None:
    rows = texts(
        chart(plot(Line(name="", values=(5.0,) * 60), marks=(Mark(NOON - 1_800, "v42"), Mark(0, "old"))), 60, 10)
    )

    assert [row.count("┆") for row in rows] == [0, 1, 1, 1, 1, 1, 1, 1, 0, 0]
    assert "v42" in rows[0]
    assert "old" not in "".join(rows)


def test_a_mark_at_the_end_is_named_on_its_left() -> None:
    rows = texts(chart(plot(Line(name="", values=(None,) * 60), marks=(Mark(NOON, "v42"),)), 60, 10))

    assert "v42┆" in rows[0]


def test_values_are_written_in_their_unit() -> None:
    latency = Plot(lines=(Line(name="p95", values=(843.0, 1_900.0)),), x0=0, x1=120, unit=format.duration, tz=UTC)

    rows = texts(chart(latency, 60, 10))

    assert rows[0].startswith("2.0 s ┤")
    assert any(row.endswith("p95 1.9 s") for row in rows)


def test_long_names_leave_room_for_the_lines() -> None:
    rows = texts(chart(plot(Line(name="a very long name of a metric", values=(5.0,) * 60)), 40, 8))

    assert all(len(row) == 40 for row in rows)
    assert "a very long …" in rows[0]


@pytest.mark.parametrize(("width", "height"), [(10, 3), (29, 20), (60, 3), (1, 1), (0, 0)])
def test_too_small_a_place_gets_a_sparkline(width: int, height: int) -> None:
    rows = texts(chart(plot(Line(name="x", values=(0.0, 7.0))), width, height))

    assert rows == (["▁█".rjust(width)[-width:] if width > 1 else "█"[:width]] if height else [])


def test_every_size_is_filled_exactly() -> None:
    line = Line(name="x", values=tuple(float(i % 7) for i in range(600)))

    for width, height in ((30, 4), (31, 5), (47, 6), (80, 16), (200, 50)):
        rows = texts(chart(plot(line), width, height))
        assert [len(row) for row in rows] == [width] * height


def test_nothing_to_show_is_no_chart() -> None:
    assert chart(plot(), 60, 10) == []
    assert len(chart(plot(Line(name="x", values=())), 60, 10)) == 10


def test_plotext_is_imported_by_the_first_drawing_and_not_before() -> None:
    loaded = "print('plotext' in sys.modules)"
    program = f"import sys; from lambdatop.ui.widgets import canvas, charts; {loaded}; canvas.load(); {loaded}"

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout.split() == ["False", "True"]


def test_one_drawing_leaves_nothing_behind_in_the_next() -> None:
    stroke = canvas.Stroke(0.0, 0.5, (1.0, 1.0, 1.0), 3)

    alone = canvas.draw((stroke,), 20, 5, x1=1.0, y1=2.0)
    canvas.draw((canvas.Stroke(0.0, 0.1, (5.0,) * 9, 1),), 40, 9, x1=9.0, y1=9.0)
    canvas.draw.cache_clear()

    assert canvas.draw((stroke,), 20, 5, x1=1.0, y1=2.0) == alone
    assert {ink.ink for row in alone for ink in row} == {3}


async def test_a_chart_is_drawn_anew_only_for_another_plot_or_size() -> None:
    class Host(App[None]):
        def compose(self) -> ComposeResult:
            yield Chart(id="chart")

    app = Host()
    async with app.run_test(size=(60, 10)) as pilot:
        widget = app.query_one(Chart)
        widget.show(plot(Line(name="x", values=(1.0, 2.0))))
        await pilot.pause()
        first = widget.render_line(0)
        widget.show(plot(Line(name="x", values=(1.0, 2.0))))
        await pilot.pause()
        second = widget.render_line(0)
        widget.show(plot(Line(name="x", values=(1.0, 200.0))))
        await pilot.pause()
        third = widget.render_line(0)
        widget.show(None)
        await pilot.pause()

        assert second is first
        assert third.text != first.text
        assert widget.render_line(0).text.strip() == ""
