"""`lambdatop set`, `undo` and `journal` against the emulated account, and in a real terminal where they ask."""

import json
import os
import shlex
import stat
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lambdatop.actions.catalogue import ACTIONS as EVERY_ACTION
from lambdatop.cli.change.arguments import ACTIONS, ANSWERS
from lambdatop.cli.change.set_command import answers
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.plan import Refusal
from tests.cli.logs_program import KEYS, Ended, called, environment
from tests.cli.programs import emulator as started
from tests.terminals import terminal

IMAGES = "image-resize"
BEGIN = "arn:aws:lambda:eu-west-1:123456789012:function"


async def run(served: Emulator, command: str, *words: str) -> Ended:
    return await called(served if command != "journal" else None, command, *words)


def memory(served: Emulator) -> int:
    mb: int = served.account().function(IMAGES).config["MemorySize"]
    return mb


def writes(served: Emulator) -> int:
    return sum(count for name, count in served.calls.items() if name.partition(".")[2].startswith(("Update", "Put")))


async def test_a_dry_run_prints_the_plan_and_changes_nothing(served: Emulator, state: Path) -> None:
    ran = await run(served, "set", "memory", IMAGES, "1536", "--dry-run")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "image-resize: memory 1,024 → 1,536 MB"
    assert "123456789012 · eu-west-1 · as oncall" in ran.out
    assert "memory  1,024 MB → 1,536 MB" in ran.out
    assert "a month at the traffic of now" in ran.out
    where, call = ran.out.splitlines()[-2:]
    assert where.split() == [
        *("Call", "export", "AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1"),
        f"AWS_ENDPOINT_URL={served.url}",
    ]
    assert call.strip() == "aws lambda update-function-configuration --function-name image-resize --memory-size 1536"
    assert writes(served) == 0
    assert os.listdir(state) == []


async def test_the_calls_of_a_plan_can_be_pasted_as_they_are(served: Emulator) -> None:
    ran = await run(served, "set", "memory", "checkout-api", "2048", "live", "--dry-run")

    calls = [line.split()[1:4] for line in ran.out.splitlines()[-4:]]
    assert calls == [
        ["lambda", "update-function-configuration", "--function-name"],
        ["lambda", "wait", "function-updated"],
        ["lambda", "publish-version", "--function-name"],
        ["lambda", "update-alias", "--function-name"],
    ]


async def test_without_a_terminal_and_without_a_yes_nothing_is_changed(served: Emulator) -> None:
    ran = await run(served, "set", "memory", IMAGES, "1536")

    assert ran.code == 2
    assert "there is nobody to ask: --yes does it" in ran.err
    assert writes(served) == 0


async def test_a_yes_applies_it_undo_takes_it_back_and_the_journal_tells_both(served: Emulator, state: Path) -> None:
    applied = await run(served, "set", "memory", IMAGES, "1536", "--yes")

    assert applied.code == 0
    assert applied.out.splitlines()[-2:] == ["✓ memory  1,024 MB → 1,536 MB  applied", "applied"]
    assert memory(served) == 1536
    journal = state / "lambdatop" / "journal.jsonl"
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600

    undone = await run(served, "undo", "--yes")

    assert undone.code == 0
    assert memory(served) == 1024
    listed = await run(served, "journal")
    assert listed.code == 0
    title, first, second = listed.out.splitlines()
    assert title.split() == ["WHEN", "ID", "WHO", "FUNCTION", "CHANGE", "RESULT"]
    assert "oncall/demo  image-resize  memory 1,024 MB → 1,536 MB  undone" in first
    assert second.endswith("memory 1,536 MB → 1,024 MB  applied")
    nothing = await run(served, "undo", "--yes")
    assert (nothing.code, nothing.err) == (1, "lambdatop: nothing to undo in account 123456789012, eu-west-1\n")


