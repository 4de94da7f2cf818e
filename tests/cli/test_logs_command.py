"""`lambdatop logs` from outside: what it prints, how it follows, and how it ends whatever happens to it."""

import asyncio
import json
import os
import pty
import re
import signal
import subprocess
import sys
from typing import Any

import pytest

from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from tests.cli.logs_program import KEYS, QUIET, Ended, ended, environment, invocation, logs, next_line, started, write

ONE, TWO = "8f507cfc-1b1e-4697-b07a-ac58fc914c95", "0c507cfc-1b1e-4697-b07a-ac58fc914c95"
EVIL = "\x1b]0;owned\x07\x1b[2J[red]red[/]\r\n\u202eevil\x9b31m\ttab"


def objects(ran: Ended) -> list[dict[str, Any]]:
    assert (ran.code, ran.err) == (0, "")
    return [json.loads(line) for line in ran.out.splitlines()]


def said(ran: Ended) -> str:
    """The one line with which it ended."""
    assert ran.out == ""
    assert re.fullmatch(r"lambdatop: .*\n", ran.err), ran.err
    return ran.err


# What it prints


async def test_lines_are_printed_oldest_first_with_their_local_time(emulator: Emulator) -> None:
    write(emulator, "one\n", "two\nand more\n", "three\n")

    ran = await logs(emulator, QUIET)

    assert (ran.code, ran.err) == (0, "")
    assert re.sub(r"\d", "0", ran.out) == (
        "00:00:00.000 one\n00:00:00.000 two\n             and more\n00:00:00.000 three\n"
    )


async def test_a_range_of_more_than_a_day_has_dates(emulator: Emulator) -> None:
    write(emulator, "one\n")

    ran = await logs(emulator, QUIET, "--since", "2d")

    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} one\n", ran.out)


async def test_only_the_stretch_asked_for_is_printed(emulator: Emulator) -> None:
    write(emulator, "old\n", ago_s=300)
    write(emulator, "asked for\n", ago_s=120)
    write(emulator, "new\n", ago_s=30)

    ran = await logs(emulator, QUIET, "--since", "200s", "--until", "60s")

    assert ran.out[13:] == "asked for\n"


async def test_several_functions_are_merged_by_time_behind_their_names(emulator: Emulator) -> None:
    write(emulator, "one\n", "three\n", ago_s=60, each_ms=1000)
    write(emulator, "two\n", "four\n", ago_s=59.5, each_ms=1000, function="content-api")

    ran = await logs(emulator, QUIET, "content-api")

    assert [line[13:] for line in ran.out.splitlines()] == [
        "billing-worker │ one",
        "content-api    │ two",
        "billing-worker │ three",
        "content-api    │ four",
    ]


async def test_json_keeps_the_message_and_names_the_request_that_printed_it(emulator: Emulator) -> None:
    write(emulator, *invocation(ONE, EVIL, "[ERROR] KeyError: 'sku'\n"))

    found = objects(await logs(emulator, QUIET, "--json"))

    assert [each["message"] for each in found] == [*invocation(ONE, EVIL, "[ERROR] KeyError: 'sku'\n")]
    assert {each["request_id"] for each in found} == {ONE}
    assert [each["level"] for each in found] == [None, None, "ERROR", None, None]
    assert {(each["function"], each["stream"]) for each in found} == {(QUIET, "s1")}


async def test_in_a_pipe_there_is_no_control_sequence_whatever_the_log_holds(emulator: Emulator) -> None:
    write(emulator, EVIL, "[ERROR] red\n")

    ran = await logs(emulator, QUIET)

    assert "red[/]" in ran.out
    assert [line for line in ran.out.splitlines() if not line.isprintable()] == []


