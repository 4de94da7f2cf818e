"""An emulated account whose clock stands answers every read alike: it is computed once for all tests of a process."""

import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lambdatop.emulator.account import Account
from lambdatop.emulator.gateway import load_everything
from lambdatop.emulator.operations import OPERATIONS
from lambdatop.emulator.server import Emulator

READS = (
    "cloudwatch.DescribeAlarms",
    "cloudwatch.GetMetricData",
    "cloudwatch.ListMetrics",
    "lambda.ListFunctions",
    "logs.FilterLogEvents",
    "xray.BatchGetTraces",
    "xray.GetServiceGraph",
    "xray.GetTraceSummaries",
)
"""The reads that cost most of an account's time. Any other operation that is not a read ends the remembering."""

_known: dict[tuple[Any, ...], bytes] = {}
_changed: set[int] = set()
"""The accounts, by identity, that are no longer as their seed made them."""


class RememberingEmulator(Emulator):
    """An emulator whose account is no longer remembered once a test lays hands on it."""

    def account(self, region: str | None = None) -> Account:
        account = super().account(region)
        if sys._getframe(1).f_globals["__name__"].startswith("tests."):
            _changed.add(id(account))
        return account


@contextmanager
def remembering() -> Iterator[None]:
    """Answer the reads of unchanged accounts from memory. For accounts that live as long as this lasts."""
    load_everything()
    with pytest.MonkeyPatch.context() as patched:
        for name, compute in list(OPERATIONS.items()):
            if name in READS:
                patched.setitem(OPERATIONS, name, _remembered(name, compute))
            elif not name.partition(".")[2].startswith(("Get", "List", "Describe", "Filter", "BatchGet")):
                patched.setitem(OPERATIONS, name, _changing(compute))
        yield
    _changed.clear()


def _remembered(name: str, compute: Any) -> Any:
    def answer(account: Account, params: dict[str, Any]) -> Any:
        if id(account) in _changed:
            return compute(account, params)
        key = (
            name,
            account.clock(),
            account.started,
            account.seed,
            len(account.functions),
            account.region,
            repr(params),
        )
        if key not in _known:
            _known[key] = pickle.dumps(compute(account, params))
        return pickle.loads(_known[key])  # a copy: a test may spoil the answer it gets

    return answer


def _changing(compute: Any) -> Any:
    def answer(account: Account, params: dict[str, Any]) -> Any:
        _changed.add(id(account))
        return compute(account, params)

    return answer