async def test_undo_takes_an_id_or_the_end_of_one(served: Emulator) -> None:
    await run(served, "set", "memory", IMAGES, "1536", "--yes")
    await run(served, "set", "timeout", IMAGES, "60", "--yes")
    first = (await run(served, "journal")).out.splitlines()[1].split()[1]

    assert (await run(served, "undo", first[-4:], "--yes")).code == 0
    assert memory(served) == 1024
    unknown = await run(served, "undo", "zzzz", "--yes")
    assert (unknown.code, "no change zzzz" in unknown.err) == (1, True)


async def test_undo_is_refused_with_the_difference_if_the_state_moved_on(served: Emulator) -> None:
    await run(served, "set", "memory", IMAGES, "1536", "--yes")
    served.account().function(IMAGES).configure(time.time() - 60, MemorySize=2048)

    ran = await run(served, "undo", "--yes")

    assert ran.code == 1
    assert "MemorySize: was 1536, is 2048 now, yours 1024" in ran.out
    assert memory(served) == 2048


async def test_undo_of_what_is_already_back_says_so_and_is_no_failure(served: Emulator) -> None:
    await run(served, "set", "memory", IMAGES, "1536", "--yes")
    served.account().function(IMAGES).configure(time.time() - 60, MemorySize=1024)
    sent = writes(served)

    ran = await run(served, "undo", "--yes")

    assert ran.code == 0
    assert ran.out.splitlines()[-2:] == [
        "✓ memory  1,536 MB → 1,024 MB  is already so",
        "is already so: nothing was sent",
    ]
    assert writes(served) == sent


async def test_undo_shows_what_somebody_else_has_changed_before_it_asks(served: Emulator) -> None:
    await run(served, "set", "memory", IMAGES, "1536", "--yes")
    served.account().function(IMAGES).configure(time.time() - 60, MemorySize=2048)

    ran = await run(served, "undo", "--dry-run")

    assert ran.code == 0
    assert "changed since: MemorySize was 1536, is 2048 now" in ran.out
    assert "memory  what is there now → 1,024 MB" in ran.out


async def test_undo_says_that_the_function_is_gone(served: Emulator) -> None:
    await run(served, "set", "memory", IMAGES, "1536", "--yes")
    await run(served, "set", "brake", "orders-consumer", "--yes")
    await run(served, "set", "brake", "cart-api", "--yes")
    for gone in (IMAGES, "cart-api"):
        del served.account().functions[gone]

    brake, _, memory = [await run(served, "undo", "--yes") for _ in range(3)]
    asked = await run(served, "undo", "--dry-run")

    assert brake.out.splitlines()[-3:-1] == [
        "✓ reserved concurrency  0 → none  is already so",
        f"  nothing was sent: it is already so: Function not found: {BEGIN}:cart-api",
    ]
    assert f"nothing was sent: it was changed meanwhile: Function not found: {BEGIN}:{IMAGES}" in memory.out
    assert f"changed since: Function not found: {BEGIN}:{IMAGES}" in asked.out
    assert "memory  none → 1,024 MB" in asked.out


async def test_undo_wants_the_name_of_what_has_become_protected(served: Emulator) -> None:
    await run(served, "set", "memory", IMAGES, "1536", "--yes")
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "lambdatop" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('protected = ["image"]\n')

    refused = await run(served, "undo", "--yes")
    assert (refused.code, "--yes --typed image-resize does it" in refused.err) == (2, True)
    assert memory(served) == 1536

    assert (await run(served, "undo", "--yes", "--typed", IMAGES)).code == 0
    assert memory(served) == 1024


async def test_what_was_done_at_another_endpoint_is_not_undone_here(served: Emulator) -> None:
    async with Emulator(functions=20, clock=time.time) as other:
        await run(other, "set", "memory", IMAGES, "1536", "--yes")
    id = (await run(served, "journal")).out.splitlines()[1].split()[1]

    last, by_id = await run(served, "undo", "--yes"), await run(served, "undo", id, "--yes")

    assert "nothing to undo" in last.err
    assert f"it was made at {other.url}, not here" in by_id.err
    assert writes(served) == 0