@pytest.mark.parametrize(("no_color", "sequences"), [("", {"\x1b[31m", "\x1b[0m"}), ("1", set())])
async def test_a_terminal_gets_colours_unless_the_user_said_no(
    emulator: Emulator, no_color: str, sequences: set[str]
) -> None:
    write(emulator, EVIL, "[ERROR] red\n")
    ours, theirs = pty.openpty()

    async with started(emulator, QUIET, out=theirs, variables=KEYS | {"NO_COLOR": no_color}) as process:
        ran = await ended(process)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    os.close(theirs)

    assert ran.code == 0
    assert "[ERROR] red" in shown
    assert set(re.findall(r"\x1b\[\d+m", shown)) == sequences
    assert re.sub(r"\x1b\[(31|0)m|\r\n", "", shown).isprintable()


# What it chooses


async def test_a_filter_is_cloudwatchs_own_and_applied_there(emulator: Emulator) -> None:
    write(emulator, "order 77 placed", "order 78 failed", '{"latency": 120}', '{"latency": 80}')

    phrase = await logs(emulator, QUIET, "--filter", '"78 failed"')
    members = await logs(emulator, QUIET, "--filter", "{ $.latency > 100 }")

    assert phrase.out[13:] == "order 78 failed\n"
    assert members.out[13:] == '{"latency": 120}\n'


async def test_a_level_chooses_among_what_was_sent(emulator: Emulator) -> None:
    write(emulator, "[INFO] a", "[WARN] b", "printed", "[ERROR] c")

    ran = await logs(emulator, QUIET, "--level", "warning")

    assert [line[13:] for line in ran.out.splitlines()] == ["[WARN] b", "[ERROR] c"]


async def test_of_a_request_every_line_is_found_though_most_do_not_name_it(emulator: Emulator) -> None:
    write(emulator, *invocation(TWO, "other"), *invocation(ONE, "first try"), *invocation(TWO), ago_s=300, each_ms=50)
    write(emulator, *invocation(ONE, "second try"), stream="s2", ago_s=200)
    write(emulator, *invocation(TWO, "meanwhile"), stream="s3", ago_s=299.8)

    ran = await logs(emulator, QUIET, "--request", ONE)
    filtered = objects(await logs(emulator, QUIET, "--request", ONE, "--filter", "try", "--json"))

    assert [line[13:] for line in ran.out.splitlines() if "RequestId" not in line] == ["first try", "second try"]
    assert ran.out.count(ONE) == 6
    assert TWO not in ran.out
    assert [(each["message"], each["request_id"]) for each in filtered] == [("first try", ONE), ("second try", ONE)]


async def test_lines_can_be_folded_into_invocations(emulator: Emulator) -> None:
    write(emulator, *invocation(ONE, "a"), *invocation(TWO)[:1])

    ran = await logs(emulator, QUIET, "--invocations")
    *found, last = objects(await logs(emulator, QUIET, "--invocations", "--json"))

    one, two, totals = ran.out.splitlines()
    assert re.search(r" ok +2\.8 ms  billed 3\.0 ms +56/128 MB +" + ONE, one)
    assert re.search(r" running +1 min +" + TWO, two)
    assert totals.startswith("2 invocations · 1 running · ")
    assert [(each["request_id"], each["outcome"], each["lines"]) for each in found] == [
        (ONE, "ok", 4),
        (TWO, "running", 1),
    ]
    assert (last["totals"]["count"], last["totals"]["running"]) == (2, 1)


# How it follows


