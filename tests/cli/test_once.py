"""`lambdatop --once` as scripts use it: the JSON's schema, exit codes, pipes; never a traceback."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.cli.programs import KEYS, LIMIT_S, Ended, command, emulator, environment, lambdatop

FUNCTION: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "runtime": (str, type(None)),
    "architecture": str,
    "memory_mb": int,
    "timeout_s": int,
    "invocations": (int, float, type(None)),
    "errors": (int, float, type(None)),
    "throttles": (int, float, type(None)),
    "error_rate": (int, float, type(None)),
    "duration_p50_ms": (int, float, type(None)),
    "duration_p95_ms": (int, float, type(None)),
    "duration_p99_ms": (int, float, type(None)),
    "concurrent_executions": (int, float, type(None)),
    "cost_usd_per_hour": (int, float, type(None)),
    "alarm_state": (str, type(None)),
    "last_modified": (str, type(None)),
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A small account in a process of its own."""
    with emulator() as url:
        yield url


def once(url: str, *arguments: str) -> Ended:
    return lambdatop("--once", "--endpoint-url", url, *arguments, **KEYS)


@pytest.fixture(scope="module")
def snapshot(url: str) -> dict[str, Any]:
    ran = once(url, "--json")
    assert (ran.code, ran.err) == (0, "")
    document: dict[str, Any] = json.loads(ran.out)
    return document


def test_the_json_has_the_members_of_schema_1(snapshot: dict[str, Any]) -> None:
    assert list(snapshot) == [
        *("schema", "account", "region", "prices_of", "at", "window", "functions", "api", "problems")
    ]
    assert (snapshot["schema"], snapshot["account"], snapshot["region"]) == (1, "123456789012", "eu-west-1")
    assert snapshot["prices_of"] is None
    assert set(snapshot["window"]) == {"start", "end"}
    assert set(snapshot["api"]) == {"calls", "cost_usd"}
    assert snapshot["api"]["calls"] > 5
    assert 0 < snapshot["api"]["cost_usd"] < 0.01
    assert snapshot["problems"] == []


def test_where_the_prices_of_the_region_are_not_known_it_says_whose_they_are(url: str) -> None:
    printed, table = once(url, "--json", "--region", "il-central-1"), once(url, "--region", "il-central-1")

    assert json.loads(printed.out)["prices_of"] == "us-east-1"
    assert table.err == "lambdatop: $/h is at us-east-1 prices: those of il-central-1 are not known\n"


def test_each_function_has_every_member_in_its_type(snapshot: dict[str, Any]) -> None:
    assert len(snapshot["functions"]) == 30
    for function in snapshot["functions"]:
        assert list(function) == list(FUNCTION)
        assert [name for name, kind in FUNCTION.items() if not isinstance(function[name], kind)] == []


def test_figures_are_numbers_or_null_and_times_end_in_z(snapshot: dict[str, Any]) -> None:
    times = [snapshot["at"], *snapshot["window"].values(), *(each["last_modified"] for each in snapshot["functions"])]
    start, end = (datetime.fromisoformat(snapshot["window"][name]) for name in ("start", "end"))

    assert all(time.endswith("Z") for time in times)
    assert (end - start).total_seconds() == 900
    assert {each["alarm_state"] for each in snapshot["functions"]} <= {None, "OK", "ALARM", "INSUFFICIENT_DATA"}
    assert all(each["error_rate"] is None or 0 <= each["error_rate"] <= 1 for each in snapshot["functions"])


def test_one_function_is_printed_if_named(url: str, snapshot: dict[str, Any]) -> None:
    name = snapshot["functions"][0]["name"]

    ran = once(url, "--json", name)

    assert [each["name"] for each in json.loads(ran.out)["functions"]] == [name]


def test_a_named_function_is_measured_alone_and_in_the_same_schema(url: str, snapshot: dict[str, Any]) -> None:
    ran = once(url, "--json", "checkout-api")

    document = json.loads(ran.out)
    (function,) = document["functions"]
    assert (ran.code, ran.err, list(document), list(function)) == (0, "", list(snapshot), list(FUNCTION))
    assert function["invocations"] > 0
    assert function["duration_p95_ms"] > 0
    assert function["alarm_state"] in {"OK", "ALARM", "INSUFFICIENT_DATA"}
    assert (document["account"], document["problems"]) == ("123456789012", [])
    assert document["api"]["calls"] <= 6
    assert document["api"]["cost_usd"] <= 0.0001


def test_a_named_function_that_does_not_pass_the_filter_is_exit_code_1(url: str) -> None:
    says(once(url, "checkout-api", "--filter", "no such thing"), 1, "checkout-api does not match --filter")


def test_a_function_called_by_an_arn_of_another_region_is_exit_code_2(url: str) -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:checkout-api"

    says(once(url, arn), 2, "checkout-api", "us-east-1", "--region us-east-1")


def test_the_table_is_plain_lines_in_the_order_asked_for(url: str) -> None:
    ran = once(url, "--sort", "name")

    lines = ran.out.splitlines()
    names = [line.split()[1] for line in lines[1:]]
    assert (ran.code, ran.err, len(names)) == (0, "", 30)
    assert lines[0].split()[:2] == ["FUNCTION", "INV/min"]
    assert names == sorted(names)
    assert "\x1b" not in ran.out


def test_the_table_says_since_when_what_is_wrong_has_been(url: str) -> None:
    (line,) = (line for line in once(url).out.splitlines() if " checkout-api " in line)

    assert re.search(r" since .*\d\d:\d\d$", line)


