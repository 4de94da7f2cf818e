"""The emulated account as a server on 127.0.0.1, for tests in the same loop and for the demo's child process."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from lambdatop.emulator.account import Account
from lambdatop.emulator.cloudwatch.demo_alarms import set_alarms
from lambdatop.emulator.faults import Faults
from lambdatop.emulator.gateway import Gateway

_HOST = "127.0.0.1"
_GOODBYE_S = 0.2  # open live tails are cut rather than waited for
_IDLE_S = 0.05
"""How soon a new query of Logs Insights is noticed."""
_BREATH_S = 0.01
"""Between two turns of a query: enough to answer a request or two, which take several rounds of the loop."""


class Emulator:
    """`async with Emulator() as emulator:` serves at `emulator.url` until the block ends.

    There is one `Account` a Region, made when first asked for, all with the same settings. `port` 0 takes a free
    one. With `lint`, every answer is held against botocore's model and findings gather in `problems`.
    """

    def __init__(
        self,
        *,
        functions: int = 142,
        seed: int = 7,
        clock: Callable[[], float] = time.time,
        region: str = "eu-west-1",
        port: int = 0,
        lint: bool = False,
        tail_every_s: float = 1.0,
    ) -> None:
        self.region = region
        self.faults = Faults()
        self._functions = functions
        self._seed = seed
        self._clock = clock
        self._accounts: dict[str, Account] = {}
        self._port = port
        self._gateway = Gateway(self.account, faults=self.faults, lint=lint, tail_every_s=tail_every_s)
        self._runner: web.AppRunner | None = None
        self._worker: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it listens; only known while it serves."""
        return f"http://{_HOST}:{self._port}"

    @property
    def problems(self) -> set[str]:
        """What the lint found in answers so far: `logs.FilterLogEvents.events[].bogus: unknown member`."""
        return self._gateway.problems

    @property
    def calls(self) -> Counter[str]:
        """How often each `service.Operation` was called."""
        return self._gateway.calls

    def account(self, region: str | None = None) -> Account:
        """The account in a Region, by default in the emulator's own."""
        name = region or self.region
        if name not in self._accounts:
            account = Account(functions=self._functions, seed=self._seed, region=name, clock=self._clock)
            set_alarms(account)
            self._accounts[name] = account
        return self._accounts[name]

    async def __aenter__(self) -> Self:
        """Start serving; raises OSError if the port is taken."""
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._gateway.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GOODBYE_S)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, _HOST, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self._port = int(self._runner.addresses[0][1])
        self._worker = asyncio.create_task(self._work(), name="queries")
        return self

    async def _work(self) -> None:
        """Go on with queries between the requests, a turn at a time, so that nobody waits for a long one."""
        while True:
            busy = [account.work() for account in list(self._accounts.values())]
            await asyncio.sleep(_BREATH_S if any(busy) else _IDLE_S)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._worker is not None:
            self._worker.cancel()
        if self._runner is not None:
            await self._runner.cleanup()
