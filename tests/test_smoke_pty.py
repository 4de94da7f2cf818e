"""The whole program in a real terminal: it shows the demo account, and however it ends nothing is left behind."""

import signal
import subprocess
import sys
import time

import pytest

from tests.terminals import ALT_SCREEN, CURSOR_SHOWN, MAIN_SCREEN, PATIENCE_S, Terminal, lives, terminal

MOUSE_OFF = b"\x1b[?1003l"


def is_restored(opened: Terminal) -> bool:
    """True if the terminal is as the program found it: the main screen, a cursor, no mouse, its modes."""
    received = bytes(opened.received)
    after = received[received.rfind(ALT_SCREEN) :]
    return (
        all(sign in after for sign in (MAIN_SCREEN, CURSOR_SHOWN, MOUSE_OFF)) and opened.modes() == opened.modes_before
    )


def until_gone(pid: int) -> None:
    """Wait for a process that is no child of ours."""
    deadline = time.monotonic() + PATIENCE_S
    while lives(pid):
        assert time.monotonic() < deadline, f"process {pid} still lives"


def test_the_demo_shows_its_rows_opens_one_and_quits_with_everything_restored() -> None:
    with terminal("--demo") as opened:
        opened.sees("checkout-api")
        (account,) = opened.children()
        opened.sees("▲")
        opened.press("\r")
        opened.sees("timeout 15 s")
        opened.press("q")
        opened.sees("FUNCTION")
        opened.press("q")

        assert opened.ended() == 0
        assert is_restored(opened)
        until_gone(account)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("shown", ["", "checkout-api"], ids=["at the first frame", "in mid-run"])
def test_a_signal_ends_it_with_everything_restored(sent: signal.Signals, shown: str) -> None:
    with terminal("--demo") as opened:
        opened.until(lambda: ALT_SCREEN in opened.received)
        opened.sees(shown or "λtop")
        accounts = opened.children()
        opened.process.send_signal(sent)

        assert opened.ended() == 128 + sent
        assert is_restored(opened)
        for account in accounts:
            until_gone(account)


@pytest.mark.parametrize("silent", [False, True], ids=["told by SIGHUP", "told by nothing"])
def test_a_closed_terminal_ends_it_and_its_account(silent: bool) -> None:
    with terminal("--demo", silent=silent) as opened:
        opened.sees("checkout-api")
        (account,) = opened.children()
        opened.hang_up()

        opened.process.wait(PATIENCE_S)
        until_gone(account)


def test_a_killed_program_leaves_no_account_behind() -> None:
    with terminal("--demo") as opened:
        opened.sees("checkout-api")
        (account,) = opened.children()
        opened.process.kill()

        opened.process.wait(PATIENCE_S)
        until_gone(account)


def test_the_smallest_terminal_can_be_left() -> None:
    with terminal("--demo", width=1, height=1) as opened:
        opened.until(lambda: ALT_SCREEN in opened.received)
        opened.until(opened.children)
        opened.press("q")

        assert opened.ended() == 0
        assert is_restored(opened)


@pytest.mark.parametrize("arguments", [["--demo"], []])
def test_without_a_terminal_it_says_what_to_use_and_ends_with_2(arguments: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "lambdatop", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "not a terminal" in ended.stderr
    assert "--once" in ended.stderr


def test_a_dumb_terminal_is_told_what_to_use() -> None:
    with terminal("--demo", environment={"TERM": "dumb"}) as opened:
        assert opened.ended() == 2
        assert ALT_SCREEN not in opened.received
        assert b"--once" in opened.received


def test_a_function_that_does_not_exist_is_answered_with_names_that_come_near() -> None:
    with terminal("--demo", "checkout-ap") as opened:
        assert opened.ended() == 1
        assert is_restored(opened)
        assert "there is no function checkout-ap in this account and Region; did you mean checkout-api" in " ".join(
            opened.text().split()
        )
