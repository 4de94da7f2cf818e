"""Asking again and again: a source's one pass repeated on its interval, backing off under trouble and coming back."""

import random
from collections.abc import AsyncIterator, Callable

from lambdatop.aws.errors import AccessDenied, AwsError, CredentialsError, SettingsError
from lambdatop.clock import Clock
from lambdatop.updates import SourceAnswered, SourceFailed, SourceName, Trouble, Update

DENIED_RETRY_S = 600.0
LONGEST_RETRY_S = 60.0
FIRST_RETRY_S = 2.0
JITTER = 0.1

SETTLE_S = 3.0
"""How long after the full minute its metrics are queried."""

Ask = Callable[[], AsyncIterator[Update]]
Pause = Callable[[], float]
"""Seconds until the next pass."""


def every(seconds: float) -> Pause:
    """The same pause each time, plus or minus a tenth so that many programs do not poll in step."""
    return lambda: seconds * random.uniform(1 - JITTER, 1 + JITTER)


def each_minute(clock: Clock) -> Pause:
    """Until shortly after the next full minute: Lambda's metrics come by the minute, sooner there is nothing new."""
    return lambda: 60 - clock.now().timestamp() % 60 + random.uniform(1, SETTLE_S)


async def polled(name: SourceName, clock: Clock, pause: Pause, ask: Ask) -> AsyncIterator[Update]:
    """Yield every update of `ask()`, pass after pass. A failed pass yields SourceFailed and is retried later.

    The wait doubles from 2 s to 60 s while it fails; a missing permission is retried after ten minutes, or at the usual
    pace if that is sooner and the pass yielded something: one refused part must not make the others stale.
    """
    failures = 0
    while True:
        told = False
        try:
            async for update in ask():
                told = True
                yield update
        except AwsError as error:
            failures += 1
            wait_s = retry_in_s(error, failures)
            if told and isinstance(error, AccessDenied):
                wait_s = min(wait_s, pause())
            yield failed(name, error, clock, wait_s)
        else:
            failures, wait_s = 0, pause()
            yield SourceAnswered(name, clock.now())
        await clock.sleep(wait_s)


def retry_in_s(error: AwsError, failures: int) -> float:
    """How long to wait after that many failures in a row."""
    if isinstance(error, AccessDenied):
        return DENIED_RETRY_S
    return min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(failures - 1, 10))


def failed(name: SourceName, error: AwsError, clock: Clock, retry_in_s: float) -> SourceFailed:
    """The trouble of one source, as data."""
    return SourceFailed(
        source=name,
        error=error.line(),
        at=clock.now(),
        retry_in_s=retry_in_s,
        trouble=_trouble(error),
    )


def _trouble(error: AwsError) -> Trouble:
    if isinstance(error, CredentialsError):
        return Trouble.CREDENTIALS
    return Trouble.SETTINGS if isinstance(error, SettingsError) else Trouble.PASSING
