"""Standard output as commands use it: closed early, full or interrupted, it ends them in one line or none."""

import asyncio
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper

from lambdatop.aws.errors import AwsError
from lambdatop.cli.exits import Exit, code_of, complain
from lambdatop.cli.preferences import PreferencesError
from lambdatop.model.text import safe


def put(text: str) -> None:
    """Write `text` and send it off. What the terminal's encoding lacks is written as `\\u2026`."""
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")
    print(text, end="", flush=True)


def note(text: str) -> None:
    """Say something on stderr that is of no use but to a person at a terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"lambdatop: {safe(text)}", file=sys.stderr, flush=True)


def in_colour() -> bool:
    """True if standard output is a terminal that shows colours, and the user has not said no (no-color.org)."""
    out = sys.stdout
    return out is not None and out.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")


def guarded(body: Callable[[], int]) -> int:
    """Run a command's body; the exit code it returns, or that of what ended it: AWS, Ctrl-C, or standard output."""
    try:
        return body()
    except AwsError as error:
        return complain(error.line(), code_of(error))
    except PreferencesError as error:
        return complain(str(error), Exit.USAGE)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        _give_up_output()
        return Exit.OK
    except OSError as error:
        _give_up_output()
        why = os.strerror(error.errno) if error.errno else type(error).__name__  # its own words may hold anything
        return complain(f"cannot write to standard output: {why}", Exit.FAILED)


@contextmanager
def reader_watched() -> Iterator[None]:
    """End the block with BrokenPipeError once nobody reads standard output, though there is nothing to write.

    So `lambdatop logs -f api | grep -m1 ERROR` ends with grep, and not at the next line.
    """
    loop, task, fd = asyncio.get_running_loop(), asyncio.current_task(), _pipe()
    gone = False

    def hang_up() -> None:
        nonlocal gone
        gone = True
        loop.remove_reader(fd)
        if task is not None:
            task.cancel()

    if fd >= 0:
        loop.add_reader(fd, hang_up)  # the writing end of a pipe is readable only in the sense of its error
    try:
        yield
    except asyncio.CancelledError:
        if gone:
            raise BrokenPipeError from None
        raise
    finally:
        if fd >= 0:
            loop.remove_reader(fd)


def _pipe() -> int:
    """Standard output's descriptor if it is a pipe, else -1."""
    with suppress(AttributeError, OSError):  # none at all, or one without a descriptor
        fd = sys.stdout.fileno()
        return fd if stat.S_ISFIFO(os.fstat(fd).st_mode) else -1
    return -1


def _give_up_output() -> None:
    """Or the interpreter complains of what is still unwritten while it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
