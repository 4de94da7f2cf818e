"""An invocation by hand: sent once, journalled, refused where nothing may be written, and told truthfully."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from lambdatop.actions.applying.invoke import invoke
from lambdatop.actions.journal.journal import Journal
from lambdatop.actions.journal.undo import last_to_undo
from lambdatop.aws.gate import Gate
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.plan import Result
from lambdatop.model.invocations.by_hand import ManualInvocation
from lambdatop.updates import IdentityKnown
from tests.clocks import HandClock
from tests.gates import gate_to

WHO = IdentityKnown("123456789012", "arn:aws:sts::123456789012:assumed-role/oncall/ada", "eu-west-1")
CART = ManualInvocation(function="checkout-api", qualifier="live", payload='{"secret-sku": "canary"}')


async def test_the_answer_the_log_and_the_figures_come_back(
    aws: Gate, clock: HandClock, account: Emulator, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "journal.jsonl")

    done = await invoke(aws, clock, CART, journal, WHO)

    assert (done.refused, done.certain) == (None, True)
    assert done.version is not None
    assert done.payload.startswith("{")
    assert done.report is not None
    assert "START RequestId" in done.log
    assert account.calls["lambda.Invoke"] == 1


async def test_the_journal_has_it_with_its_size_but_not_with_what_was_sent(
    aws: Gate, clock: HandClock, tmp_path: Path
) -> None:
    path = tmp_path / "journal.jsonl"

    await invoke(aws, clock, CART, Journal(path), WHO)

    assert "canary" not in path.read_text()
    (entry,) = Journal(path).entries()
    assert entry.finished
    assert entry.receipt.plan.title == "checkout-api:live: invoke"
    assert entry.receipt.outcomes[0].step.after == {"PayloadBytes": CART.bytes}
    assert entry.receipt.inverse == ()
    assert last_to_undo([entry], WHO) is None


async def test_read_only_mode_refuses_it(account: Emulator, clock: HandClock) -> None:
    journal = Journal()

    async with gate_to(account.url, clock, read_only=True) as gate:
        done = await invoke(gate, clock, CART, journal, WHO)

    assert "read-only" in (done.refused or "")
    assert done.certain
    assert account.calls["lambda.Invoke"] == 0
    assert journal.entries()[0].receipt.outcomes[0].result is Result.NOT_APPLIED


@pytest.mark.parametrize(
    ("fault", "certain", "result"),
    [
        (Fault.denied(), True, Result.NOT_APPLIED),
        (Fault.throttled(), True, Result.NOT_APPLIED),
        (Fault.reset(), False, Result.UNKNOWN),
    ],
)
async def test_what_went_wrong_is_told_and_it_is_not_sent_again(
    aws: Gate, clock: HandClock, account: Emulator, fault: Fault, certain: bool, result: Result
) -> None:
    account.faults["lambda.Invoke"] = fault
    journal = Journal()

    done = await invoke(aws, clock, CART, journal, WHO)

    assert done.refused
    assert done.certain is certain
    assert account.calls["lambda.Invoke"] == 1
    assert journal.entries()[0].receipt.outcomes[0].result is result


async def test_what_keeps_it_from_running_is_told_in_awss_word(aws: Gate, clock: HandClock, account: Emulator) -> None:
    account.account().function(CART.function).reserved = 0

    done = await invoke(aws, clock, CART, Journal(), WHO)

    assert done.refused == "lambda Invoke is throttled by AWS (ReservedFunctionConcurrentInvocationLimitExceeded)"


async def test_nothing_is_sent_if_the_journal_cannot_be_written(
    aws: Gate, clock: HandClock, account: Emulator, tmp_path: Path
) -> None:
    done = await invoke(aws, clock, CART, Journal(tmp_path), WHO)

    assert "nothing was sent: the journal" in (done.refused or "")
    assert account.calls["lambda.Invoke"] == 0


async def test_a_function_that_is_gone_is_named(aws: Gate, clock: HandClock) -> None:
    done = await invoke(aws, clock, ManualInvocation(function="never"), Journal(), WHO)

    assert "never" in (done.refused or "")


async def test_nothing_is_sent_once_the_credentials_are_of_another_account(
    aws: Gate, clock: HandClock, account: Emulator
) -> None:
    journal = Journal()

    done = await invoke(aws, clock, CART, journal, replace(WHO, account="999999999999"))

    assert "not of 999999999999; nothing was sent" in (done.refused or "")
    assert (account.calls["lambda.Invoke"], journal.entries()) == (0, ())