async def test_the_brake_released_gives_back_what_it_took(served: Emulator) -> None:
    function = served.account().function("catalog-api")
    provisioned = {name: each.requested for name, each in function.provisioned.items()}
    for words in (("reserved", "catalog-api", "20"), ("brake", "catalog-api"), ("brake", "catalog-api", "off")):
        ran = await run(served, "set", *words, "--yes")
        assert (ran.code, ran.err) == (0, "")
        assert function.reserved == (0 if words[-1] == "catalog-api" else 20)

    assert provisioned
    assert {name: each.requested for name, each in function.provisioned.items()} == provisioned


async def test_who_has_not_pulled_the_brake_does_not_know_what_was_before_it(served: Emulator) -> None:
    served.account().function("orders-consumer").reserved = 0

    ran = await run(served, "set", "brake", "orders-consumer", "off", "--dry-run")

    assert ran.code == 0
    assert "what it had before is not known" in " ".join(ran.out.split())


async def test_what_was_just_rolled_back_goes_further_only_by_a_version_that_is_named(served: Emulator) -> None:
    alias = served.account().function("checkout-api").aliases["live"]
    assert (await run(served, "set", "rollback", "checkout-api", "--yes")).code == 0
    back = alias.version

    again = await run(served, "set", "rollback", "checkout-api", "--yes")

    assert (again.code, alias.version) == (1, back)
    assert f"version {int(back) + 1} → {back}" in again.err
    named = await run(served, "set", "weights", "checkout-api", "live", str(int(back) - 1), "100", "--yes")
    assert (named.code, alias.version) == (0, str(int(back) - 1))


async def test_a_journal_that_cannot_be_read_is_told_in_a_line(served: Emulator, state: Path) -> None:
    (state / "lambdatop").mkdir()
    os.mkfifo(state / "lambdatop" / "journal.jsonl")

    listed, undone = await run(served, "journal"), await run(served, "undo", "--yes")

    for ran in (listed, undone):
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.count("\n") == 1
        assert "journal.jsonl cannot be read (it is no regular file)" in ran.err


async def test_who_may_not_attach_the_policy_can_leave_it_to_others(served: Emulator) -> None:
    served.faults["iam.AttachRolePolicy"] = Fault.denied()

    with_it = await run(served, "set", "insights", "orders-consumer", "on", "--yes")
    without = await run(served, "set", "insights", "orders-consumer", "on", "policy=off", "--yes")

    assert (with_it.code, "needs iam:AttachRolePolicy" in with_it.out) == (1, True)
    assert (without.code, "nothing is measured until somebody attaches it" in without.out) == (0, True)


async def test_a_function_that_is_named_in_two_ways_is_changed_once(served: Emulator) -> None:
    twice = f"{IMAGES},{ARN}"

    ran = await run(served, "set", "memory", twice, "2048", "--yes")

    assert (ran.code, ran.out.splitlines()[0]) == (0, "image-resize: memory 1,024 → 2,048 MB")
    assert ran.out.count("✓") == 1
    told, other = [await run(served, "journal", "--function", of) for of in (ARN, f"{BEGIN}:b")]
    assert ("memory 1,024 MB → 2,048 MB" in told.out, other.out) == (True, "")


async def test_an_empty_id_is_not_taken_for_any(served: Emulator) -> None:
    ran = await run(served, "undo", "", "--yes")

    assert (ran.code, "argument ID: it is empty" in ran.err) == (2, True)


