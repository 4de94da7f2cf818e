"""What a log line looks like, to people and to programs, whatever is in it; and whose line it is."""

import json
from datetime import UTC, datetime, timedelta
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.cli.logs.line import PrintedLine, as_json, plain
from lambdatop.cli.logs.printer import Chooser
from lambdatop.cli.logs.tail_notes import changes
from lambdatop.model.logs.levels import Level
from lambdatop.model.logs.line import LogLine, read
from lambdatop.model.logs.running_requests import Running
from lambdatop.model.logs.tail_status import POLLING, TailStatus
from lambdatop.sources.logs.request_log import quoted, runs_of

AT = datetime(2026, 11, 23, 14, 32, 7, 118_000, tzinfo=UTC)
ONE, TWO = "8f507cfc-1b1e-4697-b07a-ac58fc914c95", "0c507cfc-1b1e-4697-b07a-ac58fc914c95"
HOSTILE = st.text(st.characters() | st.sampled_from("\x1b\x9b\x9d[]0;mHJ\r\n\t\u202e\u2066\ud800\udfff\x00\x07"))


def line(message: str, *, stream: str = "s1", after_s: float = 0, function: str = "checkout-api") -> LogLine:
    return LogLine(
        timestamp=AT + timedelta(seconds=after_s),
        ingestion_time=AT + timedelta(seconds=after_s + 1),
        stream=stream,
        event_id=f"{stream}-{after_s}",
        message=message,
        function_name=function,
    )


def entry(message: str) -> PrintedLine:
    return PrintedLine(line(message), read(message), None)


def run_of(request: str, *messages: str, stream: str = "s1", after_s: float = 0) -> list[LogLine]:
    """An invocation that prints these messages, a line each second."""
    texts = [
        f"START RequestId: {request} Version: $LATEST\n",
        *messages,
        f"END RequestId: {request}\n",
        f"REPORT RequestId: {request}\tDuration: 2.75 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\t\n",
    ]
    return [line(text, stream=stream, after_s=after_s + second) for second, text in enumerate(texts)]


@given(HOSTILE)
def test_json_is_one_line_of_ascii_that_holds_exactly_the_message(message: str) -> None:
    printed = as_json(entry(message))

    assert printed.isascii()
    assert printed.index("\n") == len(printed) - 1
    assert json.loads(printed)["message"] == message


def test_json_has_these_members_and_times_in_utc_with_milliseconds() -> None:
    assert json.loads(as_json(PrintedLine(line("[ERROR] KeyError: 'sku'"), read("[ERROR] KeyError: 'sku'"), ONE))) == {
        "function": "checkout-api",
        "timestamp": "2026-11-23T14:32:07.118Z",
        "ingestion_time": "2026-11-23T14:32:08.118Z",
        "stream": "s1",
        "event_id": "s1-0",
        "request_id": ONE,
        "level": "ERROR",
        "message": "[ERROR] KeyError: 'sku'",
    }


@given(HOSTILE)
def test_a_plain_line_has_no_control_character_and_none_of_its_lines_passes_for_another_event(message: str) -> None:
    printed = plain(("checkout-api", "b"), dated=False, coloured=False)(entry(message))

    first, *more = printed.removesuffix("\n").split("\n")
    seen = set("".join((first, *more)))
    assert not seen & set("\u202e\u2066")
    assert not {category(character) for character in seen} & {"Cc", "Cs", "Zl", "Zp"}
    assert " checkout-api │ " in first
    assert all(each.startswith(" " * 28) for each in more)


@given(HOSTILE)
def test_colours_are_the_only_control_sequences_on_a_terminal(message: str) -> None:
    form = {coloured: plain(("checkout-api", "b"), dated=True, coloured=coloured) for coloured in (False, True)}
    printed = form[True](entry(message))

    for colour in ("31", "33", "35", "36", "2", "0"):
        printed = printed.replace(f"\x1b[{colour}m", "")
    assert printed == form[False](entry(message))


@pytest.mark.parametrize(
    ("message", "colour"),
    [
        ("[ERROR] KeyError: 'sku'", "\x1b[31m"),
        ("[WARNING]\t2026-11-23T12:00:00.118Z\tid\tslow", "\x1b[33m"),
        ("REPORT RequestId: id\tDuration: 2.75 ms\tBilled Duration: 3 ms\t", "\x1b[36m"),
        ("START RequestId: id Version: 3", "\x1b[2m"),
    ],
)
def test_what_matters_stands_out_by_the_terminals_own_colours(message: str, colour: str) -> None:
    printed = plain(("checkout-api",), dated=False, coloured=True)(entry(message))

    assert f" {colour}{message[:5]}" in printed
    assert printed.endswith("\x1b[0m\n")


def test_printed_text_belongs_to_the_request_that_runs_in_its_stream() -> None:
    both = [each for pair in zip(run_of(ONE, "a"), run_of(TWO, "b", stream="s2"), strict=True) for each in pair]

    entries = Chooser(None, None, Running().of).chosen([line("before"), *both, line("after")])

    assert [each.request_id for each in entries] == [None, *[ONE, TWO] * 4, None]


def test_a_request_is_chosen_with_all_that_it_printed() -> None:
    lines = [*run_of(ONE, "a"), *run_of(TWO, "b", "c", after_s=10)]

    entries = Chooser(None, TWO, Running().of).chosen(lines)

    assert [each.line for each in entries] == run_of(TWO, "b", "c", after_s=10)


def test_a_level_lets_louder_lines_through_and_a_line_without_one_counts_as_info() -> None:
    texts = ["[DEBUG] a", "[INFO] b", "printed", "[WARN] c", "[ERROR] d", "[CRITICAL] e"]

    def chosen(level: Level) -> list[str]:
        return [each.line.message for each in Chooser(level, None, Running().of).chosen(map(line, texts))]

    assert chosen(Level.DEBUG) == texts
    assert chosen(Level.INFO) == texts[1:]
    assert chosen(Level.WARN) == texts[3:]
    assert chosen(Level.FATAL) == texts[5:]


def test_each_attempt_of_a_request_is_a_run_of_its_own() -> None:
    first, second = run_of(ONE), run_of(ONE, after_s=60)
    mentioned = line(f"[INFO]\t2026-11-23T12:00:00.118Z\t{TWO}\tretrying {ONE}", after_s=70)

    runs = runs_of(ONE, [*first, *second, mentioned])

    assert [(run.since, run.until, run.ended) for run in runs] == [
        (first[0].timestamp, first[-1].timestamp, True),
        (second[0].timestamp, second[-1].timestamp, True),
    ]


def test_a_run_without_a_report_has_not_ended() -> None:
    assert [run.ended for run in runs_of(ONE, run_of(ONE)[:1])] == [False]


def test_a_request_id_is_quoted_for_cloudwatch() -> None:
    assert quoted(ONE) == f'"{ONE}"'
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'


def test_of_the_tail_only_what_changes_is_told() -> None:
    throttled = TailStatus(note="throttled", gaps=1)

    assert changes(POLLING, TailStatus(behind_s=3.0, late=7)) == []
    assert changes(POLLING, throttled) == ["throttled", "the lines of an interruption were read afterwards"]
    assert changes(throttled, throttled) == []
    assert changes(POLLING, TailStatus(mode="live", sampled=True)) == [
        "Live Tail",
        "sampled: Live Tail leaves lines out above 500 events a second",
    ]
