"""However the program fails, neither terminal nor report shows a value: only what kind of exception, and where."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from lambdatop import __version__
from tests.cli.programs import KEYS, environment
from tests.terminals import ALT_SCREEN, CURSOR_SHOWN, MAIN_SCREEN, Terminal, terminal

ROOT = Path(__file__).parents[1]
LIMIT_S = 60
WORD = "ASIALEAKED5f3e"
CANARY = f"{WORD}\x1b]0;owned\x07\x9b31m"
"""A credential that would set the terminal's title: in the environment, in local variables, in messages."""
NOWHERE = ("--endpoint-url", "http://127.0.0.1:9")

PROVOKE = """\
import asyncio, importlib.util, logging, os, sys, threading, warnings

CANARY = os.environ["LEAKED"]


def failing(*args, **more):
    payload = CANARY
    raise ValueError(f"cannot parse {payload}")


async def failing_later(*args, **more):
    secret = {CANARY: CANARY}
    await asyncio.sleep(0)
    raise RuntimeError(CANARY)


class Patched:
    '''Imports one module as usual, and then changes it.'''

    def find_spec(self, name, path, target=None):
        if name == MODULE:
            sys.meta_path.remove(self)
            spec = importlib.util.find_spec(name)
            execute = spec.loader.exec_module
            spec.loader.exec_module = lambda module: (execute(module), patch(module))
            return spec
        return None


if COMMAND is None or COMMAND in sys.orig_argv:
    sys.meta_path.insert(0, Patched())
"""


def provoked(folder: Path, module: str, patch: str, *, command: str | None = None) -> dict[str, str]:
    """The environment in which the program, once it has imported `module`, has it changed by the lines of `patch`."""
    body = "".join(f"    {line}\n" for line in patch.strip().splitlines())
    code = f"MODULE, COMMAND = {module!r}, {command!r}\n\n\ndef patch(module):\n{body}\n\n{PROVOKE}"
    (folder / "sitecustomize.py").write_text(code)
    state = str(folder / "state")
    return {**KEYS, "AWS_SESSION_TOKEN": CANARY, "LEAKED": CANARY, "PYTHONPATH": str(folder), "XDG_STATE_HOME": state}


def run(arguments: list[str], variables: Mapping[str, str]) -> "subprocess.CompletedProcess[bytes]":
    """The program to its end, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "lambdatop", *arguments],
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
    )


def is_harmless(text: str) -> bool:
    """True if it holds nothing of the canary, and no control character but the ends of lines."""
    return WORD not in text and "owned" not in text and all(char.isprintable() for char in re.sub(r"[\r\n]", "", text))


def the_report(folder: Path) -> str:
    """What stands in the one report, which is the owner's alone."""
    (path,) = (folder / "state" / "lambdatop").glob("crash-*.txt")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.is_file()
    return path.read_text()


def check_crash(folder: Path, shown: str, kind: str) -> None:
    """One crash output: kind, place, version and the report's path, and the same in the report; nothing else."""
    (file,) = (folder / "state" / "lambdatop").iterdir()
    written = the_report(folder)
    assert is_harmless(shown), shown
    assert is_harmless(written), written
    assert "Traceback" not in shown
    assert shown.count("lambdatop crashed") == 1
    assert written.startswith(f"lambdatop crashed: {kind}")
    assert f"lambdatop crashed: {kind}" in shown
    assert str(file) in re.sub(r"[\r\n]", "", shown)
    assert "Please report this with the file above" in shown
    for told in (shown, written):
        assert f"lambdatop {__version__}, Python 3." in told
        assert re.search(r"\S+\.py:\d+ \S+", told)


_LEAVING = re.compile(r"\x1b\[(?:\?[0-9]+[lh]|<u)|\x1b\]22;default\x07")
"""What is set back after the screen was left, the mouse's pointer among it."""


def on_the_main_screen(opened: Terminal) -> str:
    """What came once the terminal was left, which it must have been if it was ever entered."""
    received = bytes(opened.received)
    assert opened.modes() == opened.modes_before
    assert WORD.encode() not in received
    assert b"\x1b]0;" not in received
    if ALT_SCREEN not in received:
        return received.decode()
    left = received[received.rindex(ALT_SCREEN) :].rpartition(MAIN_SCREEN)[2]
    assert MAIN_SCREEN in received
    assert CURSOR_SHOWN in left
    return _LEAVING.sub("", left.decode())