async def test_json_is_one_object_with_plan_and_result(served: Emulator) -> None:
    ran = await run(served, "set", "reserved", "orders-consumer", "80", "--yes", "--json")

    told: dict[str, Any] = json.loads(ran.out)
    assert ran.code == 0
    assert told["plan"]["account"] == "123456789012"
    assert told["plan"]["changes"][0]["after"] == {"ReservedConcurrentExecutions": 80}
    assert told["plan"]["calls"][0].startswith("aws lambda put-function-concurrency")
    assert told["result"]["applied"] is True
    assert [step["result"] for step in told["result"]["steps"]] == ["applied"]
    listed = await run(served, "journal", "--json")
    (entry,) = map(json.loads, listed.out.splitlines())
    assert (entry["id"], entry["finished"], entry["undone_by"]) == (told["result"]["id"], True, None)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("memory", IMAGES, "1024"), 0, "has 1,024 MB of memory already"),
        (("memory", f"{IMAGES},checkout-api", "1024"), 0, "has 1,024 MB of memory already"),
        (("memory", "checkout-api", "1024", "publish=live"), 0, "has 1,024 MB of memory already"),
        (("memory", "checkout-api", "1024", "publish=lvie"), 1, "has 1,024 MB of memory already"),
        (("brake", IMAGES, "off"), 0, "its brake is not pulled"),
        (("reserved", IMAGES, "none"), 0, "has none reserved already"),
    ],
)
async def test_what_is_so_already_is_no_failure_unless_callers_are_to_get_it(
    served: Emulator, words: Sequence[str], code: int, said: str
) -> None:
    ran = await run(served, "set", *words, "--yes")

    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("memory", IMAGES, "99"), 2, "memory: 128 to 10,240 MB, not 99"),
        (("memory", IMAGES, "512", "none", "4"), 2, "4 answers nothing"),
        (("tracing", IMAGES), 2, "say what: tracing on|off"),
        (("memory", "image-rezise", "512"), 1, "did you mean image-resize?"),
        (("rollback", IMAGES), 1, "has no alias"),
        (("brake", IMAGES, "of"), 2, "the brake is on or off, not of"),
        (("timeout", IMAGES, "2,5"), 2, "not 2,5"),
        (("reserved", "orders-consumer", ""), 2, "a value is empty; none is said so"),
        (("provisioned", "checkout-api", "live", "count="), 2, "a value is empty; none is said so"),
        (("alarm", IMAGES, "errors", "-1"), 2, "such an alarm would never end"),
        (("alarm", IMAGES, "errors", "delete"), 1, "has no alarm that lambdatop made on errors: delete"),
        (
            ("alarm", IMAGES, "errors", "topic=oncal"),
            2,
            "there is no SNS topic oncal in eu-west-1; did you mean oncall?",
        ),
    ],
)
async def test_what_cannot_be_is_refused_in_a_line(
    served: Emulator, words: Sequence[str], code: int, said: str
) -> None:
    ran = await run(served, "set", *words, "--yes")

    assert ran.code == code
    assert said in ran.err
    assert writes(served) == 0


async def test_without_a_value_what_can_be_answered_is_told(served: Emulator) -> None:
    ran = await run(served, "set", "memory", IMAGES, "--yes")

    assert ran.code == 2
    assert "memory: 128 to 10,240 MB (now 1,024 MB" in ran.err
    assert writes(served) == 0


async def test_read_only_mode_refuses_what_is_not_a_dry_run(served: Emulator) -> None:
    assert (await run(served, "set", "memory", IMAGES, "1536", "--read-only", "--dry-run")).code == 0
    ran = await run(served, "set", "memory", IMAGES, "1536", "--read-only", "--yes")

    assert (ran.code, "read-only mode" in ran.err) == (1, True)
    assert writes(served) == 0


@pytest.mark.parametrize(
    ("operation", "fault", "code", "said"),
    [
        ("lambda.UpdateFunctionConfiguration", Fault.denied(), 1, "needs lambda:UpdateFunctionConfiguration"),
        ("sts.GetCallerIdentity", Fault.denied(), 1, "needs sts:GetCallerIdentity"),
        ("sts.GetCallerIdentity", Fault.unavailable(), 5, "503"),
    ],
)
async def test_trouble_is_told_with_its_exit_code(
    served: Emulator, operation: str, fault: Fault, code: int, said: str
) -> None:
    served.faults[operation] = fault

    ran = await run(served, "set", "memory", IMAGES, "1536", "--yes")

    assert ran.code == code
    assert said in ran.out + ran.err
    assert memory(served) == 1024