async def test_following_begins_with_a_few_lines_and_prints_each_new_one_once(emulator: Emulator) -> None:
    write(emulator, *(f"old {number}" for number in range(30)))

    async with started(emulator, QUIET, "-f") as process:
        before = [await next_line(process.stdout) for _ in range(10)]
        write(emulator, "new 1", "new 2", ago_s=0)
        after = [await next_line(process.stdout) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        ran = await ended(process)

    assert [line[13:] for line in before] == [f"old {number}\n" for number in range(20, 30)]
    assert [line[13:] for line in after] == ["new 1\n", "new 2\n"]
    assert (ran.code, ran.out, ran.err) == (130, "", "")


async def test_following_since_a_time_prints_all_lines_since_then(emulator: Emulator) -> None:
    write(emulator, *(f"old {number}" for number in range(30)))

    async with started(emulator, QUIET, "-f", "--since", "5m") as process:
        lines = [await next_line(process.stdout) for _ in range(30)]

    assert [line[13:] for line in lines] == [f"old {number}\n" for number in range(30)]


def _one_line(ours: int) -> bytes:
    """A line as a terminal or a pipe hands it over, which may be in pieces."""
    read = b""
    while not read.endswith(b"\n"):
        read += os.read(ours, 4096)
    return read


async def test_following_waits_for_a_log_group_that_does_not_exist_yet_and_tells_so_on_a_terminal(
    emulator: Emulator,
) -> None:
    ours, theirs = pty.openpty()

    async with started(emulator, QUIET, "-f", err=theirs) as process:
        note = await asyncio.to_thread(_one_line, ours)
        write(emulator, "at last", ago_s=0)
        line = await next_line(process.stdout)
    os.close(ours)
    os.close(theirs)

    assert note == b"lambdatop: no log group yet\r\n"
    assert line[13:] == "at last\n"


async def test_following_outlives_trouble_and_tells_of_it_once(emulator: Emulator) -> None:
    write(emulator, "before")

    async with started(emulator, QUIET, "-f") as process:
        await next_line(process.stdout)
        emulator.faults["logs.FilterLogEvents"] = Fault.unavailable(times=4)
        trouble = await next_line(process.stderr)
        write(emulator, "after", ago_s=0)
        line = await next_line(process.stdout)
        process.send_signal(signal.SIGINT)
        ran = await ended(process)

    assert re.fullmatch(r"lambdatop: logs FilterLogEvents answered 503 .*; trying again in \d+ s\n", trouble)
    assert line[13:] == "after\n"
    assert (ran.code, ran.err) == (130, "")


async def test_live_tail_tells_of_lines_as_they_come(emulator: Emulator) -> None:
    write(emulator, "before")

    async with started(emulator, QUIET, "--live") as process:
        before = await next_line(process.stdout)
        write(emulator, "live", ago_s=0)

        assert (before[13:], (await next_line(process.stdout))[13:]) == ("before\n", "live\n")


async def test_a_followed_invocation_is_printed_when_it_ends_and_totals_after_ctrl_c(emulator: Emulator) -> None:
    start, *rest = invocation(ONE)
    write(emulator, *invocation(TWO), start)

    async with started(emulator, QUIET, "-f", "--invocations", "--json") as process:
        before = json.loads(await next_line(process.stdout))
        write(emulator, *rest, ago_s=0)
        found = json.loads(await next_line(process.stdout))
        process.send_signal(signal.SIGINT)
        ran = await ended(process)

    assert before["request_id"] == TWO
    assert (found["request_id"], found["outcome"], found["billed_ms"]) == (ONE, "ok", 3)
    assert json.loads(ran.out)["totals"]["count"] == 2
    assert (ran.code, ran.err) == (130, "")


# How it ends


async def test_an_unknown_function_is_told_with_the_names_that_are_near(emulator: Emulator) -> None:
    ran = await logs(emulator, "chekout-api", "-f")

    assert said(ran).startswith("lambdatop: there is no function chekout-api in eu-west-1; did you mean checkout-api")
    assert ran.code == 1


async def test_a_function_without_a_log_group_is_told_in_one_line(emulator: Emulator) -> None:
    ran = await logs(emulator, QUIET)

    assert f"{QUIET}: has no log group /aws/lambda/{QUIET} yet" in said(ran)
    assert ran.code == 1


async def test_of_a_log_group_of_infrequent_access_it_is_told_what_is_possible(emulator: Emulator) -> None:
    emulator.account().create_log_group(f"/aws/lambda/{QUIET}", "INFREQUENT_ACCESS")

    ran = await logs(emulator, QUIET, "-f")

    assert f"/aws/lambda/{QUIET} can be read by Logs Insights only" in said(ran)
    assert ran.code == 1


async def test_a_refusal_names_the_missing_permission(emulator: Emulator) -> None:
    emulator.faults["logs.FilterLogEvents"] = Fault.denied()

    ran = await logs(emulator, QUIET, "-f")

    assert f"{QUIET}: needs logs:FilterLogEvents on arn:aws:logs:" in said(ran)
    assert ran.code == 1


async def test_one_refused_function_of_several_leaves_the_others_and_is_told(emulator: Emulator) -> None:
    write(emulator, "one")
    emulator.faults["logs.FilterLogEvents"] = Fault.denied(times=1)

    ran = await logs(emulator, "content-api", QUIET)

    assert ran.out[13:] == "one\n"
    assert ran.err.startswith("lambdatop: content-api: needs logs:FilterLogEvents on ")
    assert ran.code == 3


async def test_who_may_read_logs_only_gets_them_from_the_usual_log_group(emulator: Emulator) -> None:
    write(emulator, "one")
    emulator.faults["lambda.*"] = Fault.denied()

    ran = await logs(emulator, QUIET)

    assert ran.out[13:] == "one\n"
    assert ran.err.startswith("lambdatop: needs lambda:GetFunctionConfiguration on ")
    assert f"reading /aws/lambda/{QUIET}" in ran.err
    assert ran.code == 3


@pytest.mark.parametrize("pattern", ["{ broken", ONE])
async def test_an_invalid_filter_is_told_as_aws_tells_it(emulator: Emulator, pattern: str) -> None:
    write(emulator, "one")

    ran = await logs(emulator, QUIET, "-f", "--filter", pattern)

    assert "Invalid filter pattern" in said(ran)
    assert ("stands in quotes" in ran.err) == (pattern == ONE)
    assert ran.code == 2


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("f", "--since", "soon"), "'soon' is not a time such as 10m"),
        (("f", "--level", "loud"), "'loud' is not a level"),
        (("f", "-f", "--until", "14:30"), "--until ends what -f"),
        (("f", "--invocations", "--filter", "x"), "--invocations needs all lines"),
        (("f", "--since", "10m", "--until", "20m"), "leave no time between them"),
        (("no name",), "'no name' is not a function's name"),
        ((), "required: FUNCTION"),
    ],
)
async def test_what_cannot_be_meant_is_told_before_anything_is_asked(
    emulator: Emulator, words: tuple[str, ...], reason: str
) -> None:
    ran = await logs(emulator, *words)

    assert (ran.code, ran.out) == (2, "")
    assert reason in ran.err.splitlines()[-1]
    assert not emulator.calls


