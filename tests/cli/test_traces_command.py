"""`lambdatop traces` from outside: what it lists, how it shows one, and what it says when there is none."""

import asyncio
import json
import os
import re
import signal
from typing import Any

import pytest

from lambdatop.emulator.faults import Fault
from lambdatop.emulator.gateway import load_everything
from lambdatop.emulator.operations import OPERATIONS
from lambdatop.emulator.server import Emulator
from tests.cli.logs_program import Ended, called, ended, started
from tests.cli.programs import lambdatop
from tests.hostile import FORBIDDEN, SIGNAL, SPOILT, spoiling
from tests.terminals import terminal

NAME = "checkout-api"
UNTRACED = "audit-writer"
LISTED = {
    *("id", "start", "duration_s", "response_time_s", "status", "method", "url", "http_status"),
    *("cold", "cause", "in_progress"),
}
WHOLE = {
    *("id", "function", "start", "end", "duration_s", "request_id", "in_progress", "limited", "unreadable"),
    *("bottleneck", "critical_path", "segments"),
}


async def traces(emulator: Emulator, *words: str) -> Ended:
    return await called(emulator, "traces", *words)


def objects(ran: Ended) -> list[dict[str, Any]]:
    assert (ran.code, ran.err) == (0, "")
    return [json.loads(line) for line in ran.out.splitlines()]


def said(ran: Ended, code: int) -> str:
    """The one line that it ended with instead of an answer."""
    assert (ran.code, ran.out) == (code, "")
    assert re.fullmatch(r"lambdatop: .*\n", ran.err), ran.err
    return ran.err


async def listed(emulator: Emulator, *words: str) -> list[dict[str, Any]]:
    return objects(await traces(emulator, NAME, "--since", "2m", "--json", *words))


async def failed(emulator: Emulator) -> str:
    """The id of a trace that failed as the deployment's do: a few fail otherwise."""
    return next(str(each["id"]) for each in await listed(emulator, "--errors") if each["cause"] == "KeyError")


# The list


async def test_traces_are_listed_newest_first_under_titles(emulator: Emulator) -> None:
    ran = await traces(emulator, NAME, "--since", "2m", "--limit", "20")

    titles, *lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert titles.split() == ["TIME", "TOOK", "STATUS", "COLD", "ID", "REQUEST", "CAUSE"]
    assert len(lines) == 20
    assert [line[:12] for line in lines] == sorted((line[:12] for line in lines), reverse=True)
    assert all(re.search(r" (s|ms)  [●▲▶] .* 1-[0-9a-f]{8}-[0-9a-f]{4}  (GET|POST) /", line) for line in lines)


async def test_a_range_of_more_than_a_day_has_dates(emulator: Emulator) -> None:
    ran = await traces(emulator, "nightly-rollup", "--since", "2d", "--limit", "1")

    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} ", ran.out.splitlines()[1])


async def test_slow_ones_took_that_long(emulator: Emulator) -> None:
    found = await listed(emulator, "--slow", "1.5")

    assert found
    assert all(each["duration_s"] >= 1.5 for each in found)
    assert [each["start"] for each in found] == sorted((each["start"] for each in found), reverse=True)


async def test_errors_did_not_end_well_and_tell_their_cause(emulator: Emulator) -> None:
    found = await listed(emulator, "--errors")

    assert found
    assert {each["status"] for each in found} == {"fault"}
    assert "KeyError" in {each["cause"] for each in found}


async def test_cold_ones_were_cold_starts(emulator: Emulator) -> None:
    found = objects(await traces(emulator, "shipping-quote-api", "--since", "10m", "--json", "--cold"))

    assert found
    assert all(each["cold"] is True for each in found)


async def test_what_is_asked_for_together_must_all_hold(emulator: Emulator) -> None:
    found = await listed(emulator, "--errors", "--slow", "0.5", "--limit", "3")

    assert 0 < len(found) <= 3
    assert all(each["status"] == "fault" and each["duration_s"] >= 0.5 for each in found)


async def test_each_json_object_has_the_members_that_the_help_names(emulator: Emulator) -> None:
    found = await listed(emulator, "--limit", "5")

    assert len(found) == 5
    assert all(each.keys() == LISTED for each in found)
    assert all(re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{24}", each["id"]) for each in found)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", each["start"]) for each in found)


