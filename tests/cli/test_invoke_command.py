"""`lambdatop invoke`: asked about, sent once, the answer exactly as it came."""

import json
from pathlib import Path

from lambdatop.actions.journal.saved_payloads import EventStore
from lambdatop.emulator.faults import Fault
from lambdatop.emulator.server import Emulator
from tests.cli.logs_program import Ended, called

NAME = "checkout-api"


async def invoke(served: Emulator, *words: str) -> Ended:
    return await called(served, "invoke", NAME, *words)


async def test_the_answer_goes_to_stdout_and_what_it_came_to_to_stderr(served: Emulator) -> None:
    ran = await invoke(served, "--yes", "--payload", '{"sku": 1}', "--qualifier", "live", "--log")

    assert ran.code in (0, 1)  # the bad deployment of the demo fails now and then
    assert isinstance(json.loads(ran.out), dict)
    assert "billed" in ran.err
    assert "version 42" in ran.err
    assert "START RequestId" in ran.err
    assert served.calls["lambda.Invoke"] == 1


async def test_the_qualifier_may_stand_behind_the_name(served: Emulator) -> None:
    ran = await called(served, "invoke", f"{NAME}:live", "--yes", "--json")
    assert json.loads(ran.out)["qualifier"] == "live"
    assert served.calls["lambda.Invoke"] == 1

    both = await called(served, "invoke", f"{NAME}:live", "--yes", "--qualifier", "42")
    assert (both.code, "say one of them" in both.err) == (2, True)
    assert served.calls["lambda.Invoke"] == 1


async def test_json_tells_it_all(served: Emulator) -> None:
    told = json.loads((await invoke(served, "--yes", "--json")).out)

    assert (told["function"], told["version"], told["ran"]) == (NAME, "$LATEST", True)
    assert told["duration_ms"] > 0
    assert told["trace_id"].startswith("1-")


async def test_without_a_yes_nothing_is_sent(served: Emulator) -> None:
    ran = await invoke(served)

    assert (ran.code, served.calls["lambda.Invoke"]) == (2, 0)
    assert "there is nobody to ask" in ran.err
    assert (await invoke(served, "--dry-run")).code == 0
    assert (await invoke(served, "--yes", "--read-only")).code == 1
    assert served.calls["lambda.Invoke"] == 0


async def test_what_is_no_json_is_not_sent(served: Emulator) -> None:
    ran = await invoke(served, "--yes", "--payload", '{"a"')

    assert (ran.code, served.calls["lambda.Invoke"]) == (2, 0)
    assert "line 1, column 5" in ran.err


async def test_a_file_and_a_saved_event_can_be_sent(served: Emulator, state: Path) -> None:
    file = state / "cart.json"
    file.write_text('{"from": "a file"}')
    EventStore(state / "lambdatop" / "events").save(NAME, "full cart", "[1, 2, 3]")

    assert (await invoke(served, "--yes", "--payload", str(file), "--json")).code in (0, 1)
    assert (await invoke(served, "--yes", "--event", "full cart", "--json")).code in (0, 1)
    assert served.calls["lambda.Invoke"] == 2
    missing = await invoke(served, "--yes", "--event", "no such")
    assert (missing.code, "no test event no such was saved" in missing.err) == (2, True)


async def test_a_file_that_cannot_be_read_is_told_as_such(served: Emulator, state: Path) -> None:
    latin = state / "latin.json"
    latin.write_bytes(b'{"name": "Zo\xeb"}')

    for file, said in (
        (state / "cart.json", "cannot read {}: No such file or directory"),
        (state, "cannot read {}: Is a directory"),
        (latin, "{} is not UTF-8"),
    ):
        ran = await invoke(served, "--yes", "--payload", str(file))
        assert (ran.code, ran.err) == (2, f"lambdatop: {said.format(file)}\n")
    assert served.calls["lambda.Invoke"] == 0


async def test_a_broken_connection_leaves_open_whether_it_ran(served: Emulator) -> None:
    served.faults["lambda.Invoke"] = Fault.reset()

    ran = await invoke(served, "--yes", "--json")

    assert ran.code == 5
    assert json.loads(ran.out)["ran"] is None
    assert served.calls["lambda.Invoke"] == 1
