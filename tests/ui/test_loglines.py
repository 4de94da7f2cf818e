"""The log view: what stays before the reader's eyes while lines come and go."""

from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events
from textual.app import App, ComposeResult
from textual.strip import Strip

from lambdatop.ui.widgets.loglines import LogLines
from lambdatop.ui.widgets.rows import Numbers, Paging, Row, split
from lambdatop.ui.widgets.thumb import thumb
from lambdatop.words.spans import Span


class WatchedLog(LogLines):
    """A log over a list that tells which lines it styled and which rows were painted."""

    def __init__(self) -> None:
        super().__init__(self.style_line, head=2, id="log")
        self.all: list[str] = []
        self.first = 0
        self.styled: list[str] = []
        self.painted: list[int] = []

    def style_line(self, number: int) -> Iterable[Span]:
        line = self.all[number]
        self.styled.append(line)
        return (("> ", "dim"), (line, "bad" if "ERROR" in line else "plain"))

    def extend(self, lines: Iterable[str], *, keep: int = 1_000) -> None:
        self.all += lines
        self.first = max(0, len(self.all) - keep)
        self.show(Numbers(self.first, len(self.all)))

    def render_line(self, y: int) -> Strip:
        self.painted.append(y)
        return super().render_line(y)

    def seen(self) -> list[str]:
        return [LogLines.render_line(self, y).text.rstrip(" ▄▀█") for y in range(self.size.height)]


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.log_view = WatchedLog()

    def compose(self) -> ComposeResult:
        yield self.log_view

    def on_mount(self) -> None:
        self.log_view.focus()


def numbered(first: int, last: int) -> list[str]:
    return [f"line {i}" for i in range(first, last + 1)]


def shown(first: int, last: int) -> list[str]:
    return [f"> line {i}" for i in range(first, last + 1)]


async def test_the_newest_lines_are_in_view() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        app.log_view.extend(numbered(101, 103))
        await pilot.pause()

        assert app.log_view.seen() == shown(99, 103)


async def test_only_visible_lines_are_styled() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 900))
        await pilot.pause()

        assert sorted(app.log_view.styled) == numbered(896, 900)


async def test_going_up_pauses_and_the_end_resumes() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        await pilot.pause()

        await pilot.press("k", "k")
        app.log_view.extend(numbered(101, 120))
        await pilot.pause()
        paused, following = app.log_view.seen(), app.log_view.follow
        await pilot.press("G")
        await pilot.pause()

        assert (paused, following) == (shown(96, 100), False)
        assert (app.log_view.seen(), app.log_view.follow) == (shown(116, 120), True)


async def test_the_cursor_takes_the_view_with_it() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        await pilot.press(*"kkkkkk")
        up = app.log_view.seen()
        await pilot.press(*"jjjjj")
        down = app.log_view.seen()
        await pilot.press("j", "j")

        assert (up, down) == (shown(94, 98), shown(95, 99))
        assert app.log_view.follow


async def test_paging_down_to_the_end_resumes() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        await pilot.press("g")
        assert not app.log_view.follow

        await pilot.press(*["pagedown"] * 30)

        assert app.log_view.follow


def wheel(event: type[events.MouseScrollUp] | type[events.MouseScrollDown], log: LogLines) -> events.MouseEvent:
    return event(log, 1, 1, 0, 1, 0, False, False, False)


async def test_the_wheel_pauses_and_resumes_at_the_end() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        await pilot.pause()

        app.log_view.post_message(wheel(events.MouseScrollUp, app.log_view))
        await pilot.pause()
        after_up, seen = app.log_view.follow, app.log_view.seen()
        for _ in range(3):
            app.log_view.post_message(wheel(events.MouseScrollDown, app.log_view))
        await pilot.pause()

        assert (after_up, seen) == (False, shown(93, 97))
        assert app.log_view.follow


async def test_a_short_log_goes_on_following_whatever_the_wheel_does() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 2))

        app.log_view.post_message(wheel(events.MouseScrollUp, app.log_view))
        await pilot.pause()

        assert app.log_view.follow


async def test_a_click_puts_the_cursor_there_and_the_bar_is_dragged() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        await pilot.pause()
        await pilot.click(app.log_view, offset=(5, 1))
        clicked = app.log_view.cursor
        await pilot.mouse_down(app.log_view, offset=(39, 2))
        await pilot.mouse_up(app.log_view, offset=(39, 2))
        middle = app.log_view.seen()
        await pilot.mouse_down(app.log_view, offset=(39, 4))
        await pilot.mouse_up(app.log_view, offset=(39, 4))

        assert clicked == 96
        assert middle == shown(51, 55)
        assert app.log_view.follow


async def test_a_paused_reader_keeps_his_place_while_old_lines_are_dropped() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100), keep=100)
        await pilot.press("pageup")
        before = app.log_view.seen()

        app.log_view.extend(numbered(101, 130), keep=100)
        await pilot.pause()

        assert app.log_view.seen() == before


