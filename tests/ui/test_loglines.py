"""The log view: what stays before the reader's eyes while lines come and go."""

from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events
from textual.app import App, ComposeResult
from textual.strip import Strip

from lambdatop.ui.widgets.loglines import LogLines, split
from lambdatop.ui.widgets.tones import Span


class WatchedLog(LogLines[str]):
    """A log that tells which lines it styled and which rows were painted."""

    def __init__(self, limit: int = 1_000) -> None:
        super().__init__(self.style, str, head=2, limit=limit, id="log")
        self.styled: list[str] = []
        self.painted: list[int] = []

    def style(self, line: str) -> Iterable[Span]:
        self.styled.append(line)
        return (("> ", "dim"), (line, "bad" if "ERROR" in line else "plain"))

    def render_line(self, y: int) -> Strip:
        self.painted.append(y)
        return super().render_line(y)

    def seen(self) -> list[str]:
        return [LogLines.render_line(self, y).text.rstrip() for y in range(self.size.height)]


class Host(App[None]):
    def __init__(self, limit: int = 1_000) -> None:
        super().__init__()
        self.log_view = WatchedLog(limit)

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

        assert app.log_view.styled == numbered(896, 900)


async def test_scrolling_up_pauses_and_the_end_resumes() -> None:
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

        assert (paused, following) == (shown(94, 98), False)
        assert (app.log_view.seen(), app.log_view.follow) == (shown(116, 120), True)


async def test_scrolling_down_to_the_end_resumes() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        await pilot.press("g")
        assert not app.log_view.follow

        await pilot.press(*["pagedown"] * 30)

        assert app.log_view.follow


def wheel(event: type[events.MouseScrollUp] | type[events.MouseScrollDown], log: LogLines[str]) -> events.MouseEvent:
    return event(log, 1, 1, 0, 1, 0, False, False, False)


async def test_the_wheel_pauses_and_resumes_at_the_end() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        await pilot.pause()

        app.log_view.post_message(wheel(events.MouseScrollUp, app.log_view))
        await pilot.pause()
        after_up = app.log_view.follow
        for _ in range(3):
            app.log_view.post_message(wheel(events.MouseScrollDown, app.log_view))
        await pilot.pause()

        assert (after_up, app.log_view.follow) == (False, True)


async def test_a_short_log_goes_on_following_whatever_the_wheel_does() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 2))

        app.log_view.post_message(wheel(events.MouseScrollUp, app.log_view))
        await pilot.press("up", "home")
        await pilot.pause()

        assert app.log_view.follow


async def test_a_paused_reader_keeps_his_place_while_old_lines_are_dropped() -> None:
    app = Host(limit=100)
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        await pilot.press("pageup")
        before = app.log_view.seen()

        app.log_view.extend(numbered(101, 130))
        await pilot.pause()

        assert app.log_view.seen() == before
        assert app.log_view.dropped == 40
        assert list(app.log_view.lines) == numbered(41, 130)


async def test_lines_under_a_reader_may_be_dropped() -> None:
    app = Host(limit=100)
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        await pilot.press("g")

        app.log_view.extend(numbered(101, 1_000))
        await pilot.pause()

        assert app.log_view.seen() == shown(911, 915)
        assert app.log_view.top_line == "line 911"


async def test_lines_beyond_the_view_paint_nothing() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(numbered(1, 100))
        await pilot.press("g")
        await pilot.pause()
        app.log_view.painted.clear()

        app.log_view.extend(numbered(101, 103))
        app.log_view.repaint_changes()

        assert app.log_view.painted == []


async def test_an_event_of_several_lines_takes_as_many_rows() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(["one", "Traceback\n  File\nKeyError", "two"])
        await pilot.pause()

        assert app.log_view.seen() == ["> one", "> Traceback", "    File", "  KeyError", "> two"]


async def test_long_lines_are_cropped_or_wrapped_under_their_text() -> None:
    app = Host()
    async with app.run_test(size=(12, 6)) as pilot:
        app.log_view.extend(["0123456789abcdefghijklmno", "検索サービス", "end"])
        await pilot.pause()
        cropped = app.log_view.seen()
        await pilot.press("w")
        await pilot.pause()
        wrapped = app.log_view.seen()
        await pilot.resize_terminal(22, 6)
        await pilot.pause()

        assert cropped == ["> 012345678…", "> 検索サー …", "> end", "", "", ""]
        assert wrapped == ["> 0123456789", "  abcdefghij", "  klmno", "> 検索サービ", "  ス", "> end"]
        assert app.log_view.seen()[:3] == ["> 0123456789abcdefghij", "  klmno", "> 検索サービス"]


async def test_wrapping_keeps_the_line_on_top() -> None:
    app = Host()
    async with app.run_test(size=(12, 6)) as pilot:
        app.log_view.extend([f"{i:02d} some long line of text" for i in range(50)])
        await pilot.press("pageup", "pageup")
        top = app.log_view.top_line

        await pilot.press("w")
        await pilot.pause()

        assert app.log_view.top_line == top
        assert app.log_view.seen()[0] == f"> {str(top)[:9]}".rstrip()


async def test_an_empty_log_says_so_until_lines_come() -> None:
    app = Host()
    async with app.run_test(size=(40, 3)) as pilot:
        app.log_view.empty = "no log group yet"
        await pilot.pause()
        empty = app.log_view.seen()
        app.log_view.extend(["one"])
        await pilot.pause()
        some = app.log_view.seen()
        app.log_view.clear()
        await pilot.pause()

        assert (empty[0], some[0], app.log_view.seen()[0]) == ("no log group yet", "> one", "no log group yet")


async def test_a_change_of_style_restyles_what_is_seen() -> None:
    app = Host()
    async with app.run_test(size=(40, 3)) as pilot:
        app.log_view.extend(["one", "two"])
        await pilot.pause()
        app.log_view.styled.clear()

        app.log_view.restyle()

        assert app.log_view.styled == ["one", "two"]


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 1), (400, 100)])
async def test_any_size_of_terminal_is_survived(size: tuple[int, int]) -> None:
    app = Host(limit=20)
    async with app.run_test(size=(40, 5)) as pilot:
        app.log_view.extend(["検索" * 30, "a\n\nb", ""] * 5)
        await pilot.press("w", "k")
        await pilot.resize_terminal(*size)
        app.log_view.extend(numbered(1, 30))
        await pilot.press("w", "pageup", "G")
        await pilot.pause()

        assert len(app.log_view.lines) <= 20


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
