"""The one thing that is printed when the program fails: what kind of exception, and where; never a value.

A traceback's locals, an exception's message and a log record's arguments may hold credentials, environment values,
payloads or control characters. So nothing here calls `str` or `repr` on anything that the program worked with.
Every command imports this first: it is light, and what only a crash needs is imported then.
"""

import os
import sys
from collections.abc import Callable, Iterator
from types import CodeType, TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import logging
    import threading
    from pathlib import Path

FAILED = 1
"""`cli.exits.Exit.FAILED`, which is not worth importing before the command is known."""
_MOST_PLACES, _OUTERMOST, _PRINTED = 60, 10, 12
_MOST_ERRORS = 20
_MOST_NOTES = 5
_LIBRARIES = frozenset({"aiobotocore", "aiohttp", "asyncio", "botocore", "ssl", "urllib3"})
"""A callback that fails within these alone is a connection that broke, not a crash."""
_REPORTING_THEMSELVES = frozenset({"aiobotocore", "boto3", "botocore", "urllib3"})
"""What these log also comes as the error of a call, which the program shows."""
_ANY = (ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, MemoryError, NameError, OSError)
_ANY_MORE = (*_ANY, RuntimeError, TypeError, ValueError)
"""Whatever could go wrong in here: if a hook itself raises, Python prints both exceptions with their messages."""

Screen = Callable[[BaseException], object]


class _Seen:
    """What this process has reported so far."""

    crashed = False
    screen: Screen | None = None
    notes: set[str]


_seen = _Seen()
_seen.notes = set()


def watch() -> None:
    """Report from now on, instead of Python, what nobody catches and what it warns of."""
    import warnings

    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    warnings.showwarning = _warned


def watch_background() -> None:
    """Report also what fails in threads and in callbacks of event loops, and what libraries log."""
    import logging
    import threading

    threading.excepthook = _thread_failed
    logging.raiseExceptions = False  # prints the arguments of a record that cannot be formatted
    handler = logging.Handler(logging.WARNING)
    handler.addFilter(_logged)
    logging.getLogger().addHandler(handler)  # with one there, no library's `logging.warning` adds one that prints


def hand_to(screen: Screen | None) -> None:
    """While the terminal is drawn on, let this end the program for what fails in the background; None: no longer."""
    _seen.screen = screen


def crashed() -> bool:
    """True if a crash was reported, though the command may have returned as if all were well."""
    return _seen.crashed