async def test_what_may_not_be_read_for_a_plan_is_told_and_the_rest_goes_on(served: Emulator) -> None:
    served.faults["lambda.ListTags"] = Fault.denied()

    ran = await run(served, "set", "memory", IMAGES, "1536", "--dry-run")

    assert ran.code == 0
    assert "needs lambda:ListTags" in ran.err


@pytest.mark.parametrize(
    ("operation", "warning"),
    [
        ("cloudwatch.GetMetricData", "its metrics could not be read: needs cloudwatch:GetMetricData"),
        ("logs.FilterLogEvents", "its REPORT lines could not be read: needs logs:FilterLogEvents"),
        ("cloudwatch.DescribeAlarms", "its alarms could not be read: needs cloudwatch:DescribeAlarms"),
    ],
)
async def test_a_plan_says_which_evidence_it_has_to_do_without(served: Emulator, operation: str, warning: str) -> None:
    served.faults[operation] = Fault.denied()

    ran = await run(served, "set", "memory", IMAGES, "1536", "--dry-run")

    assert ran.code == 0
    assert warning in " ".join(ran.out.split())


async def test_an_alarm_says_that_its_threshold_rests_on_no_past(served: Emulator) -> None:
    served.faults["cloudwatch.GetMetricData"] = Fault.denied()

    ran = await run(served, "set", "alarm", "checkout-api", "errors", "topic=oncall", "--dry-run")

    assert ran.code == 0
    assert "its last 7 days could not be read: needs cloudwatch:GetMetricData" in " ".join(ran.out.split())


async def test_what_no_figure_speaks_for_is_planned_without_measuring(served: Emulator) -> None:
    served.faults["cloudwatch.GetMetricData"] = Fault.denied()

    ran = await run(served, "set", "retention", IMAGES, "30", "--dry-run")

    assert ran.code == 0
    assert "could not be read" not in ran.out
    assert served.calls["cloudwatch.GetMetricData"] == 0


async def test_an_empty_journal_prints_nothing(served: Emulator) -> None:
    ran = await run(served, "journal", "--since", "1d")

    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_it_asks_in_a_terminal_and_only_a_yes_applies(state: Path) -> None:
    with started() as url:
        settings = environment({**KEYS, "XDG_STATE_HOME": str(state)})
        words = ("set", "memory", IMAGES, "1536", "--endpoint-url", url)
        for answer, code, end in (("\n", 1, "nothing was done"), ("y\n", 0, "applied")):
            with terminal(*words, environment=settings) as shell:
                shell.sees("Apply? [y/N]")
                shell.press(answer)

                assert shell.ended() == code
                shell.sees(end)


def test_ctrl_c_at_the_question_ends_it_at_once_and_nothing_is_changed(state: Path) -> None:
    with started() as url:
        settings = environment({**KEYS, "XDG_STATE_HOME": str(state)})
        for words in (("set", "memory", IMAGES, "1536"), ("invoke", IMAGES)):
            with terminal(*words, "--endpoint-url", url, environment=settings) as shell:
                shell.sees("[y/N]")
                shell.press("\x03")

                assert shell.ended() == 130
                shell.sees("lambdatop: nothing was changed")
                assert "Traceback" not in shell.text()
    assert os.listdir(state) == []


def test_ctrl_c_while_it_settles_says_that_it_was_made_and_where_to_look(state: Path) -> None:
    with started() as url:
        settings = environment({**KEYS, "XDG_STATE_HOME": str(state)})
        words = ("set", "provisioned", "checkout-api", "live", "10", "--yes", "--endpoint-url", url)
        with terminal(*words, environment=settings, width=200) as shell:
            shell.sees("lambdatop: settling")
            shell.press("\x03")

            assert shell.ended() == 130
            shell.sees("the change was made, and is still settling; see: lambdatop journal")
            assert "Traceback" not in shell.text()


