"""The journal on a disk: private, written before and after, readable whatever happened to it."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lambdatop.actions.applying.apply import apply
from lambdatop.actions.journal.journal import Journal, Unwritable, default_path
from lambdatop.actions.journal.undo import last_to_undo, plan_undo
from lambdatop.actions.settings.concurrency import RESERVED, ReservedConcurrency
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.aws.gate import Gate
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from lambdatop.model.changes.plan import Plan, Receipt, Result, StepOutcome
from lambdatop.updates import PlanAdvanced, PlanEnded
from tests.actions.applying import NAME, WHO, applied, change, facts, only, plan, step, told, undone
from tests.clocks import HandClock
from tests.model.factories import NOW

STEP = step(ReservedConcurrency(NAME), None, {RESERVED: 5})
DONE = StepOutcome(step=STEP, result=Result.APPLIED)


def receipt(id: str = "20261103-143207-aaaa", *outcomes: StepOutcome, undoes: str | None = None) -> Receipt:
    return Receipt(
        id=id,
        plan=replace(plan(STEP), undoes=undoes),
        outcomes=outcomes,
        begun=NOW,
        ended=NOW + timedelta(seconds=3),
        account=WHO.account,
        region=WHO.region,
        caller=WHO.arn,
    )


def written(journal: Journal, made: Receipt, *, ended: bool = True) -> None:
    journal.begun(made, None)
    for index, outcome in enumerate(made.outcomes):
        journal.sending(made.id, index, outcome.step, made.begun)
        journal.told(made.id, index, outcome, made.ended)
    if ended:
        journal.ended(made)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "lambdatop" / "journal.jsonl"


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def test_what_is_written_is_read_again_in_another_process(path: Path) -> None:
    done = receipt("a", DONE)
    written(Journal(path), done)

    (entry,) = Journal(path).entries()

    assert (entry.receipt, entry.finished, entry.endpoint) == (done, True, None)


@pytest.mark.parametrize("kind", ["fifo", "device", "folder"])
def test_what_is_no_regular_file_is_no_journal(kind: str, path: Path) -> None:
    """A pipe would be waited for without end, and what is written to a device is lost."""
    path.parent.mkdir(parents=True)
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case _:
            path.mkdir()
    journal = Journal(path)

    assert journal.entries() == ()
    assert str(journal.trouble).startswith(f"the journal {path} cannot be read (")
    with pytest.raises(Unwritable, match="cannot be written"):
        journal.begun(receipt(), None)


def test_a_journal_that_is_not_there_yet_is_in_no_trouble(path: Path) -> None:
    assert Journal(path).trouble is None
    assert Journal().trouble is None
    written(Journal(path), receipt())
    assert Journal(path).trouble is None


def test_the_journal_is_for_its_owners_eyes_alone(path: Path) -> None:
    written(Journal(path), receipt())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_journal_that_others_could_read_is_closed_to_them(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch(mode=0o644)

    written(Journal(path), receipt())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_line_tells_a_person_what_it_is(path: Path) -> None:
    Journal(path).begun(receipt(), "http://localhost:4566")
    Journal(path).sending("20261103-143207-aaaa", 0, STEP, NOW)

    begun, sending = map(json.loads, lines(path))

    assert (begun["event"], begun["time"], begun["caller"]) == ("begun", "2026-11-03T14:32:07+00:00", WHO.arn)
    assert (begun["account"], begun["region"], begun["endpoint"]) == (WHO.account, "eu-west-1", "http://localhost:4566")
    assert begun["plan"]["functions"] == [NAME]
    assert (begun["plan"]["steps"][0]["before"], begun["plan"]["steps"][0]["after"]) == (None, {RESERVED: 5})
    assert sending["call"] == {
        "action": "lambda:PutFunctionConcurrency",
        "params": {"FunctionName": NAME, RESERVED: 5},
    }


def test_a_plan_that_was_left_is_unfinished_and_its_last_step_unknown(path: Path) -> None:
    journal = Journal(path)
    journal.begun(receipt("a"), None)
    journal.begun(receipt("b"), None)
    journal.sending("b", 0, STEP, NOW)
    written(journal, receipt("c", replace(DONE, settled=False)), ended=False)

    unsent, unseen, unsettled = Journal(path).entries()

    assert (unsent.finished, unsent.receipt.outcomes) == (False, ())
    assert (unseen.finished, only(unseen.receipt).result) == (False, Result.UNKNOWN)
    assert only(unseen.receipt).error == "lambdatop ended before it was known what became of it"
    assert (unsettled.finished, only(unsettled.receipt).result) == (False, Result.APPLIED)
    assert only(unsettled.receipt).error == "lambdatop ended before it had settled"


JUNK = [
    b"\n\n",
    b"not json at all\n",
    b'{"id": 7, "event": "begun"}\n',
    b'{"id": "x"}\n',
    b'{"id": "x", "event": "begun", "time": "2026-11-03T14:32:07+00:00", "plan": {"steps": "no"}}\n',
    b'{"id": "x", "event": "begun", "time": "tomorrow"}\n',
    b'"text"\n[1, 2]\nnull\n',
    b"\xff\xfe\x00binary\x80\n",
    b"[" * 100_000 + b"\n",
    b'{"id": "y", "event": "begun", "time": "2026-11-03T14:32:07", "plan": {"action": "later", "title": "", '
    b'"functions": [], "steps": [{"setting": {"kind": "of the future"}, "label": "", "before": null, "after": null, '
    b'"shown": ["", ""]}]}}\n',
]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_foreign_lines_are_passed_over(path: Path, junk: bytes) -> None:
    written(Journal(path), receipt("a", DONE))
    with path.open("ab") as file:
        file.write(junk)
    written(Journal(path), receipt("b", DONE))

    assert [entry.receipt.id for entry in Journal(path).entries()] == ["a", "b"]


@given(cut=st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_a_journal_cut_anywhere_keeps_what_was_whole_and_goes_on(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "journal.jsonl"
    written(Journal(path), receipt("a", DONE))
    whole = path.stat().st_size
    written(Journal(path), receipt("b", DONE))
    os.truncate(path, min(path.stat().st_size, whole + cut))

    written(Journal(path), receipt("c", DONE))

    entries = {entry.receipt.id: entry for entry in Journal(path).entries()}
    assert (entries["a"].receipt, entries["a"].finished) == (receipt("a", DONE), True)
    assert entries["c"].receipt == receipt("c", DONE)
    assert set(entries) <= {"a", "b", "c"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "event", "time", "plan", "step", "steps", "setting", "kind", "x"]), inner
        )
    ),
    max_leaves=20,
)


@given(record=JSON, event=st.sampled_from(["begun", "sending", "step", "ended", "?"]), name=st.text(max_size=4))
def test_whatever_json_is_in_it_reading_never_fails(record: Any, event: str, name: str) -> None:
    journal = Journal()
    written(journal, receipt("a", DONE))
    more = record if isinstance(record, dict) else {"plan": record, "step": record, "setting": record}
    line = {**more, "id": "a", "event": event, "time": "2026-11-03T14:32:07+00:00"}
    journal._lines.append(json.dumps(line).encode())
    journal._lines.append(json.dumps({**line, "id": name}).encode())

    journal.entries()


def test_without_a_file_there_is_nothing_in_it(path: Path) -> None:
    assert Journal(path).entries() == ()
    assert Journal().entries() == ()


async def test_nothing_is_sent_that_cannot_be_written_down(
    aws: Gate, account: Emulator, clock: HandClock, tmp_path: Path
) -> None:
    (tmp_path / "journal.jsonl").mkdir()
    journal = Journal(tmp_path / "journal.jsonl")
    seen = await change(aws, ReservedConcurrency(NAME), {RESERVED: 6})

    outcome = only(await applied(aws, clock, plan(seen), journal))

    assert outcome.result is Result.NOT_APPLIED
    assert outcome.error == f"nothing was sent: the journal {journal.path} cannot be written (Is a directory)"
    assert account.calls["lambda.PutFunctionConcurrency"] == 0


class FullDisk(Journal):
    """A journal whose disk is full after so many lines."""

    left: int = 0

    def _add(self, id: str, event: str, at: datetime, **members: Any) -> None:
        if self.left == 0:
            raise Unwritable("the journal /full cannot be written (No space left on device)")
        self.left -= 1
        super()._add(id, event, at, **members)


@pytest.mark.parametrize("lines", range(7))
async def test_a_disk_that_fills_up_on_the_way_is_told_and_stops_the_rest(
    aws: Gate, account: Emulator, clock: HandClock, lines: int
) -> None:
    reserved, memory = ReservedConcurrency(NAME), Configuration(NAME, ("MemorySize",))
    steps = [await change(aws, reserved, {RESERVED: 7}), await change(aws, memory, {"MemorySize": 1500})]
    before = [each.before for each in steps]

    done = await applied(aws, clock, plan(*steps), FullDisk(left=lines))

    now = [await facts(aws, reserved), await facts(aws, memory)]
    sent = [account.calls["lambda.PutFunctionConcurrency"], account.calls["lambda.UpdateFunctionConfiguration"]]
    assert sent == [int(lines >= 2), int(lines >= 5)]
    assert [each != then for each, then in zip(now, before, strict=True)] == [bool(each) for each in sent]
    applied_here = [outcome.result is Result.APPLIED for outcome in done.outcomes]
    assert applied_here == [bool(each) for each in sent][: len(applied_here)]
    assert "No space left on device" in (done.outcomes[-1].error or "")
    if done.changed:
        assert {result for result, _ in told(await undone(aws, clock, done))} == {Result.APPLIED}


CANARIES = ("hunter2-CANARY", "AKIACANARY")


async def test_no_secret_is_in_the_journal(aws: Gate, account: Emulator, clock: HandClock, path: Path) -> None:
    function = account.account().function(NAME)
    function.config["Environment"] = {"Variables": {"TOKEN": CANARIES[0]}}
    variables = Configuration(NAME, ("Environment",))
    before, after = ({"Environment": {"Variables": {"TOKEN": canary}}} for canary in CANARIES)
    seen = replace(step(variables, before, after), shown_before="1 variable", shown_after="1 variable")
    more = await change(aws, Configuration(NAME, ("MemorySize",)), {"MemorySize": 1600})
    await applied(aws, clock, plan(more), Journal(path))
    account.faults["lambda.UpdateFunctionConfiguration"] = Fault.denied()
    await applied(aws, clock, plan(seen), Journal(path))

    text = "\n".join(lines(path))

    assert [canary for canary in CANARIES if canary in text] == []
    function.config["Environment"] = {"Variables": {}}


def test_the_last_change_that_is_not_undone_is_the_one_to_undo() -> None:
    journal = Journal()
    refused = replace(DONE, result=Result.NOT_APPLIED)
    for each in (receipt("a", DONE), receipt("b", DONE), receipt("c", refused), receipt("d", DONE, undoes="b")):
        written(journal, each)

    last = last_to_undo(journal.entries(), WHO)

    assert last is not None
    assert last.id == "a"
    assert last_to_undo(journal.entries(), replace(WHO, region="us-east-1")) is None
    assert last_to_undo(journal.entries(), WHO, "http://127.0.0.1:4566") is None


def test_a_change_that_was_redone_stands_again() -> None:
    journal = Journal()
    for id, undoes in (("a", None), ("b", None), ("c", "b"), ("d", "c")):
        written(journal, receipt(id, DONE, undoes=undoes))

    last = last_to_undo(journal.entries(), WHO)

    assert last is not None
    assert last.id == "b"
    assert isinstance(plan_undo(last, WHO, journal.entries()), Plan)


def test_the_path_is_the_systems_own_unless_xdg_says_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    named = default_path()
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    unnamed = default_path()

    assert named == tmp_path / "lambdatop" / "journal.jsonl"
    assert unnamed.is_absolute()
    assert unnamed.parts[-2:] == ("lambdatop", "journal.jsonl")


async def test_each_call_is_on_the_disk_before_it_is_sent(
    aws: Gate, account: Emulator, clock: HandClock, path: Path
) -> None:
    events: list[tuple[str, int, list[str]]] = []
    seen = await change(aws, ReservedConcurrency(NAME), {RESERVED: 8})

    async for update in apply(aws, clock, plan(seen), Journal(path), WHO):
        written_so_far = [json.loads(line)["event"] for line in lines(path)]
        doing = update.progress.doing if isinstance(update, PlanAdvanced) else "ended"
        events.append((doing, account.calls["lambda.PutFunctionConcurrency"], written_so_far))
        if isinstance(update, PlanEnded):
            await undone(aws, clock, update.receipt)

    assert events == [
        ("reading what is there", 0, ["begun"]),
        ("sending", 0, ["begun"]),
        ("ended", 1, ["begun", "sending", "step", "step", "ended"]),
    ]


def test_times_are_in_utc_and_read_as_such() -> None:
    journal = Journal()
    journal.begun(replace(receipt("a"), begun=datetime(2026, 11, 3, 15, 0, tzinfo=UTC)), None)

    (entry,) = journal.entries()

    assert entry.receipt.begun == datetime(2026, 11, 3, 15, 0, tzinfo=UTC)
