"""The table: what fits, where the cursor stays, and that nothing is painted that has not changed."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.strip import Strip

from lambdatop.ui.widgets.columns import Column, Sort, header_spans, placed, row_spans
from lambdatop.ui.widgets.table import Table
from lambdatop.ui.widgets.tones import cropped, cropped_spans
from lambdatop.words.spans import Span


class Row(Struct, frozen=True):
    name: str
    errors: int = 0
    why: str = ""


def name_of(row: Row) -> str:
    return row.name


def errors_of(row: Row) -> tuple[Span, ...]:
    return ((str(row.errors), "bad" if row.errors else "dim"), (" %", "dim"))


NAME = Column(key="name", title="NAME", width=8, max_width=12, flex=True, align="left", importance=9, cell=name_of)
ERRORS = Column(key="errors", title="ERR", width=6, importance=8, cell=errors_of)
TIMES = Column[Row](key="times", title="TIMES", width=5, importance=1, cell=lambda row: f"{row.errors}x")
WHY = Column[Row](key="why", title="WHY", width=10, flex=True, align="left", importance=7, cell=lambda row: row.why)
COLUMNS = (NAME, ERRORS, TIMES, WHY)


class WatchedTable(Table[Row]):
    """A table that tells which of its lines were painted."""

    def __init__(self) -> None:
        super().__init__(COLUMNS, name_of, id="table")
        self.painted_lines: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.painted_lines.append(y)
        return super().render_line(y)

    def text(self) -> list[str]:
        return [Table.render_line(self, y).text.rstrip() for y in range(self.size.height)]


class Host(App[None]):
    def __init__(self, rows: Sequence[Row] = ()) -> None:
        super().__init__()
        self.table = WatchedTable()
        self.rows = rows
        self.told: list[tuple[str, str | None]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.show(self.rows)
        self.table.focus()

    def on_table_moved(self, event: Table.Moved) -> None:
        self.told.append(("moved", event.key))

    def on_table_opened(self, event: Table.Opened) -> None:
        self.told.append(("opened", event.key))

    def on_table_header_clicked(self, event: Table.HeaderClicked) -> None:
        self.told.append(("header", event.key))


def rows(count: int) -> list[Row]:
    return [Row(f"fn-{i}", i) for i in range(count)]


def text_of(spans: Sequence[Span]) -> str:
    return "".join(text for text, _ in spans)


def test_the_least_important_columns_go_first_where_the_table_is_narrow() -> None:
    widths = {width: [place.column.key for place in placed(COLUMNS, width, gap=2)] for width in (60, 33, 20, 9, 1)}

    assert widths == {
        60: ["name", "errors", "times", "why"],
        33: ["name", "errors", "why"],
        20: ["name", "errors"],
        9: ["name"],
        1: ["name"],
    }


def test_flexible_columns_share_the_width_that_is_left() -> None:
    assert [place.width for place in placed(COLUMNS, 60, gap=2)] == [12, 6, 5, 31]
    assert [place.width for place in placed((ERRORS, TIMES), 60, gap=2)] == [6, 5]
    assert [place.width for place in placed((NAME,), 3, gap=2)] == [3]


def test_numbers_stand_to_the_right_and_names_to_the_left() -> None:
    places = placed(COLUMNS, 43, gap=2)

    assert text_of(row_spans(places, Row("checkout", 12, "throttled"))) == "checkout        12 %    12x  throttled"
    assert text_of(header_spans(places, None)) == "NAME             ERR  TIMES  WHY"


def test_the_sorted_column_bears_a_mark_and_its_title_stays_above_the_numbers() -> None:
    places = placed(COLUMNS, 43, gap=2)

    assert text_of(header_spans(places, Sort("times"))) == "NAME             ERR ▾TIMES  WHY"
    assert text_of(header_spans(places, Sort("name", descending=False))) == "NAME▴            ERR  TIMES  WHY"


def test_wide_characters_are_cropped_by_the_cells_they_take() -> None:
    assert cropped("検索サービス", 7) == "検索サ…"
    assert cropped("検索サービス", 6) == "検索 …"
    assert cropped("checkout", 1) == "…"
    assert cropped("checkout", 0) == ""


@given(
    st.lists(st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd", "So"]), max_size=6), max_size=4),
    st.integers(0, 12),
)
def test_spans_never_take_more_than_their_width(texts: list[str], width: int) -> None:
    spans: list[Span] = [(text, "plain") for text in texts]

    fitting, used = cropped_spans(spans, width)

    assert cell_len(text_of(fitting)) == used <= width
    if cell_len("".join(texts)) <= width:
        assert text_of(fitting) == text_of(spans)
    elif width:
        assert text_of(fitting).endswith("…")


async def test_rows_are_shown_under_a_header_that_stays() -> None:
    app = Host(rows(100))
    async with app.run_test(size=(60, 6)) as pilot:
        await pilot.press("G")

        assert app.table.text() == [
            "  NAME             ERR  TIMES  WHY",
            *(f"  fn-{i}           {i} %    {i}x" for i in range(95, 100)),
        ]


async def test_the_cursor_moves_by_every_key_and_stops_at_the_ends() -> None:
    app = Host(rows(100))
    async with app.run_test(size=(60, 11)) as pilot:
        seen = []
        for key in ("j", "down", "k", "pagedown", "ctrl+d", "ctrl+u", "pageup", "up", "up", "end", "down", "g"):
            await pilot.press(key)
            seen.append(app.table.cursor_key)

    assert seen == [f"fn-{i}" for i in (1, 2, 1, 11, 16, 11, 1, 0, 0, 99, 99, 0)]


async def test_the_cursor_stays_on_its_row_when_the_order_changes() -> None:
    app = Host(rows(100))
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press("j", "j")

        app.table.show(rows(100)[::-1])

        assert app.table.cursor_row == Row("fn-2", 2)
        await pilot.pause()
        assert "  fn-2             2 %     2x" in app.table.text()
        assert app.told == [("moved", "fn-0"), ("moved", "fn-1"), ("moved", "fn-2")]


async def test_before_any_move_the_cursor_stays_on_the_first_row() -> None:
    app = Host(rows(100))
    async with app.run_test(size=(60, 11)):
        app.table.show(rows(100)[::-1])

        assert app.table.cursor_key == "fn-99"


async def test_where_its_row_is_gone_the_cursor_stays_on_its_line() -> None:
    app = Host(rows(5))
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press("j", "j")

        app.table.show([row for row in rows(5) if row.name != "fn-2"])
        after_one = app.table.cursor_key
        app.table.show(rows(1))
        after_most = app.table.cursor_key
        app.table.show([])

        assert (after_one, after_most, app.table.cursor_key) == ("fn-3", "fn-0", None)
        assert app.table.cursor_row is None


async def test_a_row_scrolled_away_from_is_not_scrolled_back_to() -> None:
    app = Host(rows(100))
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press("j")
        app.table.scroll_to(y=50, animate=False)

        app.table.show(rows(99))
        await pilot.pause()

        assert app.table.scroll_offset.y == 50


async def test_fewer_rows_than_were_scrolled_past_leave_no_blank_screen() -> None:
    app = Host(rows(100))
    async with app.run_test(size=(60, 6)) as pilot:
        await pilot.press("G")

        app.table.show(rows(7))
        await pilot.pause()

        assert [line.split()[0] for line in app.table.text()] == ["NAME", "fn-2", "fn-3", "fn-4", "fn-5", "fn-6"]


async def test_only_lines_that_changed_are_painted() -> None:
    app = Host(rows(20))
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.pause()
        app.table.painted_lines.clear()

        app.table.show(rows(20))
        await pilot.pause()
        equal_rows = app.table.painted_lines.copy()
        changed = rows(20)
        changed[3] = Row("fn-3", 99)
        app.table.show(changed)
        await pilot.pause()

        assert (equal_rows, app.table.painted_lines) == ([], [4])


async def test_moving_the_cursor_paints_two_lines() -> None:
    app = Host(rows(20))
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.pause()
        app.table.painted_lines.clear()

        await pilot.press("j")
        await pilot.pause()

        assert app.table.painted_lines == [1, 2]


async def test_enter_and_double_click_open_the_row_and_a_click_selects_it() -> None:
    app = Host(rows(20))
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.click("#table", offset=(5, 4))
        await pilot.press("enter")
        await pilot.double_click("#table", offset=(5, 6))
        await pilot.pause()

    assert app.told == [
        ("moved", "fn-0"),
        ("moved", "fn-3"),
        ("opened", "fn-3"),
        ("moved", "fn-5"),
        ("opened", "fn-5"),
    ]


async def test_a_click_on_a_title_names_its_column() -> None:
    app = Host()
    async with app.run_test(size=(60, 11)) as pilot:
        for x in (3, 19, 50, 59):
            await pilot.click("#table", offset=(x, 0))
        await pilot.click("#table", offset=(5, 5))
        await pilot.pause()

    assert app.told == [("header", "name"), ("header", "errors"), ("header", "why"), ("header", "why")]


async def test_tagged_rows_are_marked_by_a_sign() -> None:
    app = Host(rows(3))
    async with app.run_test(size=(60, 11)) as pilot:
        app.table.marked = frozenset({"fn-1"})
        await pilot.pause()

        assert [line[:6] for line in app.table.text()[1:4]] == ["  fn-0", "◆ fn-1", "  fn-2"]


async def test_an_empty_table_says_why() -> None:
    app = Host()
    async with app.run_test(size=(60, 6)) as pilot:
        app.table.empty = "no functions match “checkout”"
        await pilot.pause()

        assert app.table.text()[1:] == ["", "  no functions match “checkout”", "", "", ""]


async def test_stale_rows_are_drawn_fainter() -> None:
    app = Host(rows(3))
    async with app.run_test(size=(60, 6)) as pilot:
        fresh = [segment.style for segment in Table.render_line(app.table, 2)]

        app.table.stale = True
        await pilot.pause()

        assert [segment.style for segment in Table.render_line(app.table, 2)] != fresh


async def test_a_row_can_be_chosen_by_its_key() -> None:
    app = Host(rows(100))
    async with app.run_test(size=(60, 11)):
        assert app.table.move_to("fn-70")
        assert not app.table.move_to("fn-700")

        assert app.table.cursor_key == "fn-70"


async def test_other_columns_can_be_shown() -> None:
    app = Host(rows(1))
    async with app.run_test(size=(60, 4)):
        app.table.columns = (ERRORS, NAME)

        assert app.table.text()[0].split() == ["ERR", "NAME"]


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (3, 2), (500, 200)])
async def test_any_size_of_terminal_is_survived(size: tuple[int, int]) -> None:
    app = Host(rows(30))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G")
        await pilot.resize_terminal(*size)
        await pilot.press("j", "k", "pageup")
        await pilot.pause()

        assert app.table.cursor_key is not None
