"""Log lines folded into invocations: whose a line is, how an invocation ended, and that no order of reading matters."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdatop.model.invocations.from_log import Fold
from lambdatop.model.invocations.invocation import Invocation, Outcome, Totals, fingerprint
from lambdatop.model.logs.line import LogLine
from tests.model.factories import NOW

ID, OTHER = "8f507cfc-1b1e-4697-b07a-ac58fc914c95", "276ff3b9-0000-4000-8000-ac58fc914c95"
TRACEBACK = (
    "[ERROR] KeyError: 'sku'\nTraceback (most recent call last):\n\u00a0\u00a0File \"/var/task/app.py\", line 5\n"
)
NODE = '2026-11-03T14:32:07.118Z\t{id}\tERROR\tInvoke Error \t{{"errorType":"TypeError","errorMessage":"no x"}}'
INIT_START = "INIT_START Runtime Version: python:3.13.v27\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:f"
INIT_FAILED = "INIT_REPORT Init Duration: 316.80 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError"
IMPORT_ERROR = "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'\nTraceback (most"


def start(request_id: str = ID, version: str = "$LATEST") -> str:
    return f"START RequestId: {request_id} Version: {version}\n"


def end(request_id: str = ID) -> str:
    return f"END RequestId: {request_id}\n"


def report(request_id: str = ID, *, rest: str = "", used: int = 56, duration: float = 2.75) -> str:
    return (
        f"REPORT RequestId: {request_id}\tDuration: {duration} ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\t"
        f"Max Memory Used: {used} MB\t{rest}\n"
    )


def said(text: str, request_id: str = ID) -> str:
    return f"[INFO]\t2026-11-03T14:32:07.118Z\t{request_id}\t{text}\n"


def logged(messages: Iterable[str], *, stream: str = "a", after_s: float = 0.0) -> list[LogLine]:
    """The messages as events a tenth of a second apart."""
    return [
        LogLine(
            timestamp=NOW + timedelta(seconds=after_s + place / 10),
            ingestion_time=None,
            stream=stream,
            event_id=f"{stream}{after_s:012.1f}{place:04}",
            message=message,
            function_name="checkout-api",
        )
        for place, message in enumerate(messages)
    ]


def folded(*messages: str) -> Fold:
    fold = Fold()
    fold.add(logged(messages))
    return fold


def only(fold: Fold) -> Invocation:
    (invocation,) = fold.invocations()
    return invocation


def texts(fold: Fold, request_id: str = ID) -> list[str]:
    return [line.message for line in fold.lines_of(request_id)]


def test_an_invocation_is_all_that_its_report_says() -> None:
    cold = report(rest="Init Duration: 310.00 ms\t\nXRAY TraceId: 1-6ac7d554-62c6be2f\tSegmentId: 85\tSampled: true\t")
    fold = folded(INIT_START, start(version="42"), said("hello"), end(), cold)

    assert only(fold) == Invocation(
        request_id=ID,
        function_name="checkout-api",
        stream="a",
        version="42",
        outcome=Outcome.OK,
        started=NOW + timedelta(seconds=0.1),
        ended=NOW + timedelta(seconds=0.4),
        duration_ms=2.75,
        billed_ms=3,
        memory_mb=128,
        used_mb=56,
        init_ms=310.0,
        restore_ms=None,
        cold=True,
        trace_id="1-6ac7d554-62c6be2f",
        error=None,
        lines=5,
    )


EXITED = "RequestId: {id} Error: Runtime exited with error: signal: killed\nRuntime.ExitError"
JAVA = (
    "no x: java.lang.IllegalStateException\njava.lang.IllegalStateException: no x\n\tat example.Handler.handle(Unknown)"
)
OUTCOMES = [
    ([end(), report()], Outcome.OK, None),
    ([TRACEBACK, end(), report(rest="Status: error\tError Type: Runtime.Unknown")], Outcome.ERROR, "KeyError: 'sku'"),
    ([TRACEBACK, end(), report()], Outcome.ERROR, "KeyError: 'sku'"),
    ([NODE.format(id=ID), end(), report()], Outcome.ERROR, "TypeError: no x"),
    ([JAVA, end(), report()], Outcome.ERROR, "java.lang.IllegalStateException: no x"),
    (["panic: nil map\n\ngoroutine 1 [running]:", end(), report()], Outcome.ERROR, "panic: nil map"),
    (
        ['{"errorMessage":"no","errorType":"errorString","stackTrace":[]}', end(), report()],
        Outcome.ERROR,
        "errorString: no",
    ),
    (
        ['Error raised from handler method\n{"errorMessage":"no","errorType":"Function<E>"}', report()],
        Outcome.ERROR,
        "Function<E>: no",
    ),
    ([said("no").replace("INFO", "ERROR"), end(), report()], Outcome.OK, None),
    (
        [said("bad").replace("INFO", "ERROR"), end(), report(rest="Status: error\tError Type: Runtime.Unknown")],
        Outcome.ERROR,
        "bad",
    ),
    ([report(rest="Status: error\tError Type: Runtime.ExitError")], Outcome.ERROR, "Runtime.ExitError"),
    (
        [end(), report(), f"2026-11-03T14:32:10.118Z {ID} Task timed out after 3.00 seconds\n\n"],
        Outcome.TIMEOUT,
        "Task timed out after 3.00 seconds",
    ),
    ([end(), report(rest="Status: timeout")], Outcome.TIMEOUT, None),
    (
        [end(), report(rest="Status: error\tError Type: Runtime.OutOfMemory", used=128)],
        Outcome.OUT_OF_MEMORY,
        "Runtime.OutOfMemory",
    ),
    (
        [end(), report(used=128), EXITED.format(id=ID)],
        Outcome.OUT_OF_MEMORY,
        "Runtime exited with error: signal: killed",
    ),
    ([end(), report(), EXITED.format(id=ID)], Outcome.ERROR, "Runtime exited with error: signal: killed"),
    ([said("at work")], Outcome.RUNNING, None),
    ([end()], Outcome.RUNNING, None),
]


@pytest.mark.parametrize(("rest", "outcome", "error"), OUTCOMES)
def test_the_outcome_is_told_from_report_and_signatures(rest: list[str], outcome: Outcome, error: str | None) -> None:
    invocation = only(folded(start(), *rest))

    assert (invocation.outcome, invocation.error) == (outcome, error)
    assert invocation.lines == 1 + len(rest)


def test_a_json_report_that_says_success_overrules_an_error_that_was_logged() -> None:
    caught = f'{{"level":"ERROR","requestId":"{ID}","message":{{"errorType":"TypeError","errorMessage":"no x"}}}}'
    done = f'{{"type":"platform.report","record":{{"requestId":"{ID}","status":"success","metrics":{{}}}}}}'

    assert only(folded(caught, done)).outcome is Outcome.OK
    assert only(folded(caught, done.replace("success", "error"))).error == "TypeError: no x"


def test_lines_without_an_id_belong_to_the_invocation_they_stand_in() -> None:
    fold = folded("import took long", INIT_START, "loading", start(), "print", end(), report(), "aftermath", INIT_START)
    fold.add(logged(["warming up", start(OTHER), "second"], after_s=9))

    assert texts(fold) == ["import took long", INIT_START, "loading", start(), "print", end(), report(), "aftermath"]
    assert texts(fold, OTHER) == [INIT_START, "warming up", start(OTHER), "second"]


def test_the_line_of_an_extension_before_start_belongs_to_the_coming_invocation() -> None:
    extension = "EXTENSION\tName: cloudwatch_lambda_agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]"
    fold = folded(start(), end(), report(), INIT_START, extension, start(OTHER))

    assert texts(fold, OTHER) == [INIT_START, extension, start(OTHER)]


def test_a_tail_that_begins_in_the_middle_tells_what_it_can() -> None:
    fold = folded("print", end(), report(), start(OTHER))

    assert texts(fold) == ["print", end(), report()]
    assert [each.outcome for each in fold.invocations()] == [Outcome.RUNNING, Outcome.OK]


def test_an_id_of_something_else_in_an_object_makes_no_invocation() -> None:
    foreign = '{"requestId":"from-the-gateway","message":"order accepted"}'
    fold = folded(start(), foreign, end(), report())

    assert texts(fold) == [start(), foreign, end(), report()]
    assert only(fold).lines == 4


def test_an_environment_that_goes_on_without_a_report_leaves_the_outcome_unknown() -> None:
    fold = folded(start(), said("at work"), start(OTHER))

    assert [each.outcome for each in fold.invocations()] == [Outcome.RUNNING, Outcome.UNKNOWN]


def test_silence_beyond_the_longest_time_an_invocation_may_take_is_no_running() -> None:
    fold = folded(start())
    fold.add(logged([start(OTHER)], stream="b", after_s=17 * 60))

    assert [each.outcome for each in fold.invocations()] == [Outcome.RUNNING, Outcome.UNKNOWN]


def test_an_environment_that_fails_to_start_has_an_entry_until_a_request_takes_it() -> None:
    fold = folded(INIT_START, IMPORT_ERROR, INIT_FAILED)

    failed = only(fold)
    assert (failed.request_id, failed.outcome) == ("init a", Outcome.ERROR)
    assert failed.error == "Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'"
    assert texts(fold, "init a") == [INIT_START, IMPORT_ERROR, INIT_FAILED]

    fold.add(logged([start(), report(rest="Status: error\tError Type: Runtime.ImportModuleError")], after_s=1))
    assert (only(fold).request_id, only(fold).error, only(fold).lines) == (ID, failed.error, 5)
    assert texts(fold, "init a") == []


def test_a_timeout_of_the_start_is_told_as_one() -> None:
    record = '{"time":"t","type":"platform.initReport","record":{"phase":"init","status":"timeout"}}'

    assert (only(folded(record)).outcome, only(folded(record)).error) == (Outcome.TIMEOUT, "init timed out")


def test_a_request_that_is_tried_again_is_one_invocation_of_several_attempts() -> None:
    fold = folded(start(), TRACEBACK, end(), report(rest="Status: error"))
    fold.add(logged([start()], stream="b", after_s=60))

    assert (only(fold).outcome, only(fold).attempts) == (Outcome.RUNNING, 2)

    fold.add(logged([end(), report(duration=7)], stream="b", after_s=61))
    again = only(fold)
    assert (again.outcome, again.error, again.stream, again.duration_ms, again.billed_ms) == (
        Outcome.OK,
        None,
        "b",
        7,
        6,
    )
    assert again.lines == 7


def test_a_managed_instance_does_not_say_whether_it_was_cold() -> None:
    record = (
        '{"time":"t","type":"platform.report","record":{"requestId":"r","status":"success","metrics":{"durationMs":2}}}'
    )

    assert only(folded(record)).cold is None


def test_an_event_read_twice_counts_once() -> None:
    lines = logged([start(), said("hello"), end(), report()])
    fold = Fold()
    fold.add(lines)
    before = fold.invocations()
    fold.add(lines)

    assert fold.invocations() is before


def test_totals_sum_up() -> None:
    fold = Fold()
    for place in range(10):
        request_id = f"request-{place}"
        failing = [f"[ERROR] KeyError: 'sku'\nTraceback (most recent\n{place}"] if place < 3 else []
        rest = "Init Duration: 9.0 ms" if place == 9 else "Status: timeout" if place == 8 else ""
        messages = [start(request_id), *failing, end(request_id), report(request_id, rest=rest, duration=place + 1)]
        fold.add(logged(messages, stream=f"s{place}"))
    fold.add(logged([start("open")], stream="open"))

    assert fold.totals() == Totals(
        count=11,
        running=1,
        cold=1,
        reported=10,
        p50_ms=5,
        p95_ms=10,
        errors=(("KeyError: 'sku'", 3),),
        timeouts=1,
        kills=0,
        billed_ms=30,
    )
    assert fold.totals().cold_percent == 10


def test_the_oldest_are_dropped_and_told_and_their_late_lines_do_not_bring_them_back() -> None:
    fold = Fold(invocations_kept=10)
    for place in range(30):
        fold.add(logged([start(f"r{place}"), end(f"r{place}"), report(f"r{place}")], stream="a", after_s=place))
    fold.add(logged([start("still open")], stream="b", after_s=2))

    kept = [each.request_id for each in fold.invocations()]
    assert kept[0] == "r29"
    assert len(kept) <= 11
    assert fold.dropped + len(kept) in (30, 31)

    before = fold.invocations()
    fold.add(logged([said("late", "r1")], stream="a", after_s=1.05))
    assert fold.invocations() == before


def test_what_is_open_outlives_what_is_closed() -> None:
    fold = Fold(invocations_kept=10)
    fold.add(logged([start("open")], stream="z"))
    for place in range(30):
        fold.add(logged([start(f"r{place}"), report(f"r{place}")], stream="a", after_s=place))

    assert fold.invocations()[-1].request_id == "open"


def test_one_endless_invocation_does_not_take_all_memory() -> None:
    fold = Fold(lines_kept=100)
    fold.add(logged([start()]))
    for place in range(100):
        fold.add(logged([said("more")] * 9, after_s=1 + place))

    assert fold.dropped > 0
    assert sum(each.lines for each in fold.invocations()) <= 110


def test_a_name_learnt_in_another_stream_takes_a_failed_start_back() -> None:
    fold = Fold()
    fold.add(logged([start(OTHER), report(OTHER)], stream="b"))
    fold.add(logged([said("hello"), end(OTHER), INIT_FAILED], stream="a"))
    assert "init a" in {each.request_id for each in fold.invocations()}

    fold.add(logged([start()], stream="b", after_s=1))
    assert {each.request_id for each in fold.invocations()} == {ID, OTHER}


def test_a_late_start_takes_back_that_another_request_had_followed() -> None:
    began, *ends = logged([start(OTHER), end(ID), end(OTHER)])
    fold = Fold()
    fold.add(ends)
    assert {each.request_id: each.outcome for each in fold.invocations()}[ID] is Outcome.UNKNOWN

    fold.add([began])
    assert {each.request_id: each.outcome for each in fold.invocations()}[ID] is Outcome.RUNNING


PIECES = [
    start("r{0}"),
    end("r{0}"),
    report("r{0}"),
    report("r{0}", rest="Status: error\tError Type: Runtime.ExitError"),
    said("hello", "r{0}"),
    "2026-11-03T14:32:07.118Z r{0} Task timed out after 3.00 seconds",
    "print",
    "[ERROR] KeyError: 'sku'\nTraceback (most recent call last):",
    INIT_START,
    INIT_FAILED,
    "EXTENSION\tName: agent\tState: Ready\tEvents: [INVOKE]",
    '{{"level":"INFO","message":"x","requestId":"r{0}"}}',
    '{{"level":"INFO","message":"x","requestId":"of something else"}}',
]
piece = st.builds(lambda text, number: text.format(number), st.sampled_from(PIECES), st.integers(0, 3))
stream = st.lists(piece, max_size=14)


def told(fold: Fold) -> tuple[tuple[Invocation, ...], list[tuple[LogLine, ...]]]:
    invocations = fold.invocations()
    return invocations, [fold.lines_of(each.request_id) for each in invocations]


@settings(max_examples=300, deadline=None)
@given(st.lists(stream, min_size=1, max_size=3), st.data())
def test_any_order_of_reading_folds_to_the_same(streams: list[list[str]], data: st.DataObject) -> None:
    lines = [line for place, each in enumerate(streams) for line in logged(each, stream=f"s{place}")]
    at_once, torn = Fold(), Fold()
    at_once.add(lines)

    shuffled: Sequence[LogLine] = data.draw(st.permutations(lines))
    size = data.draw(st.integers(1, 5))
    for begin in range(0, len(shuffled), size):
        torn.add(shuffled[begin : begin + size])
        if data.draw(st.booleans()):
            told(torn)

    assert told(torn) == told(at_once)


@given(st.lists(st.text(max_size=40) | piece, max_size=12))
def test_no_text_raises(messages: list[str]) -> None:
    fold = folded(*messages)

    assert sum(each.lines for each in fold.invocations()) <= len(messages)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("KeyError: 'sku'", "KeyError: 'sku'"),
        ("order 1841 not found", "order # not found"),
        ("connect to 10.0.0.17:443 failed after 3.00 s", "connect to # failed after # s"),
        (f"no row {ID}", "no row <id>"),
        ("bad object 0x7f3a", "bad object <id>"),
        ("commit 9fceb02d0ae598e95dc970b74767f19372d61af8", "commit <id>"),
        ("'a value that is longer than most names are' is not valid", "'…' is not valid"),
        ("Int32 has no S3 bucket", "Int32 has no S3 bucket"),
        ("first\nsecond", "first"),
        ("java.lang.NullPointerException", "java.lang.NullPointerException"),
        ("", ""),
    ],
)
def test_equal_errors_have_one_fingerprint(error: str, expected: str) -> None:
    assert fingerprint(error) == expected


@given(st.text(max_size=400))
def test_a_fingerprint_is_its_own(error: str) -> None:
    assert fingerprint(fingerprint(error)) == fingerprint(error)