def test_every_action_of_the_screens_can_be_given_here() -> None:
    names = {action.name.replace("_", "-") for action in EVERY_ACTION}

    assert names == set(ANSWERS) == set(ACTIONS)


def test_values_answer_in_order_and_names_out_of_it() -> None:
    assert answers("weights", ["live", "43", "10"]) == {"alias": "live", "version": "43", "percent": "10"}
    assert answers("weights", ["percent=5", "live", "43"]) == {"percent": "5", "alias": "live", "version": "43"}
    assert answers("memory", ["512", "none"]) == {"memory": "512", "publish": ""}
    assert answers("memory", ["512", "publish=none"]) == {"memory": "512", "publish": ""}
    assert answers("provisioned", ["a=b"]) == {"qualifier": "a=b"}
    assert isinstance(answers("brake", ["on", "off"]), Refusal)


async def test_an_alarm_has_a_threshold_from_the_last_week(served: Emulator) -> None:
    ran = await run(served, "set", "alarm", "checkout-api", "errors", "topic=oncall", "--yes")

    assert ran.code == 0
    assert "checkout-api: alarm on sum of Errors > 25 in 3 of 3 minutes" in ran.out
    assert "tells oncall" in ran.out
    assert "lambdatop-checkout-api-errors" in served.account().alarms.alarms


async def test_all_alarms_that_are_lacking_are_made_by_one_word(served: Emulator) -> None:
    ran = await run(served, "set", "alarm", "catalog-api", "set", "--yes")

    assert ran.code == 0
    made = [name for name in served.account().alarms.alarms if name.startswith("lambdatop-catalog-api-")]
    assert len(made) == 4


async def test_a_topic_that_cannot_be_looked_for_is_told_with_what_is_lacking(served: Emulator) -> None:
    served.faults["sns.ListTopics"] = Fault.denied()

    ran = await run(served, "set", "alarm", "checkout-api", "errors", "topic=oncal", "--dry-run")

    assert ran.code == 0
    assert "whether there is a topic oncal is not known: needs sns:ListTopics" in " ".join(ran.out.split())


async def test_an_alarm_that_is_there_is_changed_silenced_tested_and_deleted(served: Emulator) -> None:
    """Its threshold is so high that no minute of the demo lets it go off by itself."""
    book, name = served.account().alarms.alarms, "lambdatop-checkout-api-errors"
    alarm = ("set", "alarm", "checkout-api")
    await run(served, *alarm, "errors", "40000", "topic=oncall", "--yes")

    edited = await run(served, *alarm, name, "50000", "2 of 3", "--yes")
    assert "threshold 40,000 → 50,000, 3 of 3 minutes → 2 of 3 minutes" in edited.out
    assert "would not have fired in 7 days" in edited.out
    assert [arn.rpartition(":")[2] for arn in book[name].settings["AlarmActions"]] == ["oncall"]
    assert book[name].settings["Threshold"] == 50_000

    again = await run(served, *alarm, "errors", "50000", "2 of 3", "--yes")
    assert (again.code, "is so already" in again.err) == (0, True)

    silent = await run(served, *alarm, "errors", "topic=none", "--yes")
    assert silent.out.startswith(f"{name}: tells oncall → tells nobody\n")
    assert book[name].settings["Threshold"] == 50_000

    for word, said in {"off": "actions off", "on": "actions on", "test": "test, let it", "delete": "delete"}.items():
        ran = await run(served, *alarm, name, word, "--yes")
        assert (ran.code, f"{name}: {said}" in ran.out) == (0, True), ran
    assert name not in book


