"""The log pane: every key does what its help says, and nothing that arrives moves what is being read."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatop.model.focus import Focus
from lambdatop.model.logs.tail_status import TailStatus
from lambdatop.ui.panes.log.style import styled
from lambdatop.ui.widgets.loglines import LogLines
from lambdatop.updates import FocusMoved
from tests.ui.log_host import LogHost, line, numbered, text_of

START = "START RequestId: {0} Version: $LATEST\n"
REPORT = (
    "REPORT RequestId: {0}\tDuration: 12.00 ms\tBilled Duration: 12 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t\n"
)
ONE, OTHER = "8f507cfc-0000-4697-b07a-ac58fc914c95", "91ab2cde-0000-4697-b07a-ac58fc914c95"


async def test_a_reader_who_goes_up_keeps_his_place_and_G_follows_again() -> None:
    app = LogHost()
    async with app.run_test(size=(60, 7)) as pilot:
        app.logs(*numbered(1, 100))
        await pilot.press("k", "k")
        app.logs(*numbered(101, 2_000))
        await pilot.pause()
        paused, title = app.seen(), app.title_text
        await pilot.press("G")

        assert paused == numbered(96, 100)
        assert "paused" in title
        assert app.seen() == numbered(1_996, 2_000)
        assert "following" in app.title_text


async def test_the_cursor_is_where_the_keys_put_it() -> None:
    app = LogHost()
    async with app.run_test(size=(60, 7)) as pilot:
        app.logs(*numbered(1, 100))
        await pilot.press("g", "j", "j", "y")
        await pilot.press("pagedown", "c", "pageup", "y")
        await pilot.press("G", "y")

        assert app.copied == ["line 3", "line 9", "line 1", "line 100"]


async def test_a_search_is_counted_marked_and_walked_round() -> None:
    app = LogHost()
    async with app.run_test(size=(60, 9)) as pilot:
        app.logs(*numbered(1, 100))
        await pilot.press("slash", "E", "space", "7", "enter")
        await pilot.pause()
        newest = app.note
        await pilot.press("N")
        before = app.note
        await pilot.press("n", "n", "y")

        assert newest == "/E 7 11/11"
        assert before == "/E 7 10/11"
        assert app.copied == ["line 7"]
        assert app.note == "/E 7 1/11"


async def test_a_filter_shows_only_what_passes_with_its_count_and_takes_new_lines() -> None:
    app = LogHost()
    async with app.run_test(size=(70, 9)) as pilot:
        app.logs(*numbered(1, 3_000))
        await pilot.press("f", *"99", "space", "exclamation_mark", *"2", "enter")
        await pilot.pause()
        before = app.note
        app.logs("line 3099", "line 3100")
        await pilot.pause()

        assert before == "filter 99 !2  ·  34 of 3,000"
        assert app.note == "filter 99 !2  ·  35 of 3,002"
        assert app.seen()[-2:] == ["line 1999", "line 3099"]


async def test_a_pattern_that_cannot_be_read_is_told_and_chooses_nothing() -> None:
    app = LogHost()
    async with app.run_test(size=(90, 9)) as pilot:
        app.logs(*numbered(1, 3))
        await pilot.press("f", *"/(/", "enter")

        assert app.note == "filter /(/ /(/: missing ), unterminated subpattern at position 0"
        assert app.seen() == numbered(1, 3)


async def test_escape_takes_the_choice_back_and_only_then_leaves() -> None:
    app = LogHost()
    async with app.run_test(size=(60, 9)) as pilot:
        app.logs(*numbered(1, 3))
        await pilot.press("ampersand", "2", "enter", "v")
        await pilot.pause()
        narrowed = app.note
        await pilot.press("escape")
        await pilot.pause()
        cleared = (app.note, app.seen(), list(app.escaped))
        await pilot.press("escape", "l", "1", "E")

        assert narrowed == "filter 2  ·  INFO and louder  ·  0 of 3"
        assert cleared == ("", numbered(1, 3), [])
        assert app.escaped == ["escape", "l"]


@pytest.mark.parametrize("prompt", ["f", "slash"])
async def test_escape_while_typing_takes_back_what_was_typed_and_stays(prompt: str) -> None:
    app = LogHost()
    async with app.run_test(size=(60, 9)) as pilot:
        app.logs(*numbered(1, 3))
        await pilot.press(prompt, "2", "escape")
        await pilot.pause()

        assert (app.note, app.seen(), app.escaped) == ("", numbered(1, 3), [])


async def test_levels_go_round_and_errors_are_stepped_through() -> None:
    app = LogHost()
    async with app.run_test(size=(60, 9)) as pilot:
        app.logs("[WARN] slow", *numbered(1, 9), "[ERROR] one", *numbered(10, 20), "[ERROR] two", *numbered(21, 40))
        await pilot.press("v", "v")
        await pilot.pause()
        warnings = app.seen()
        await pilot.press("v", "v", "e")
        await pilot.pause()
        newest = app.note
        await pilot.press("y", "E", "y")

        assert warnings == ["WARN  slow", "ERROR one", "ERROR two"]
        assert newest == "error 2/2"
        assert app.copied == ["[ERROR] two", "[ERROR] one"]
        assert app.note == "error 1/2"


async def test_one_request_is_picked_out_of_all_that_ran_beside_it() -> None:
    app = LogHost()
    async with app.run_test(size=(60, 12)) as pilot:
        app.lines(
            [
                line(0, START.format(ONE), "a"),
                line(1, START.format(OTHER), "b"),
                line(2, "printed by one", "a"),
                line(3, "printed by other", "b"),
                line(4, f"[INFO]\t2026-11-03T14:32:07.004Z\t{ONE}\tlogged", "a"),
                line(5, REPORT.format(ONE), "a"),
                line(6, START.format(OTHER), "a"),
                line(7, "printed by the next", "a"),
            ]
        )
        await pilot.press("g", "j", "j", "o")
        await pilot.pause()
        picked, note = app.seen(), app.note
        await pilot.press("o")
        await pilot.pause()

        assert picked[1] == "printed by one"
        assert len(picked) == 4
        assert note == "request 8f50…  ·  4 of 8"
        assert len(app.seen()) == 8


async def test_enter_opens_the_whole_event_its_json_indented() -> None:
    app = LogHost()
    async with app.run_test(size=(60, 30)) as pilot:
        app.logs('{"level":"INFO","message":"paid","items":[1,{"sku":"\\u001b[31m"}],"none":{}}')
        await pilot.press("enter")
        await pilot.pause()
        opened = [row.strip() for row in text_of(app.screen.query_one("#event", LogLines)) if row.strip()]
        await pilot.press("y", "escape")

        assert opened[:2] == ["{", '"level": "INFO",']
        assert '"none": {}' in opened
        assert len(opened) == 11
        assert json.loads(app.copied[0])["message"] == "paid"


async def test_a_huge_event_is_cut_in_the_pane_and_whole_when_opened() -> None:
    app = LogHost()
    async with app.run_test(size=(60, 9)) as pilot:
        app.logs("x" * 1_000_000)
        await pilot.press("w")
        await pilot.pause()
        last = app.seen()[-1]
        await pilot.press("enter", "G", "y")
        await pilot.pause()

        assert last.endswith("+992 kB, Enter opens")
        assert len(app.copied[0]) == 74_000


async def test_a_line_higher_than_the_view_is_read_row_by_row() -> None:
    app = LogHost()
    async with app.run_test(size=(60, 7)) as pilot:
        app.logs("before", "\n".join(numbered(1, 9)), "after")
        await pilot.press("g")
        await pilot.press("j")
        one = app.seen()
        await pilot.press("j", "j")
        further = app.seen()
        await pilot.press(*"jjjjj", "k")

        assert one == ["before", *numbered(1, 4)]
        assert further == numbered(2, 6)
        assert app.seen() == [*numbered(6, 9), "after"]


async def test_ranges_and_live_tail_ask_for_another_log() -> None:
    app = LogHost()
    async with app.run_test(size=(100, 9)) as pilot:
        app.logs(*numbered(1, 3))
        await pilot.press("2", "6", "0", "T")
        app.take(FocusMoved(Focus("checkout-api", log_minutes=60, live=True)))
        await pilot.pause()
        asked = app.title_text
        app.logs("line 7", tail=TailStatus(mode="live", behind_s=0.4, late=3, gaps=1, sampled=True, note="throttled"))
        await pilot.press("T")
        await pilot.pause()

        assert app.wanted == [(1, False), (60, False), (None, False), (None, True), (60, False)]
        assert asked == "log · checkout-api · last 1 h · LIVE …"
        assert app.seen() == ["line 7"]
        assert app.title_text.startswith(
            "log · checkout-api · last 1 h · following · LIVE · SAMPLED · throttled · 0.4 s"
        )


async def test_the_state_of_the_tail_is_in_the_title() -> None:
    app = LogHost()
    async with app.run_test(size=(120, 9)) as pilot:
        app.logs("a", tail=TailStatus(behind_s=0.84, poll_s=1.5, late=3, gaps=1))
        await pilot.pause()

        assert app.title_text == (
            "log · checkout-api · following · 0.8 s behind · every 1.5 s · 3 late · 1 gaps filled"
        )


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=80), st.integers(0, 3))
def test_nothing_of_a_message_reaches_the_screen_but_what_can_be_shown(text: str, form: int) -> None:
    forms = (text, json.dumps({"message": text, "level": text}), f"[ERROR] {text}", f"INIT_START {text}\t{text}")

    shown = "".join(piece for piece, _ in styled(line(0, forms[form])))

    assert not [c for c in shown if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000)]
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