# One of them


async def test_one_is_shown_as_a_tree_with_its_bottleneck_in_a_sentence(emulator: Emulator) -> None:
    ran = await traces(emulator, NAME, "--since", "2m", "--id", "slowest")

    head, bottleneck, _, titles, *rows = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert re.match(r"trace 1-[0-9a-f]{8}-[0-9a-f]{24} · \d{4}-\d\d-\d\d .* · request [0-9a-f-]{36}", head)
    assert re.match(r"\d\d % of .* s is DynamoDB Query orders: 3 calls one after another", bottleneck)
    assert titles.split()[:4] == ["SEGMENT", "TOOK", "AT", "0"]
    assert rows[0].startswith("* checkout-api (service)")
    assert sum("DynamoDB Query orders" in row and row.startswith("*") for row in rows) == 3
    assert "  * █ the critical path: what the answer waited for" in rows  # behind it, what failed, if the slowest did


async def test_the_beginning_of_an_id_is_enough(emulator: Emulator) -> None:
    (newest,) = await listed(emulator, "--limit", "1")

    ran = await traces(emulator, NAME, "--id", newest["id"][:15])
    other_form = await traces(emulator, NAME, "--id", newest["id"][2:].replace("-", ""))

    assert ran.out.startswith(f"trace {newest['id']} · ")
    assert other_form.out == ran.out


async def test_a_beginning_that_several_have_names_them(emulator: Emulator) -> None:
    found = await listed(emulator, "--limit", "50")

    ambiguous = said(await traces(emulator, NAME, "--since", "2m", "--id", found[-1]["id"][:8]), 1)

    assert re.search(r"\d+ traces begin with 1-[0-9a-f]{6}: 1-", ambiguous)


async def test_the_newest_one_is_the_first_of_the_list(emulator: Emulator) -> None:
    until = (await listed(emulator))[-1]["start"]  # two minutes ago: all that began before it has arrived
    (first,) = objects(await traces(emulator, NAME, "--since", "10m", "--until", until, "--limit", "1", "--json"))

    (newest,) = objects(await traces(emulator, NAME, "--since", "10m", "--until", until, "--id", "newest", "--json"))

    assert (newest["id"], newest["duration_s"]) == (first["id"], pytest.approx(first["duration_s"], abs=0.01))


async def test_the_json_of_one_nests_its_segments_and_names_the_bottleneck(emulator: Emulator) -> None:
    ran = await traces(emulator, NAME, "--id", await failed(emulator), "--json")

    (found,) = objects(ran)
    (root,) = found["segments"]
    assert found.keys() == WHOLE
    assert found["function"] == root["name"] == NAME
    assert found["bottleneck"]["told"].endswith("in parallel about " + found["bottleneck"]["told"].split("about ")[1])
    assert sum(each["duration_s"] for each in found["critical_path"]) == pytest.approx(found["duration_s"], abs=0.001)
    assert [each["type"] for each in root["children"][0]["exceptions"]] == ["KeyError"]
    assert ran.out.isascii()


async def test_a_fault_is_told_with_its_stack_below_the_tree(emulator: Emulator) -> None:
    ran = await traces(emulator, NAME, "--id", await failed(emulator))

    assert "▲ fault KeyError" in ran.out
    assert re.search(r"\n▲ .*: KeyError: 'sku'\n    at .*\(/var/task/.*:\d+\)\n", ran.out)


async def test_an_id_that_x_ray_does_not_have_is_said(emulator: Emulator) -> None:
    unknown = "1-5759e988-bd862e3fe1be46a994272793"

    assert "X-Ray does not have this trace" in said(await traces(emulator, NAME, "--id", unknown), 1)


# None, and why


async def test_nothing_among_so_many_conditions_says_which_to_drop(emulator: Emulator) -> None:
    told = said(await traces(emulator, NAME, "--since", "1m", "--slow", "900"), 0)

    assert "no such traces in that time; see --since, and what there is without --slow" in told


@pytest.mark.parametrize("form", [(), ("--json",), ("--id", "newest")], ids=["list", "json", "newest"])
async def test_a_function_without_tracing_tells_how_to_switch_it_on(emulator: Emulator, form: tuple[str, ...]) -> None:
    told = said(await traces(emulator, UNTRACED, *form), 1 if "--id" in form else 0)

    assert f"X-Ray tracing is off for {UNTRACED} (PassThrough); switch it on with: aws lambda" in told


