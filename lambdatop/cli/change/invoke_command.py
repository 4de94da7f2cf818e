"""`lambdatop invoke`: one invocation by hand, asked about, sent once, its answer on standard output."""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from lambdatop.actions.applying.invoke import invoke
from lambdatop.actions.journal.journal import Journal, default_path
from lambdatop.actions.journal.saved_payloads import EventStore, default_folder
from lambdatop.aws.gate import Gate
from lambdatop.cli.change.confirm import Consent, interrupted, refused
from lambdatop.cli.connect import gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.output import guarded, put
from lambdatop.cli.preferences import preferred
from lambdatop.clock import Clock, SystemClock
from lambdatop.config import Config
from lambdatop.model.function_name import parse_called, plain_name
from lambdatop.model.invocations.by_hand import EMPTY, Invoked, ManualInvocation, problem
from lambdatop.model.text import safe
from lambdatop.sources.fleet.account import caller
from lambdatop.sources.fleet.by_name import named
from lambdatop.words.invocation import verdict

STDIN, LAST = "-", "last"


class InvokeArguments(Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    function: str
    qualifier: str | None = None
    payload: str | None = None
    """JSON, a file's name, or `-`."""
    event: str | None = None
    """The name of a saved test event, or `last`."""
    log: bool = False


def run(config: Config, wanted: InvokeArguments, consent: Consent) -> int:
    """Invoke it; the exit code."""
    called = parse_called(wanted.function)
    if called is not None and called.qualifier is not None:
        if wanted.qualifier not in (None, called.qualifier):
            both = f"{safe(wanted.function)} and --qualifier {safe(wanted.qualifier)}"
            return complain(f"{both} are not the same: say one of them", Exit.USAGE)
        wanted = replace(wanted, qualifier=called.qualifier)
    return guarded(lambda: _run(preferred(config), wanted, consent, SystemClock()))


def _run(config: Config, wanted: InvokeArguments, consent: Consent, clock: Clock) -> int:
    events = EventStore(default_folder() if not config.demo else None)
    try:
        payload = _payload(wanted, events)
    except Unread as error:
        return complain(str(error), Exit.USAGE)
    why = problem(payload)
    if why is not None:
        return complain(why, Exit.USAGE)
    with gate(config, clock) as aws:
        return asyncio.run(_invoke(aws, clock, wanted, payload, consent, events))


class Unread(Exception):
    """What is to be sent is not there, or cannot be read; `str()` is one line that says why."""


def _payload(wanted: InvokeArguments, events: EventStore) -> str:
    """What is to be sent. Raises Unread."""
    if wanted.event is not None:
        kept = events.of(plain_name(wanted.function))
        event = kept.last if wanted.event == LAST else kept.saved.get(wanted.event)
        if event is None:
            raise Unread(f"no test event {safe(wanted.event)} was saved")
        return event
    given = wanted.payload
    if given is None:
        return EMPTY
    if given == STDIN:
        return _read("standard input", sys.stdin.read)
    return given if problem(given) is None else _file(given)


def _file(name: str) -> str:
    """The file's text; what begins like JSON and names no file is itself what is wrong."""
    try:
        there = Path(name).exists()
    except (OSError, ValueError):  # longer than a name can be, or with a NUL
        there = False
    if not there and name.lstrip().startswith(("{", "[", '"')):
        return name
    return _read(safe(name), lambda: Path(name).read_text(encoding="utf-8"))


def _read(what: str, read: Callable[[], str]) -> str:
    try:
        return read()
    except UnicodeDecodeError:
        raise Unread(f"{what} is not UTF-8") from None
    except OSError as error:
        raise Unread(f"cannot read {what}: {error.strerror or error}") from None
    except ValueError as error:
        raise Unread(f"cannot read {what}: {error}") from None


async def _invoke(
    aws: Gate, clock: Clock, wanted: InvokeArguments, payload: str, consent: Consent, events: EventStore
) -> int:
    try:
        who, function = await caller(aws), await named(aws, wanted.function, qualified=True)
        invocation = ManualInvocation(function=function.name, qualifier=wanted.qualifier, payload=payload)
        where = f"{who.account} · {who.region}"
        question = f"Invoke {safe(invocation.named)} in {safe(where)} with {invocation.bytes:,} bytes?"
        if consent.dry_run:
            return complain(f"would: {question[0].lower()}{question[1:-1]}", Exit.OK)
        if aws.connection.read_only:
            return complain("read-only mode: nothing is invoked", Exit.FAILED)
        no = await refused(consent, question=question)
        if no is not None:
            return no
        with suppress(OSError):  # that it is remembered is a courtesy
            events.used(function.name, payload)
        journal = Journal(default_path() if events.folder is not None else None)
        try:
            done = await invoke(aws, clock, invocation, journal, who)
        except asyncio.CancelledError:  # Ctrl-C
            return interrupted("it was sent, and is not known whether it ran; see: lambdatop journal")
    finally:
        await aws.close()
    return _told(done, wanted, as_json=consent.as_json)


def _told(done: Invoked, wanted: InvokeArguments, *, as_json: bool) -> int:
    if as_json:
        put(json.dumps(_members(done)) + "\n")
    else:
        if wanted.log and done.log:
            print(safe(done.log, newlines=True), file=sys.stderr, end="")
        complain("".join(text for text, _ in verdict(done)), Exit.OK)
        if done.refused is None:
            put(done.payload if not sys.stdout.isatty() else f"{safe(done.payload, newlines=True)}\n")
    return Exit.OK if not done.failed else Exit.FAILED if done.certain else Exit.NETWORK


def _members(done: Invoked) -> dict[str, Any]:
    report = done.report
    return {
        "function": done.invocation.function,
        "qualifier": done.invocation.qualifier,
        "version": done.version,
        "ran": True if done.refused is None else None if not done.certain else False,
        "error": done.error,
        "refused": done.refused,
        "payload": done.payload,
        "duration_ms": report.duration_ms if report else None,
        "billed_ms": report.billed_ms if report else None,
        "init_ms": report.init_ms if report else None,
        "memory_mb": report.memory_mb if report else None,
        "used_mb": report.used_mb if report else None,
        "request_id": report.request_id if report else None,
        "trace_id": done.trace_id,
        "log": done.log,
    }