async def test_an_alarm_of_somebody_else_wants_its_name_typed(served: Emulator) -> None:
    theirs = next(
        alarm
        for alarm in served.account().alarms.alarms.values()
        if alarm.settings.get("MetricName") == "Errors" and alarm.settings.get("Dimensions")
    )
    (function,) = (each["Value"] for each in theirs.settings["Dimensions"])

    refused = await run(served, "set", "alarm", function, theirs.name, "delete", "--yes")
    shown = await run(served, "set", "alarm", function, theirs.name, "off", "--dry-run")

    assert (refused.code, f"--typed {shlex.quote(theirs.name)} does it" in refused.err) == (2, True)
    assert shown.code == 0


async def test_without_the_right_to_see_alarms_there_is_no_plan_for_one(served: Emulator) -> None:
    served.faults["cloudwatch.DescribeAlarms"] = Fault.denied()

    ran = await run(served, "set", "alarm", "checkout-api", "errors", "--dry-run")

    assert (ran.code, ran.err) == (1, "lambdatop: needs cloudwatch:DescribeAlarms\n")


async def test_several_functions_are_changed_by_one_plan_once_their_number_is_typed(served: Emulator) -> None:
    words = ("set", "timeout", f"{IMAGES},catalog-api,{IMAGES}", "61")

    untyped = await run(served, *words, "--yes")
    assert (untyped.code, "--yes --typed 2 does it" in untyped.err) == (2, True)
    assert writes(served) == 0

    applied = await run(served, *words, "--yes", "--typed", "2")
    assert applied.code == 0
    assert applied.out.startswith("2 functions: timeout")
    assert [served.account().function(name).config["Timeout"] for name in (IMAGES, "catalog-api")] == [61, 61]


async def test_of_several_functions_those_that_cannot_have_it_are_told(served: Emulator) -> None:
    ran = await run(served, "set", "rollback", f"checkout-api,{IMAGES}", "--dry-run")

    assert ran.code == 0
    assert f"left out: {IMAGES} has no alias" in " ".join(ran.out.split())
    unknown = await run(served, "set", "timeout", f"{IMAGES},image-rezise", "61", "--dry-run")
    assert (unknown.code, "did you mean image-resize?" in unknown.err) == (1, True)


def test_the_number_of_functions_is_typed_in_a_terminal(state: Path) -> None:
    with started() as url:
        settings = environment({**KEYS, "XDG_STATE_HOME": str(state)})
        words = ("set", "timeout", f"{IMAGES},catalog-api", "61", "--endpoint-url", url)
        for answer, code, end in (("y\n", 1, "nothing was done"), ("2\n", 0, "applied")):
            with terminal(*words, environment=settings) as shell:
                shell.sees("Apply? Type 2:")
                shell.press(answer)

                assert shell.ended() == code
                shell.sees(end)


ARN = f"{BEGIN}:{IMAGES}"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (ARN.replace("eu-west-1", "us-east-1"), "is meant in us-east-1, and this is eu-west-1; use --region us-east-1"),
        (ARN.replace("123456789012", "999999999999"), "is meant in account 999999999999, and these credentials are of"),
        (f"999999999999:function:{IMAGES}", "is meant in account 999999999999"),
        ("arn:aws:lambda:us-east-1:123456789012:function:nobody", "use --region us-east-1"),
        ("999999999999:function:nobody", "choose others with --profile"),
        (f"{IMAGES}:live", "this is for a function, not for its live; say image-resize"),
        (f"{ARN}:42", "this is for a function, not for its 42"),
        ("arn:aws:lambda:eu-west-1:function:api", "is not a function's name or ARN"),
    ],
)
async def test_what_is_elsewhere_or_has_a_qualifier_is_refused(served: Emulator, function: str, said: str) -> None:
    for command in ("set", "logs", "traces"):
        words = ("memory", function, "1536", "--yes") if command == "set" else (function,)
        ran = await run(served, command, *words)

        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err or "is not a function" in said
    assert writes(served) == 0


async def test_an_arn_of_this_account_and_region_is_its_function(served: Emulator) -> None:
    for function in (ARN, f"123456789012:function:{IMAGES}"):
        assert (await run(served, "set", "memory", function, "1536", "--dry-run")).code == 0