def test_an_arn_names_its_function(url: str) -> None:
    ran = once(url, "--json", "arn:aws:lambda:eu-west-1:123456789012:function:checkout-api")

    assert [each["name"] for each in json.loads(ran.out)["functions"]] == ["checkout-api"]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_full_disk_is_one_line(url: str, form: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(
            command("--once", *form, "--endpoint-url", url),
            env=environment(**KEYS),
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )

    assert ran.returncode == 1
    assert ran.stderr == "lambdatop: cannot write to standard output: No space left on device\n"


def test_a_filter_that_nothing_passes_prints_no_rows(url: str) -> None:
    ran = once(url, "--json", "--filter", "no such thing")

    assert (ran.code, json.loads(ran.out)["functions"]) == (0, [])


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def says(ran: Ended, code: int, *words: str) -> None:
    """It ended with that code and one line on stderr that holds the words."""
    assert ran.code == code, ran
    assert ran.out == ""
    assert ran.err.startswith("lambdatop: ")
    assert ran.err.count("\n") == 1
    assert [word for word in words if word not in ran.err] == []


def test_a_function_that_does_not_exist_is_exit_code_1(url: str) -> None:
    says(once(url, "no-such-function"), 1, "there is no function no-such-function in eu-west-1")


def test_a_mistyped_name_is_exit_code_1_and_the_nearest_ones_are_suggested(url: str) -> None:
    says(once(url, "chekout-api"), 1, "there is no function chekout-api in eu-west-1; did you mean checkout-api")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--profile", "nope"), "aws configure list-profiles"),
        (("--region", "xx-nowhere-9"), "there is no Region xx-nowhere-9"),
    ],
)
def test_a_profile_or_region_that_does_not_exist_is_exit_code_2(arguments: tuple[str, ...], words: str) -> None:
    says(lambdatop("--once", *arguments, **KEYS), 2, words)


@pytest.mark.parametrize(
    "arguments",
    [("--no-such-option",), ("--sort", "colour"), ("--last", "3d"), ("--endpoint-url", "localhost"), ("a", "b")],
)
def test_words_that_are_not_known_are_exit_code_2(arguments: tuple[str, ...]) -> None:
    ran = lambdatop(*arguments)

    assert (ran.code, ran.out) == (2, "")
    assert "lambdatop: error: " in ran.err
    assert "Traceback" not in ran.err


def test_no_region_is_exit_code_2(url: str) -> None:
    keys = {name: value for name, value in KEYS.items() if name != "AWS_REGION"}

    says(lambdatop("--once", "--endpoint-url", url, **keys), 2, "use --region, or set AWS_REGION")


def test_no_credentials_are_exit_code_4(url: str) -> None:
    says(
        lambdatop("--once", "--endpoint-url", url, "--region", "eu-west-1"), 4, "no AWS credentials found", "--profile"
    )


def test_nobody_at_the_endpoint_is_exit_code_5() -> None:
    url = f"http://127.0.0.1:{free_port()}"

    says(once(url), 5, f"cannot reach {url}", "--endpoint-url")


def test_one_refused_api_is_exit_code_3_and_the_rest_is_printed() -> None:
    with emulator("--deny", "cloudwatch.DescribeAlarms") as url:
        printed, table = once(url, "--json"), once(url)

    document = json.loads(printed.out)
    assert (printed.code, printed.err, len(document["functions"])) == (3, "", 30)
    assert document["problems"] == [{"source": "alarms", "error": "needs cloudwatch:DescribeAlarms"}]
    assert any(each["invocations"] for each in document["functions"])
    assert (table.code, table.err) == (3, "lambdatop: alarms: needs cloudwatch:DescribeAlarms\n")


def test_the_region_is_told_even_if_the_account_is_refused() -> None:
    with emulator("--deny", "sts.GetCallerIdentity") as url:
        document = json.loads(once(url, "--json").out)

    assert (document["account"], document["region"]) == (None, "eu-west-1")


def test_a_refused_listing_of_functions_names_the_permission() -> None:
    with emulator("--deny", "lambda:ListFunctions") as url:
        says(once(url), 1, "needs lambda:ListFunctions")


def test_a_named_function_is_read_without_listing_the_others() -> None:
    with emulator("--deny", "lambda:ListFunctions") as url:
        found, mistyped = once(url, "--json", "checkout-api"), once(url, "chekout-api")

    assert [each["name"] for each in json.loads(found.out)["functions"]] == ["checkout-api"]
    says(mistyped, 1, "there is no function chekout-api in eu-west-1")


def test_a_refused_reading_of_the_named_function_names_the_permission() -> None:
    with emulator("--deny", "lambda:GetFunctionConfiguration") as url:
        says(once(url, "checkout-api"), 1, "needs lambda:GetFunctionConfiguration")


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_reader_that_goes_away_ends_it_quietly(url: str, form: tuple[str, ...]) -> None:
    with subprocess.Popen(
        command("--once", *form, "--endpoint-url", url),
        env=environment(**KEYS),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
        process.wait(LIMIT_S)

    assert (process.returncode, complaint) == (0, b"")


def test_credentials_are_in_nothing_that_is_printed(url: str) -> None:
    told = [once(url, "--json"), once(f"http://127.0.0.1:{free_port()}"), once(url, "nope")]

    assert not [ran for ran in told if "canary" in (ran.out + ran.err).lower()]


def test_without_a_terminal_the_monitor_says_what_to_use_instead() -> None:
    says(lambdatop("--demo"), 2, "standard output is not a terminal", "--once")


def test_the_demo_has_a_snapshot_too() -> None:
    ran = lambdatop("--demo", "--once", "--json")

    assert (ran.code, ran.err) == (0, "")
    assert len(json.loads(ran.out)["functions"]) == 142