async def test_an_unknown_function_has_its_likely_names_told(emulator: Emulator) -> None:
    assert "did you mean checkout-api" in said(await traces(emulator, "checkout-apo"), 1)


async def test_the_missing_permission_is_named(emulator: Emulator) -> None:
    emulator.faults["xray.GetTraceSummaries"] = Fault.denied()

    assert "needs xray:GetTraceSummaries" in said(await traces(emulator, NAME), 1)


async def test_a_function_that_may_not_be_looked_up_is_listed_all_the_same(emulator: Emulator) -> None:
    emulator.faults["lambda.GetFunctionConfiguration"] = Fault.denied()

    ran = await traces(emulator, NAME, "--since", "1m", "--limit", "2")

    assert ran.code == 3
    assert "needs lambda:GetFunctionConfiguration" in ran.err
    assert len(ran.out.splitlines()) == 3


async def test_a_trace_that_may_not_be_read_names_the_missing_permission(emulator: Emulator) -> None:
    emulator.faults["xray.BatchGetTraces"] = Fault.denied()

    assert "needs xray:BatchGetTraces" in said(await traces(emulator, NAME, "--since", "1m", "--id", "newest"), 1)


@pytest.mark.parametrize("form", [(), ("--id", "newest")], ids=["list", "tree"])
async def test_whatever_a_trace_is_named_only_printable_text_is_printed(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, form: tuple[str, ...]
) -> None:
    load_everything()
    for name in ("xray.GetTraceSummaries", "xray.BatchGetTraces"):
        monkeypatch.setitem(OPERATIONS, name, spoiling(OPERATIONS[name], SPOILT[name]))

    ran = await traces(emulator, NAME, "--since", "1m", *form)

    assert (ran.code, ran.err) == (0, "")
    assert SIGNAL in ran.out
    assert [line for line in ran.out.splitlines() if FORBIDDEN.search(line)] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--slow", "fast"), "'fast' is not a number of seconds"),
        (("--slow", "nan"), "'nan' is not a number of seconds"),
        (("--id", "8f507cfc"), "'8f507cfc' is not a trace id"),
        (("--limit", "0"), "'0' is not a number of traces"),
        (("--since", "1m", "--until", "2h"), "leave no time between them"),
        (("--since", "yesterday"), "yesterday"),
    ],
)
async def test_words_that_mean_nothing_end_it_with_code_2(
    emulator: Emulator, words: tuple[str, ...], told: str
) -> None:
    ran = await traces(emulator, NAME, *words)

    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


# Where it prints to


async def test_a_closed_pipe_ends_it_quietly_before_there_is_anything_to_write(emulator: Emulator) -> None:
    emulator.faults["xray.GetTraceSummaries"] = Fault.delayed(100)
    ours, theirs = os.pipe()

    async with started(emulator, NAME, name="traces", out=theirs) as process:
        os.close(theirs)
        os.close(ours)
        ran = await ended(process)

    assert (ran.code, ran.err) == (0, "")


async def test_ctrl_c_ends_it_with_130_and_without_words(emulator: Emulator) -> None:
    emulator.faults["xray.GetTraceSummaries"] = Fault.delayed(100)
    async with started(emulator, NAME, name="traces") as process:
        while not emulator.calls["xray.GetTraceSummaries"]:  # noqa: ASYNC110  what calls is another process
            await asyncio.sleep(0)
        process.send_signal(signal.SIGINT)
        ran = await ended(process)

    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_the_demo_has_traces_without_credentials() -> None:
    ran = lambdatop("traces", NAME, "--demo", "--since", "1m", "--limit", "3")

    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == 4


def test_a_terminal_sees_failures_in_red() -> None:
    with terminal(
        "traces", NAME, "--demo", "--since", "2m", "--errors", "--limit", "2", width=120, height=10
    ) as opened:
        assert opened.ended() == 0

        assert b"\x1b[31m\xe2\x96\xb2 fault 502" in bytes(opened.received)


def test_help_documents_every_member_of_the_json() -> None:
    told = lambdatop("traces", "--help")

    assert told.code == 0
    assert all(re.search(rf"\b{member}\b", told.out) for member in LISTED | WHOLE)