def report(error: BaseException) -> None:
    """Write the crash to a file and print it on stderr. Only the first of a process: the others follow from it."""
    if _seen.crashed:
        return
    _seen.crashed = True
    try:
        places = list(_described(error, set()))
        versions = _versions()
    except _ANY_MORE:
        places, versions = [_kind(error)], ""
    written = _write("\n".join((f"lambdatop crashed: {places[0]}", *places[1:], versions, "")))
    _print(f"lambdatop crashed: {places[0]}", *_shortened(places[1:], _PRINTED, _PRINTED // 3), versions, *written)


# What Python, threads and libraries call


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        report(error)


def _thread_failed(args: "threading.ExceptHookArgs") -> None:
    if args.exc_value is not None:
        _failed_in_background(args.exc_value)


def _failed_in_background(error: BaseException) -> None:
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return
    if _seen.screen is not None:
        try:
            _seen.screen(error)
        except RuntimeError:  # its event loop is closed
            report(error)
    else:
        report(error)


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    _note("a finalizer failed", args.exc_value)


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    _note(f"{_plain(category.__name__)} at {_file(filename)}:{lineno}")


def _logged(record: "logging.LogRecord") -> bool:
    """A filter that lets nothing pass: neither the message nor the arguments of a record are known to be harmless."""
    error = record.exc_info[1] if record.exc_info else None
    in_callback = record.name == "asyncio" and str(record.msg).startswith("Exception in callback")
    if in_callback and error is not None and not _is_of_libraries(error):
        _failed_in_background(error)
    elif record.name.partition(".")[0] not in _REPORTING_THEMSELVES:
        _note(f"{_plain(record.name)} logged {_plain(record.levelname)}", error)
    return False


def _is_of_libraries(error: BaseException) -> bool:
    names = {str(at.tb_frame.f_globals.get("__name__")).partition(".")[0] for at in _each(error.__traceback__)}
    return names <= _LIBRARIES


def _note(what: str, error: BaseException | None = None) -> None:
    """One line for what ends nothing. Nothing on a screen, which it would deface."""
    if _seen.screen is not None or len(_seen.notes) >= _MOST_NOTES:
        return
    try:
        where = _places(error.__traceback__)[-1:] if error is not None else []
        text = ": ".join((what, _kind(error), *where)) if error is not None else what
    except _ANY_MORE:
        text = what
    if text not in _seen.notes:
        _seen.notes.add(text)
        _print(f"lambdatop: {text}")


# Words without values


def _described(error: BaseException, seen: set[int], role: str = "") -> Iterator[str]:
    """The exception's kind and places, then those of its parts and its causes."""
    if id(error) in seen or len(seen) >= _MOST_ERRORS:
        return
    seen.add(id(error))
    yield f"{role}{_kind(error)}"
    yield from (f"  {place}" for place in _shortened(_places(error.__traceback__), _MOST_PLACES, _OUTERMOST))
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _described(each, seen, "one of the group: ")
    if error.__cause__ is not None:
        yield from _described(error.__cause__, seen, "caused by: ")
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from _described(error.__context__, seen, "while handling: ")


def _kind(error: BaseException) -> str:
    """The exception's type, and the system's word for its number if it has one; its message may hold anything."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return _plain(name) + (f" ({_system_word(error)})" if isinstance(error, OSError) and error.errno else "")


def _system_word(error: OSError) -> str:
    """What the operating system calls this error, in its own words and not the exception's."""
    return os.strerror(error.errno) if isinstance(error.errno, int) else "unknown"


def _each(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _places(trace: TracebackType | None) -> list[str]:
    """`file:line function` of every frame, the innermost last."""
    return [f"{_place(at.tb_frame.f_code, at.tb_lineno)}" for at in _each(trace)]


def _place(code: CodeType, line: int | None) -> str:
    return f"{_file(code.co_filename)}:{line or '?'} {_plain(code.co_qualname)}"


def _file(path: str) -> str:
    """As it is imported: `lambdatop/ui/app.py`, and not in whose home directory it lies."""
    roots = sorted((root for root in sys.path if root and path.startswith(root + os.sep)), key=len)
    return _plain(path[len(roots[-1]) + 1 :] if roots else os.path.basename(path))


def _shortened(lines: list[str], most: int, first: int) -> list[str]:
    left_out = len(lines) - most
    if left_out <= 0:
        return lines
    return [*lines[:first], f"  … {left_out} more", *lines[first + left_out :]]


def _plain(text: str) -> str:
    """Harmless on a terminal: names come from code, and so does a file's, but a folder may have any name."""
    return "".join(char if char.isprintable() else "?" for char in text[:300])


def _versions() -> str:
    from importlib.metadata import PackageNotFoundError, version

    from lambdatop import __version__

    try:
        textual = version("textual")
    except PackageNotFoundError:
        textual = "unknown"
    python = ".".join(map(str, sys.version_info[:3]))
    return f"lambdatop {__version__}, Python {python}, Textual {textual}, {sys.platform}"


# Where it goes


def _write(text: str) -> tuple[str, ...]:
    """Write the report; the lines that say where it is, or why it is not."""
    try:
        path = _created(text)
    except OSError as error:
        return (f"No report could be written ({_system_word(error)}).", "Please report this with the lines above.")
    except _ANY_MORE:
        return ("No report could be written.", "Please report this with the lines above.")
    return (f"Report written to {_plain(str(path))}", "It holds no values. Please report this with the file above.")


def _created(text: str) -> "Path":
    """A new file that only its owner can read. Raises OSError, also if the folder is a symbolic link."""
    import time

    folder = state_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"crash-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}.txt"
    inside = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=inside)
    finally:
        os.close(inside)
    with os.fdopen(file, "w", encoding="utf-8", errors="backslashreplace") as out:
        os.fchmod(file, 0o600)
        out.write(text)
    return folder / name


def state_folder() -> "Path":
    """`$XDG_STATE_HOME/lambdatop`, or where this system keeps such things; the journal's folder, too."""
    from pathlib import Path

    base = os.environ.get("XDG_STATE_HOME", "")
    if os.path.isabs(base):
        return Path(base) / "lambdatop"
    from platformdirs import user_state_path

    return user_state_path("lambdatop")


def _print(*lines: str) -> None:
    try:
        print(*(line for line in lines if line), sep="\n", file=sys.stderr, flush=True)
    except (OSError, ValueError):  # nobody can read it: the terminal is gone
        return
