"""Log events in every form that Lambda and its runtimes write (samples of 2022 to 2026)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.logs.line import Level, LineKind, Parsed, read

ID = "8f507cfc-1b1e-4697-b07a-ac58fc914c95"


def app(level: Level | None, text: str, request_id: str | None = ID) -> Parsed:
    return Parsed(LineKind.APP, level, request_id, text)


SYSTEM_TEXT = [
    (
        f"START RequestId: {ID} Version: $LATEST\n",
        Parsed(LineKind.START, None, ID, "START 8f50… $LATEST", version="$LATEST"),
    ),
    (f"END RequestId: {ID}\n", Parsed(LineKind.END, None, ID, "END 8f50…")),
    (
        "INIT_START Runtime Version: python:3.12.mainlinev2.v27\tRuntime Version ARN: arn:aws:lambda:eu-west-1::r:f",
        Parsed(LineKind.INIT, None, None, "INIT_START python:3.12.mainlinev2.v27"),
    ),
    (
        "INIT_REPORT Init Duration: 316.80 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError\n",
        Parsed(LineKind.INIT, Level.ERROR, None, "INIT_REPORT 316.80 ms · init · error · Runtime.ImportModuleError"),
    ),
    (
        "INIT_REPORT Init Duration: 10000.49 ms\tPhase: init\tStatus: timeout",
        Parsed(LineKind.INIT, Level.ERROR, None, "INIT_REPORT 10000.49 ms · init · timeout"),
    ),
    ("RESTORE_REPORT Restore Duration: 398.97 ms", Parsed(LineKind.INIT, None, None, "RESTORE_REPORT 398.97 ms")),
    (
        "EXTENSION\tName: cloudwatch_lambda_agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]",
        Parsed(
            LineKind.PLATFORM,
            None,
            None,
            "EXTENSION\tName: cloudwatch_lambda_agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]",
        ),
    ),
    (
        f"2024-03-04T17:22:38.033Z {ID} Task timed out after 3.00 seconds\n\n",
        Parsed(LineKind.PLATFORM, Level.ERROR, ID, "Task timed out after 3.00 seconds"),
    ),
    (
        f"RequestId: {ID} Error: Runtime exited with error: signal: killed\nRuntime.ExitError",
        Parsed(
            LineKind.PLATFORM, Level.ERROR, ID, "Error: Runtime exited with error: signal: killed\nRuntime.ExitError"
        ),
    ),
]

RUNTIMES_TEXT = [
    (f"[INFO]\t2025-08-31T22:12:58.534Z\t{ID}\torder 1841 accepted\n", app(Level.INFO, "order 1841 accepted")),
    (
        "[WARNING]\t2026-04-22T21:00:55.118Z\t\tLAMBDA_WARNING: Unhandled exception.",
        app(Level.WARN, "LAMBDA_WARNING: Unhandled exception.", None),
    ),
    (
        "[ERROR] KeyError: 'foo'\nTraceback (most recent call last):\n\u00a0\u00a0File \"/var/task/app.py\", line 5\n",
        app(
            Level.ERROR,
            "KeyError: 'foo'\nTraceback (most recent call last):\n\u00a0\u00a0File \"/var/task/app.py\", line 5",
            None,
        ),
    ),
    (f"2025-08-31T22:12:58.534Z\t{ID}\tWARN\tslow answer\n", app(Level.WARN, "slow answer")),
    (f"2025-08-31T22:12:58.534Z\t{ID}\tno level here", app(None, "no level here")),
    (f"2025-08-31T22:12:58.534Z\t{ID}\ttwo\tcolumns", app(None, "two\tcolumns")),
    (
        '2025-08-31T22:12:58.534Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Error","errorMessage":"no x",'
        '"stack":["Error: no x","    at Object.<anonymous> (/var/task/index.js:1:7)"]}',
        app(
            Level.ERROR,
            "Uncaught Exception: Error: no x\n    at Object.<anonymous> (/var/task/index.js:1:7)",
            None,
        ),
    ),
    (
        f"2025-08-31T22:12:58.534Z\t{ID}\tfail\tSystem.Exception: no\n   at Function.Handler()",
        app(Level.ERROR, "System.Exception: no\n   at Function.Handler()"),
    ),
    (
        "no x: java.lang.RuntimeException\njava.lang.RuntimeException: no x\n\tat example.Handler.handle(Unknown)",
        app(
            Level.ERROR,
            "no x: java.lang.RuntimeException\njava.lang.RuntimeException: no x\n\tat example.Handler.handle(Unknown)",
            None,
        ),
    ),
    (
        "panic: assignment to entry in nil map\n\ngoroutine 1 [running]:",
        app(Level.ERROR, "panic: assignment to entry in nil map\n\ngoroutine 1 [running]:", None),
    ),
    (
        f"2026-01-02 03:04:05 {ID} INFO  Handler:12 - hi",
        app(Level.INFO, f"2026-01-02 03:04:05 {ID} INFO  Handler:12 - hi"),
    ),
    ("ERROR: no table", app(Level.ERROR, "ERROR: no table", None)),
    ('time="2026" level=warning msg=x', app(Level.WARN, 'time="2026" level=warning msg=x', None)),
    ("[not a level] text", app(None, "[not a level] text", None)),
    ("hello\n", app(None, "hello", None)),
    ("", app(None, "", None)),
    ("{not json", app(None, "{not json", None)),
    ("END of story", app(None, "END of story", None)),
]

JSON_APP: list[tuple[dict[str, object], Parsed]] = [
    (
        {"timestamp": "2025-10-27T19:17:45.586Z", "level": "INFO", "message": "hi", "logger": "root", "requestId": ID},
        app(Level.INFO, "hi"),
    ),
    (
        {
            "level": "ERROR",
            "message": "msg",
            "stackTrace": ['  File "/var/task/app.py", line 15\n'],
            "errorType": "Exception",
            "errorMessage": "no",
            "requestId": ID,
        },
        app(Level.ERROR, 'msg · Exception: no\n  File "/var/task/app.py", line 15'),
    ),
    (
        {"level": "ERROR", "errorMessage": "'foo'", "errorType": "KeyError", "requestId": ID, "stackTrace": []},
        app(Level.ERROR, "KeyError: 'foo'"),
    ),
    (
        {"level": "INFO", "requestId": ID, "message": {"data": 12.3, "ok": False}},
        app(Level.INFO, '{"data":12.3,"ok":false}'),
    ),
    ({"level": "DEBUG", "message": "java", "AWSrequestId": ID}, app(Level.DEBUG, "java")),
    ({"level": 40, "msg": "pino", "time": 1}, app(Level.WARN, "pino", None)),
    (
        {
            "errorMessage": "no",
            "errorType": "errorString",
            "stackTrace": [{"path": "main.go", "line": 7, "label": "main"}],
        },
        app(Level.ERROR, "errorString: no\n    main main.go:7", None),
    ),
    ({"anything": 1}, app(None, '{"anything": 1}', None)),
]

JSON_SYSTEM: list[tuple[str, dict[str, object], Parsed]] = [
    (
        "initStart",
        {"initializationType": "on-demand", "phase": "init", "runtimeVersion": "nodejs:22.mainline.v122"},
        Parsed(LineKind.INIT, None, None, "initStart nodejs:22.mainline.v122 · init"),
    ),
    (
        "start",
        {"requestId": ID, "version": "$LATEST"},
        Parsed(LineKind.START, None, ID, "START 8f50… $LATEST", version="$LATEST"),
    ),
    ("runtimeDone", {"requestId": ID, "status": "success"}, Parsed(LineKind.END, None, ID, "END 8f50… success")),
    (
        "initReport",
        {"phase": "init", "status": "timeout", "metrics": {"durationMs": 10000.487}},
        Parsed(LineKind.INIT, Level.ERROR, None, "initReport 10,000 ms · init · timeout"),
    ),
    (
        "logsDropped",
        {"droppedBytes": 12345, "droppedRecords": 123, "reason": "too slow"},
        Parsed(LineKind.PLATFORM, Level.WARN, None, "logsDropped 123 · too slow"),
    ),
    (
        "initReport",
        {"metrics": {"durationMs": 10**400}},
        Parsed(LineKind.INIT, None, None, "initReport"),
    ),
]


@pytest.mark.parametrize(("message", "expected"), SYSTEM_TEXT)
def test_lambda_s_own_lines_are_told_apart(message: str, expected: Parsed) -> None:
    assert read(message) == expected


@pytest.mark.parametrize(("message", "expected"), RUNTIMES_TEXT)
def test_every_runtime_s_text_is_read(message: str, expected: Parsed) -> None:
    assert read(message) == expected


@pytest.mark.parametrize(("event", "expected"), JSON_APP)
def test_what_functions_log_as_objects_is_read(event: dict[str, object], expected: Parsed) -> None:
    assert read(json.dumps(event)) == expected


@pytest.mark.parametrize(("name", "record", "expected"), JSON_SYSTEM)
def test_platform_records_are_read(name: str, record: dict[str, object], expected: Parsed) -> None:
    assert read(json.dumps({"time": "t", "type": f"platform.{name}", "record": record})) == expected


@pytest.mark.parametrize(
    ("fields", "shown", "level"),
    [
        (
            "Duration: 1911.70 ms\tBilled Duration: 2100 ms\tMemory Size: 1024 MB\tMax Memory Used: 412 MB\t"
            "Init Duration: 310.00 ms\tStatus: error\tError Type: Runtime.ExitError",
            "REPORT 8f50… 1,912 ms · billed 2,100 · 412/1,024 MB · init 310 ms · error · Runtime.ExitError",
            Level.ERROR,
        ),
        ("Duration: 2.75 ms\tBilled Duration: 3 ms", "REPORT 8f50… 2.75 ms · billed 3", None),
        ("Duration: 31.5 ms\tRestore Duration: 511.25 ms", "REPORT 8f50… 31.5 ms · restore 511 ms", None),
        ("Duration: 3000.00 ms\tStatus: timeout", "REPORT 8f50… 3,000 ms · timed out", Level.ERROR),
        ("Status: error\tError Type: Runtime.OutOfMemory", "REPORT 8f50… out of memory", Level.ERROR),
        ("", "REPORT 8f50…", None),
    ],
)
def test_a_report_is_shown_in_short(fields: str, shown: str, level: Level | None) -> None:
    parsed = read(f"REPORT RequestId: {ID}\t{fields}\t\n")

    assert (parsed.kind, parsed.level, parsed.request_id, parsed.text) == (LineKind.REPORT, level, ID, shown)
    assert parsed.report is not None


def test_a_json_report_is_shown_like_one_in_text() -> None:
    record = {"requestId": ID, "status": "timeout", "metrics": {"durationMs": 3000.0, "billedDurationMs": 3000}}

    parsed = read(json.dumps({"type": "platform.report", "record": record}))

    assert (parsed.kind, parsed.level) == (LineKind.REPORT, Level.ERROR)
    assert parsed.text == "REPORT 8f50… 3,000 ms · billed 3,000 · timed out"


@pytest.mark.parametrize("depth", [200, 900, 100_000])
def test_deep_nesting_is_shown_as_it_is(depth: int) -> None:
    message = '{"message":' + '{"a":' * depth + "1" + "}" * depth + "}"

    assert read(message).kind is LineKind.APP


def test_a_megabyte_without_a_line_end_is_read() -> None:
    assert read("x" * 1_000_000).level is None


def test_levels_have_an_order() -> None:
    assert Level.TRACE.loudness < Level.WARN.loudness < Level.FATAL.loudness


SAMPLES = [message for message, _ in SYSTEM_TEXT + RUNTIMES_TEXT]


@given(st.sampled_from(SAMPLES), st.integers(0, 80), st.text(max_size=20))
def test_a_torn_or_spliced_line_never_raises(sample: str, at: int, splice: str) -> None:
    read(sample[:at])
    read(sample[:at] + splice + sample[at:])


json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
keys = st.sampled_from(
    ["type", "record", "level", "message", "requestId", "errorType", "errorMessage", "stackTrace", "status", "metrics"]
)
types = st.sampled_from(["platform.start", "platform.report", "platform.initReport", "platform.", "app"])


@given(st.dictionaries(keys, json_value | st.dictionaries(keys, json_value)), types | st.none())
def test_no_object_raises_whatever_its_keys_hold(event: dict[str, object], name: str | None) -> None:
    parsed = read(json.dumps(event | ({"type": name} if name else {})))

    assert isinstance(parsed.text, str)