async def test_lines_under_a_reader_may_be_dropped() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100), keep=100)
        await pilot.press("g")

        app.log_view.extend(numbered(101, 1_000), keep=100)
        await pilot.pause()

        assert app.log_view.seen() == shown(901, 905)
        assert app.log_view.cursor == 900


async def test_lines_beyond_the_view_paint_nothing() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        await pilot.press("g")
        await pilot.pause()
        app.log_view.painted.clear()

        app.log_view.extend(numbered(101, 103))
        await pilot.pause()

        assert app.log_view.painted == []


async def test_an_event_of_several_lines_takes_as_many_rows() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(["one", "Traceback\n  File\nKeyError", "two"])
        await pilot.pause()

        assert app.log_view.seen() == ["> one", "> Traceback", "    File", "  KeyError", "> two"]


async def test_long_lines_are_cropped_or_wrapped_under_their_text() -> None:
    app = Host()
    async with app.run_test(size=(13, 6)) as pilot:
        app.log_view.extend(["0123456789abcdefghijklmno", "検索サービス", "end"])
        await pilot.pause()
        cropped = app.log_view.seen()
        await pilot.press("w")
        await pilot.pause()
        wrapped = app.log_view.seen()
        await pilot.resize_terminal(23, 6)
        await pilot.pause()

        assert cropped == ["> 012345678…", "> 検索サー …", "> end", "", "", ""]
        assert wrapped == ["> 0123456789", "  abcdefghij", "  klmno", "> 検索サービ", "  ス", "> end"]
        assert app.log_view.seen()[:3] == ["> 0123456789abcdefghij", "  klmno", "> 検索サービス"]


async def test_wrapping_keeps_the_line_on_top() -> None:
    app = Host()
    async with app.run_test(size=(13, 6)) as pilot:
        app.log_view.extend([f"{i:02d} some long line of text" for i in range(50)])
        await pilot.press("pageup", "pageup")
        before = app.log_view.seen()

        await pilot.press("w")
        await pilot.pause()

        assert app.log_view.seen()[0][:8] == before[0][:8]


async def test_a_change_of_style_restyles_what_is_seen() -> None:
    app = Host()
    async with app.run_test(size=(40, 3)) as pilot:
        app.log_view.extend(["one", "two"])
        await pilot.pause()
        app.log_view.styled.clear()

        app.log_view.restyle()

        assert sorted(app.log_view.styled) == ["one", "two"]


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 1), (400, 100)])
async def test_any_size_of_terminal_is_survived(size: tuple[int, int]) -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(["検索" * 30, "a\n\nb", ""] * 5, keep=20)
        await pilot.press("w", "k")
        await pilot.resize_terminal(*size)
        app.log_view.extend(numbered(1, 30), keep=20)
        await pilot.press("w", "pageup", "G")
        await pilot.pause()

        assert app.log_view.seen()[-1] in ("> line 30", "", ">", "> …", ">…", "…")


HEIGHTS = st.lists(st.integers(1, 12), min_size=1, max_size=12)


@given(HEIGHTS, st.integers(1, 10), st.integers(0, 15), st.integers(0, 15), st.integers(-60, 60))
def test_pages_are_stretches_of_all_rows(heights: list[int], height: int, number: int, row: int, by: int) -> None:
    first = 3
    paging = Paging(Numbers(first, first + len(heights)), lambda each: heights[each - first])
    rows: list[Row] = [(first + place, at) for place, count in enumerate(heights) for at in range(count)]

    page, moved = paging.page((number, row), height), paging.moved((first, 0), by)

    start = rows.index(page[0])
    assert page == rows[start : start + height]
    assert len(page) == min(height, len(rows))
    assert paging.last_page(height) == rows[-height:]
    assert moved == rows[max(0, min(by, len(rows) - 1))]
    assert rows[max(0, rows.index(moved) - 7)] == paging.moved(moved, -7)


@given(st.integers(1, 60), st.integers(1, 10**7), st.data())
def test_the_thumb_is_always_seen_and_at_the_end_at_the_end(height: int, lines: int, data: st.DataObject) -> None:
    in_view = data.draw(st.integers(1, lines))
    first = data.draw(st.integers(0, lines - in_view))

    bar = thumb(height, lines, in_view, first)

    assert len(bar) == height
    assert bar.strip()
    assert thumb(height, lines, in_view, lines - in_view)[-1] != " "
    assert thumb(height, lines, in_view, 0)[0] != " "


@given(
    st.text(st.characters(categories=["Lu", "Lo", "Nd", "Zs"], include_characters="\n"), max_size=60),
    st.integers(2, 20),
)
@example("\u1160", 2)
def test_wrapping_loses_no_character(text: str, room: int) -> None:
    rows = split([("> ", "dim"), (text[:9], "bad"), (text[9:], "plain")], 2, room)

    pieces = ["".join(piece for piece, _ in row)[2:] for row in rows]
    assert "".join(pieces) == text.replace("\n", "")
    assert all(cell_len(piece) <= room for piece in pieces)
