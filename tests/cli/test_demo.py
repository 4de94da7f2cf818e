"""The embedded account's process: it ends with its parent, however that one ends."""

import os
import select
import signal
import subprocess
import sys

import pytest

from lambdatop.cli.demo import DemoAccount
from tests.cli.programs import LIMIT_S, environment

PARENT = """
import signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is inherited as ignored
from lambdatop.cli.demo import DemoAccount
account = DemoAccount(functions=5)
print(account._process.pid, account.endpoint_url(), flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that is not its child: Linux only")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_child_is_gone_when_the_parent_is_killed(how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child, url = parent.stdout.readline().split()
        assert url.startswith("http://127.0.0.1:")
        alive = os.pidfd_open(int(child))

        parent.send_signal(how)
        parent.wait(LIMIT_S)

    ended, _, _ = select.select([alive], [], [], LIMIT_S)
    os.close(alive)
    assert ended, f"process {child} outlives its parent"


def test_a_closed_account_has_no_process() -> None:
    with DemoAccount(functions=5) as account:
        assert account.endpoint_url().startswith("http://127.0.0.1:")
        process = account._process

    assert process.poll() == 0