COMMANDS = {
    "once": ("--once",),
    "logs": ("logs", "checkout-api"),
    "traces": ("traces", "checkout-api"),
    "set": ("set", "memory", "checkout-api", "512", "--yes"),
    "undo": ("undo", "--yes"),
    "invoke": ("invoke", "checkout-api", "--yes"),
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS.keys())
def test_a_command_that_fails_while_it_asks_aws_shows_no_value(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    variables = provoked(tmp_path, "lambdatop.aws.gate", "module.Gate.call = failing_later")

    ended = run([*arguments, *NOWHERE], variables)

    assert ended.returncode == 1
    assert ended.stdout == b""
    check_crash(tmp_path, ended.stderr.decode(), "RuntimeError")


OTHERS = {
    "journal": (["journal"], "lambdatop.actions.journal.journal", "module.Journal.entries = failing"),
    "config": (["config", "check"], "lambdatop.cli.preferences", "module.platformdirs.user_config_path = failing"),
    "emulator": (["emulator", "--port", "0"], "lambdatop.emulator.server", "module.Emulator.__aenter__ = failing"),
    "an import": (
        ["journal"],
        "lambdatop.cli.change.journal_command",
        "raise ImportError(CANARY, name=CANARY, path=CANARY)",
    ),
    "the words": (["journal"], "lambdatop.cli.parser", "module.parse = failing"),
}


@pytest.mark.parametrize(("arguments", "module", "patch"), OTHERS.values(), ids=OTHERS.keys())
def test_a_command_that_fails_elsewhere_shows_no_value(
    tmp_path: Path, arguments: list[str], module: str, patch: str
) -> None:
    variables = provoked(tmp_path, module, patch)

    ended = run(arguments, {**variables, "XDG_CONFIG_HOME": ""})

    assert ended.returncode == 1
    check_crash(tmp_path, ended.stderr.decode(), "ImportError" if "ImportError" in patch else "ValueError")


WITHIN = "lambdatop.cli.change.journal_command"
IN_BACKGROUND = {
    "a thread": ("thread = threading.Thread(target=failing)\nthread.start()\nthread.join()", "ValueError"),
    "a callback": (
        "async def body():\n    asyncio.get_running_loop().call_soon(failing)\nasyncio.run(body())",
        "Value",
    ),
}


@pytest.mark.parametrize(("body", "kind"), IN_BACKGROUND.values(), ids=IN_BACKGROUND.keys())
def test_what_fails_in_the_background_of_a_command_is_a_crash_too(tmp_path: Path, body: str, kind: str) -> None:
    patch = "def body(*args, **more):\n" + "".join(f"    {line}\n" for line in [*body.splitlines(), "return 0"])
    ended = run(["journal"], provoked(tmp_path, WITHIN, f"{patch}module.run = body"))

    assert ended.returncode == 1
    check_crash(tmp_path, ended.stderr.decode(), kind)


NOTED = {
    "a finalizer": ("class Last:\n    __del__ = failing\nLast()", "a finalizer failed: ValueError"),
    "a task": (
        "import gc\nasync def body():\n    asyncio.create_task(failing_later(), name=CANARY)\n"
        "    for _ in range(3):\n        await asyncio.sleep(0)\nasyncio.run(body())\ngc.collect()",
        "asyncio logged ERROR: RuntimeError",
    ),
    "a warning": ("warnings.warn(CANARY, RuntimeWarning)", "RuntimeWarning at "),
    "a log": ("logging.getLogger('some.library').error('%s of %s', CANARY, CANARY)", "some.library logged ERROR"),
    "a log without a logger": ("logging.error(CANARY)\nlogging.error(CANARY)", "root logged ERROR"),
    "a log that cannot be formatted": ("logging.getLogger('x').error('%d', CANARY)", "x logged ERROR"),
}


@pytest.mark.parametrize(("body", "note"), NOTED.values(), ids=NOTED.keys())
def test_what_ends_nothing_is_one_line(tmp_path: Path, body: str, note: str) -> None:
    patch = "def body(*args, **more):\n" + "".join(f"    {line}\n" for line in [*body.splitlines(), "return 0"])
    ended = run(["journal"], provoked(tmp_path, WITHIN, f"{patch}module.run = body"))

    shown = ended.stderr.decode()
    assert ended.returncode == 0
    assert is_harmless(shown), shown
    assert shown.startswith(f"lambdatop: {note}")
    assert shown.count("\n") == 1


MIXED = """\
def body(*args, **more):
    try:
        failing()
    except ValueError as error:
        cause = LookupError(CANARY)
        cause.__context__ = cause.__cause__ = error
    group = ExceptionGroup(CANARY, [OSError(28, CANARY, CANARY), cause])
    group.add_note(CANARY)
    raise group
module.run = body
"""


def test_groups_causes_and_notes_are_told_without_a_value(tmp_path: Path) -> None:
    ended = run(["journal"], provoked(tmp_path, WITHIN, MIXED))

    assert ended.returncode == 1
    check_crash(tmp_path, ended.stderr.decode(), "ExceptionGroup")
    written = the_report(tmp_path)
    assert "one of the group: OSError (No space left on device)" in written
    assert "one of the group: LookupError" in written
    assert "caused by: ValueError" in written


def test_a_kind_with_an_odd_name_is_harmless_on_a_terminal(tmp_path: Path) -> None:
    patch = (
        "Odd = type('O\\x1b]0;\\x07dd', (TypeError,), {'__module__': 'odd\\x9b'})\n"
        "def run(*args):\n    raise Odd(CANARY)\nmodule.run = run"
    )
    ended = run(["journal"], provoked(tmp_path, WITHIN, patch))

    assert ended.returncode == 1
    check_crash(tmp_path, ended.stderr.decode(), "odd?.O?]0;?dd")


def test_an_error_of_the_system_is_told_in_its_own_words(tmp_path: Path) -> None:
    patch = "async def call(*args, **more):\n    raise OSError(28, CANARY, CANARY)\nmodule.Gate.call = call"
    ended = run(["logs", "checkout-api", *NOWHERE], provoked(tmp_path, "lambdatop.aws.gate", patch))

    assert ended.returncode == 1
    assert ended.stderr == b"lambdatop: cannot write to standard output: No space left on device\n"


def test_a_recursion_without_end_is_told_in_few_lines(tmp_path: Path) -> None:
    ended = run(["journal"], provoked(tmp_path, WITHIN, "def run(*args):\n    return run()\nmodule.run = run"))

    assert ended.returncode == 1
    check_crash(tmp_path, ended.stderr.decode(), "RecursionError")
    assert len(ended.stderr.splitlines()) < 20
    assert len(the_report(tmp_path).splitlines()) < 80


@pytest.mark.parametrize("link", ["lambdatop", None], ids=["a link", "a file"])
def test_a_report_that_cannot_be_written_is_not(tmp_path: Path, link: str | None) -> None:
    variables = provoked(tmp_path, WITHIN, "module.run = failing")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if link:
        (tmp_path / "state").mkdir()
        (tmp_path / "state" / link).symlink_to(elsewhere)
    else:
        (tmp_path / "state").write_text("")

    ended = run(["journal"], variables)

    shown = ended.stderr.decode()
    assert ended.returncode == 1
    assert is_harmless(shown), shown
    assert "No report could be written (Not a directory)" in shown
    assert "Traceback" not in shown
    assert list(elsewhere.iterdir()) == []


def test_no_standard_error_does_not_keep_the_report_from_being_written(tmp_path: Path) -> None:
    variables = provoked(tmp_path, WITHIN, "module.run = failing")
    words = 'exec "$0" -m lambdatop journal 2>&-'
    ended = subprocess.run(["sh", "-c", words, sys.executable], env=environment(**variables), timeout=LIMIT_S)

    assert ended.returncode == 1
    assert the_report(tmp_path).startswith("lambdatop crashed: ValueError")


def test_an_interrupt_is_no_crash(tmp_path: Path) -> None:
    patch = "def run(*args):\n    raise KeyboardInterrupt(CANARY)\nmodule.run = run"
    ended = run(["journal"], provoked(tmp_path, WITHIN, patch))

    assert (ended.returncode, ended.stderr) == (130, b"")
    assert not (tmp_path / "state").exists()


APP = "lambdatop.ui.app"
TERMINAL = "lambdatop.ui.terminal"
ON_READY = "def on_ready(self):\n    secret = CANARY\n    {}\nmodule.LambdatopApp.on_ready = on_ready"
IN_THE_MONITOR = {
    "the app's module": (APP, "raise ImportError(CANARY)", "ImportError"),
    "the app's making": (APP, "module.LambdatopApp.__init__ = failing", "ValueError"),
    "a message": (APP, "module.LambdatopApp.on_ready = failing", "ValueError"),
    "a worker": (APP, ON_READY.format("self.run_worker(failing_later())"), "RuntimeError"),
    "a thread worker": (APP, ON_READY.format("self.run_worker(failing, thread=True)"), "ValueError"),
    "a timer": (APP, ON_READY.format("self.set_interval(0.01, failing)"), "ValueError"),
    "after the refresh": (APP, ON_READY.format("self.call_after_refresh(failing)"), "ValueError"),
    "a callback": (APP, ON_READY.format("module.asyncio.get_running_loop().call_soon(failing)"), "ValueError"),
    "a thread": (APP, ON_READY.format("threading.Thread(target=failing).start()"), "ValueError"),
    "compose": (APP, "module.FleetScreen.compose = failing", "ValueError"),
    "render": (APP, "module.FleetScreen.render = failing\nmodule.FleetScreen.render_lines = failing", "ValueError"),
    "a watcher": (APP, "module.LambdatopApp.watch_state = failing", "ValueError"),
    "its end": (APP, ON_READY.format("self.exit()") + "\nmodule.LambdatopApp.on_unmount = failing", "ValueError"),
    "styles": (APP, "module.LambdatopApp.CSS = '/* ' + CANARY + ' */ Screen { color: ' + CANARY + ' }'", "textual"),
    "what draws itself": (
        APP,
        "class Drawn(Exception):\n    def __rich__(self):\n        return CANARY\n"
        + ON_READY.format("raise Drawn(CANARY)"),
        "sitecustomize.patch.<locals>.Drawn",
    ),
    "the keys' thread": (TERMINAL, "module.TerminalDriver.run_input_thread = failing", "ValueError"),
    "the writing thread": (
        TERMINAL,
        "usual = module.Outlet.write\nmodule.Outlet.write = lambda self, text: "
        "failing() if '1004h' in text else usual(self, text)",
        "ValueError",
    ),
    "entering the terminal": (TERMINAL, "module.TerminalDriver._enable_bracketed_paste = failing", "ValueError"),
}


@pytest.mark.parametrize(("module", "patch", "kind"), IN_THE_MONITOR.values(), ids=IN_THE_MONITOR.keys())
def test_the_monitor_leaves_the_terminal_and_shows_no_value(tmp_path: Path, module: str, patch: str, kind: str) -> None:
    with terminal(*NOWHERE, environment=provoked(tmp_path, module, patch), width=160) as opened:
        assert opened.ended() == 1
        check_crash(tmp_path, on_the_main_screen(opened), kind)


def test_debugging_textual_shows_no_value_either(tmp_path: Path) -> None:
    variables = {**provoked(tmp_path, APP, "module.LambdatopApp.on_ready = failing"), "TEXTUAL": "debug"}
    with terminal(*NOWHERE, environment=variables, width=160) as opened:
        assert opened.ended() == 1
        check_crash(tmp_path, on_the_main_screen(opened), "ValueError")


def test_a_task_that_fails_unseen_does_not_end_the_monitor(tmp_path: Path) -> None:
    patch = ON_READY.format("module.asyncio.get_running_loop().create_task(failing_later(), name=CANARY)")
    with terminal(*NOWHERE, environment=provoked(tmp_path, APP, patch), width=160) as opened:
        opened.sees("λtop")
        opened.press("q")

        assert opened.ended() == 0
        assert is_harmless(on_the_main_screen(opened))


@pytest.mark.parametrize("silent", [False, True], ids=["told by SIGHUP", "told by nothing"])
def test_a_closed_terminal_is_no_crash(tmp_path: Path, silent: bool) -> None:
    variables = {**KEYS, "XDG_STATE_HOME": str(tmp_path / "state")}
    with terminal(*NOWHERE, environment=variables, silent=silent) as opened:
        opened.sees("FUNCTION")
        opened.hang_up()

        assert opened.process.wait(LIMIT_S) == 129
    assert list(tmp_path.rglob("crash-*")) == []


def test_the_demo_whose_account_crashes_shows_no_value(tmp_path: Path) -> None:
    variables = provoked(
        tmp_path, "lambdatop.emulator.server", "module.Emulator.__init__ = failing", command="emulator"
    )

    ended = run(["--once", "--demo"], variables)

    assert ended.returncode != 0
    assert is_harmless(ended.stderr.decode())
    assert is_harmless(the_report(tmp_path))


def test_nothing_of_ours_prints_tracebacks_or_local_variables() -> None:
    printing = re.compile(r"show_locals|rich\.traceback|traceback\.(print|format)|faulthandler|print_exc|format_exc")
    package = (ROOT / "lambdatop").rglob("*.py")

    assert [path.name for path in package if printing.search(path.read_text())] == []


def test_the_report_names_files_as_they_are_imported(tmp_path: Path) -> None:
    ended = run(
        ["journal"], provoked(tmp_path, "lambdatop.actions.journal.journal", "module.Journal.entries = failing")
    )

    shown = ended.stderr.decode()
    assert re.search(r"^  lambdatop/__main__\.py:\d+ main$", shown, re.MULTILINE)
    assert re.search(r"^  sitecustomize\.py:\d+ failing$", shown, re.MULTILINE)
    assert os.fspath(ROOT) not in shown.replace(os.fspath(tmp_path), "")
