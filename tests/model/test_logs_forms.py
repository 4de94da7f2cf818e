"""Every known form of log line: what is read in it, and what it says about a failure."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.model.logs.failures import Cause, Failure, failure_of
from lambdatop.model.logs.line import Level, LineKind, read

ID = "8f507cfc-1b1e-4697-b07a-ac58fc914c95"
ARN = "Runtime Version ARN: arn:aws:lambda:us-east-1::runtime:fb4a0e0c"
AT = "2026-11-03T14:32:07.118Z"

Form = tuple[str, LineKind, Level | None, str | None]

TEXT: list[Form] = [
    (f"INIT_START Runtime Version: python:3.12.mainlinev2.v27\t{ARN}\n", LineKind.INIT, None, None),
    (f"RESTORE_START Runtime Version: java:11.v20\t{ARN}", LineKind.INIT, None, None),
    ("RESTORE_REPORT Restore Duration: 398.97 ms", LineKind.INIT, None, None),
    (f"START RequestId: {ID} Version: $LATEST", LineKind.START, None, ID),
    (f"END RequestId: {ID}", LineKind.END, None, ID),
    (f"REPORT RequestId: {ID}\tDuration: 2.75 ms\tBilled Duration: 3 ms\t\n", LineKind.REPORT, None, ID),
    (
        "EXTENSION\tName: cloudwatch_lambda_agent\tState: Ready\tEvents: [INVOKE, SHUTDOWN]",
        LineKind.PLATFORM,
        None,
        None,
    ),
    ("TELEMETRY\tName: datadog-agent\tState: Subscribed\tTypes: [Platform, Function]", LineKind.PLATFORM, None, None),
    ("LOGS\tName: datadog-agent\tState: Subscribed\tTypes: [Platform, Function]", LineKind.PLATFORM, None, None),
    (f"[WARNING]\t{AT}\t\tLAMBDA_WARNING: Unhandled exception. The most likely", LineKind.APP, Level.WARN, None),
    (f"[CRITICAL]\t{AT}\t{ID}\tno", LineKind.APP, Level.FATAL, ID),
    (f"[ERROR]\t{AT}\t{ID}\tno sku\nTraceback (most recent call last):", LineKind.APP, Level.ERROR, ID),
    (f"{AT}\t{ID}\tINFO\taccepted", LineKind.APP, Level.INFO, ID),
    (f"{AT}\tundefined\tINFO\tloading", LineKind.APP, Level.INFO, None),
    (f"{AT}\t{ID}\tinfo\tdotnet's word", LineKind.APP, Level.INFO, ID),
    ("INITIAL load took 3 s", LineKind.APP, None, None),
    ("REPORTED twice", LineKind.APP, None, None),
    ("RESTORED from a snapshot", LineKind.APP, None, None),
    ("EXTENSIONS are loaded", LineKind.APP, None, None),
    ("RequestId: is what the header is called", LineKind.APP, None, None),
]


@pytest.mark.parametrize(("message", "kind", "level", "request_id"), TEXT)
def test_a_line_of_text_is_read(message: str, kind: LineKind, level: Level | None, request_id: str | None) -> None:
    parsed = read(message)

    assert (parsed.kind, parsed.level, parsed.request_id) == (kind, level, request_id)
    assert failure_of(message, parsed) is None


RECORDS: list[tuple[str, dict[str, object], LineKind, Level | None]] = [
    ("initStart", {"initializationType": "on-demand", "phase": "init", "functionName": "fn"}, LineKind.INIT, None),
    ("initRuntimeDone", {"phase": "init", "status": "success"}, LineKind.INIT, None),
    (
        "initReport",
        {"initializationType": "provisioned-concurrency", "metrics": {"durationMs": 9.5}},
        LineKind.INIT,
        None,
    ),
    ("restoreStart", {"functionName": "fn", "instanceId": "i"}, LineKind.INIT, None),
    ("restoreRuntimeDone", {"status": "success"}, LineKind.INIT, None),
    ("restoreReport", {"status": "success", "metrics": {"durationMs": 398.97}}, LineKind.INIT, None),
    ("start", {"requestId": ID, "version": "$LATEST", "functionArn": "arn"}, LineKind.START, None),
    ("runtimeDone", {"requestId": ID, "status": "success", "tenantId": "t"}, LineKind.END, None),
    ("runtimeDone", {"requestId": ID, "status": "timeout"}, LineKind.END, Level.ERROR),
    ("report", {"requestId": ID, "status": "success", "metrics": {"durationMs": 1.5}}, LineKind.REPORT, None),
    ("report", {"requestId": ID, "status": "timeout", "metrics": {"durationMs": 3000.0}}, LineKind.REPORT, Level.ERROR),
    ("extension", {"name": "agent", "state": "Ready", "events": ["INVOKE"]}, LineKind.PLATFORM, None),
    ("telemetrySubscription", {"name": "agent", "state": "Subscribed", "types": ["platform"]}, LineKind.PLATFORM, None),
    ("logsDropped", {"droppedBytes": 1, "droppedRecords": 2, "reason": "full"}, LineKind.PLATFORM, Level.WARN),
    ("somethingNew", {"requestId": ID}, LineKind.PLATFORM, None),
]


@pytest.mark.parametrize(("name", "record", "kind", "level"), RECORDS)
def test_a_record_of_the_platform_is_read(
    name: str, record: dict[str, object], kind: LineKind, level: Level | None
) -> None:
    message = json.dumps({"time": AT, "type": f"platform.{name}", "record": record})
    parsed = read(message)

    assert (parsed.kind, parsed.level, parsed.request_id) == (kind, level, record.get("requestId"))
    assert failure_of(message, parsed) is None


NODE_ERROR = {"errorType": "TypeError", "errorMessage": "x is no function", "stackTrace": ["    at handler"]}

FAILURES: list[tuple[str, Cause, str, bool]] = [
    (f"{AT} {ID} Task timed out after 3.00 seconds\n\n", "timeout", "Task timed out after 3.00 seconds", False),
    (
        f"RequestId: {ID} Error: Runtime exited with error: signal: killed\nRuntime.ExitError",
        "killed",
        "Runtime exited with error: signal: killed",
        False,
    ),
    (
        f"RequestId: {ID} Error: Runtime exited without providing a reason\nRuntime.ExitError",
        "error",
        "Runtime exited without providing a reason",
        False,
    ),
    (
        f"RequestId: {ID} Error: Runtime exited with error: exit status 2\nRuntime.ExitError",
        "error",
        "Runtime exited with error: exit status 2",
        False,
    ),
    ("INIT_REPORT Init Duration: 10000.49 ms\tPhase: init\tStatus: timeout", "timeout", "init timed out", False),
    (
        "INIT_REPORT Init Duration: 83.58 ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ImportModuleError",
        "error",
        "Runtime.ImportModuleError",
        False,
    ),
    (
        "RESTORE_REPORT Restore Duration: 1236.04 ms\tStatus: error\tError Type: Runtime.ExitError",
        "error",
        "Runtime.ExitError",
        False,
    ),
    ("RESTORE_REPORT Restore Duration: 10000.00 ms\tStatus: timeout", "timeout", "restore timed out", False),
    (
        '{"time":"t","type":"platform.initReport","record":{"phase":"init","status":"timeout",'
        '"metrics":{"durationMs":10000.487}}}',
        "timeout",
        "init timed out",
        False,
    ),
    (
        '{"time":"t","type":"platform.restoreReport","record":{"status":"error","errorType":"Runtime.ExitError"}}',
        "error",
        "Runtime.ExitError",
        False,
    ),
    (
        "[ERROR] KeyError: 'foo'\nTraceback (most recent call last):\n\u00a0\u00a0File \"/x\"",
        "error",
        "KeyError: 'foo'",
        True,
    ),
    ("[ERROR] KeyError: 'foo'\r\nTraceback (most recent call last):\r\n  File", "error", "KeyError: 'foo'", True),
    ("[ERROR] KeyError: 'foo'\rTraceback (most recent call last):\r  File", "error", "KeyError: 'foo'", True),
    (
        "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'\nTraceback (most",
        "error",
        "Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'",
        True,
    ),
    (f"{AT}\t{ID}\tERROR\tInvoke Error \t{json.dumps(NODE_ERROR)}", "error", "TypeError: x is no function", True),
    (
        f"{AT}\tundefined\tERROR\tUncaught Exception \t{json.dumps(NODE_ERROR)}",
        "error",
        "TypeError: x is no function",
        True,
    ),
    (
        f"{AT}\t{ID}\tERROR\tUnhandled Promise Rejection \t"
        '{"errorType":"Runtime.UnhandledPromiseRejection","errorMessage":"Error: no","stack":[]}',
        "error",
        "Runtime.UnhandledPromiseRejection: Error: no",
        True,
    ),
    (
        "no sku: java.lang.RuntimeException\njava.lang.RuntimeException: no sku\n\tat example.Handler.handle(Unknown)",
        "error",
        "java.lang.RuntimeException: no sku",
        True,
    ),
    (
        "Java heap space: java.lang.OutOfMemoryError\njava.lang.OutOfMemoryError: Java heap space\n\tat x.Y.z(Unknown)",
        "error",
        "java.lang.OutOfMemoryError: Java heap space",
        True,
    ),
    ("panic: nil map\n\ngoroutine 1 [running]:\nmain.main()", "error", "panic: nil map", True),
    ("fatal error: all goroutines are asleep\n", "error", "fatal error: all goroutines are asleep", True),
    (
        '{"errorMessage":"no","errorType":"errorString","stackTrace":[{"path":"main.go","line":7,"label":"main"}]}',
        "error",
        "errorString: no",
        True,
    ),
    (
        'Error raised from handler method\n{"errorMessage":"no","errorType":"Function<StandardError>","stackTrace":[]}',
        "error",
        "Function<StandardError>: no",
        True,
    ),
    (f"{AT}\t{ID}\tfail\tSystem.Exception: no\n   at Function.Handler()", "error", "System.Exception: no", True),
    (
        json.dumps({"level": "ERROR", "errorMessage": "'foo'", "errorType": "KeyError", "requestId": ID}),
        "error",
        "KeyError: 'foo'",
        True,
    ),
    (
        json.dumps({"level": "ERROR", "requestId": ID, "message": NODE_ERROR}),
        "error",
        "TypeError: x is no function",
        True,
    ),
]


@pytest.mark.parametrize(("message", "cause", "text", "by_runtime"), FAILURES)
def test_a_signature_of_failure_is_told(message: str, cause: Cause, text: str, by_runtime: bool) -> None:
    assert failure_of(message, read(message)) == Failure(cause, text, by_runtime)


@pytest.mark.parametrize(
    "message",
    [
        f"[ERROR]\t{AT}\t{ID}\tcaught\nTraceback (most recent call last):\n  File",
        "[ERROR] what a function printed",
        f"{AT}\t{ID}\tERROR\tno answer from upstream",
        f"{AT}\t{ID}\tfail\tOrders[0]\n      no sku",
        "Traceback (most recent call last):\n  File",
        "java.lang.RuntimeException: printed by printStackTrace\n\tat example.Handler.handle(Unknown)",
        json.dumps({"level": "ERROR", "message": "msg", "errorType": "E", "errorMessage": "e", "requestId": ID}),
        json.dumps({"level": "INFO", "message": {"errorType": "E", "errorMessage": "e"}}),
        "ERROR: no table",
        "Error raised from handler method",  # Ruby's error follows in an event of its own
    ],
)
def test_an_error_that_a_function_logs_is_no_failure_of_it(message: str) -> None:
    assert failure_of(message, read(message)) is None


SAMPLES = [form[0] for form in TEXT] + [form[0] for form in FAILURES]


@given(st.sampled_from(SAMPLES), st.integers(0, 120), st.text(max_size=20) | st.sampled_from(SAMPLES))
def test_a_torn_or_spliced_line_never_raises(sample: str, at: int, splice: str) -> None:
    for message in (
        sample[:at],
        sample[at:],
        sample[:at] + splice,
        splice + sample[at:],
        sample[:at] + splice + sample,
    ):
        failure_of(message, read(message))


json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
keys = st.sampled_from(["type", "record", "level", "message", "errorType", "errorMessage", "stackTrace", "status"])


@given(st.dictionaries(keys, json_value | st.dictionaries(keys, json_value)))
def test_no_object_raises(event: dict[str, object]) -> None:
    for fields in (event, {"level": "ERROR", **event}, {"type": "platform.initReport", **event}):
        message = json.dumps(fields)
        failure_of(message, read(message))