async def test_without_credentials_it_ends_with_4(emulator: Emulator) -> None:
    async with started(emulator, QUIET, variables={"AWS_REGION": "eu-west-1"}) as process:
        ran = await ended(process)

    assert "no AWS credentials found" in said(ran)
    assert ran.code == 4


async def test_without_an_endpoint_it_ends_with_5(emulator: Emulator) -> None:
    ran = await logs(emulator, QUIET, "--endpoint-url", "http://127.0.0.1:9")

    assert "cannot reach http://127.0.0.1:9" in said(ran)
    assert ran.code == 5


async def test_a_closed_pipe_ends_it_quietly_though_nothing_more_is_written(emulator: Emulator) -> None:
    write(emulator, "one")
    ours, theirs = os.pipe()

    async with started(emulator, QUIET, "-f", out=theirs) as process:
        os.close(theirs)
        first = await asyncio.to_thread(_one_line, ours)
        os.close(ours)
        ran = await ended(process)

    assert first[13:] == b"one\n"
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk that is always full")
async def test_a_full_disk_is_told_in_one_line(emulator: Emulator) -> None:
    write(emulator, "one")
    full = os.open("/dev/full", os.O_WRONLY)

    async with started(emulator, QUIET, out=full) as process:
        os.close(full)
        ran = await ended(process)

    assert said(ran) == "lambdatop: cannot write to standard output: No space left on device\n"
    assert ran.code == 1


def test_help_imports_nothing_heavy() -> None:
    heavy = {"asyncio", "aiobotocore", "botocore", "json", "textual", "lambdatop.cli.logs.command"}
    code = f"""
import sys
from lambdatop.__main__ import main
try:
    main(["logs", "--help"])
except SystemExit as ended:
    assert ended.code == 0
assert not set(sys.modules) & {heavy}
"""
    ran = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"CloudWatch chooses by" in ran.stdout
