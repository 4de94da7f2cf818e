"""The two servers that the contract is held against, and what is prepared on each so that both can be asked alike."""

import asyncio
import io
import logging
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer
from msgspec import Struct

from lambdatop.aws.gate import Gate

NAME, STREAM = "contract-orders", "2026/11/03/[$LATEST]0123456789abcdef0123456789abcdef"


class Server(Struct, frozen=True):
    """A server under the contract, and the gate to it."""

    name: str
    url: str
    gate: Gate
    wait_a_minute: Callable[[], None]
    """Lets what is in progress come to its end."""


@contextmanager
def moto() -> Iterator[str]:
    """A moto server on a free port; its URL. It logs nothing: its own tracebacks are divergences, noted as such."""
    logging.getLogger("werkzeug").disabled = True
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


async def reset(url: str) -> None:
    """Empty a moto server."""
    request = urllib.request.Request(f"{url}/moto-api/reset", method="POST")
    (await asyncio.to_thread(urllib.request.urlopen, request)).close()


async def create_function(server: Server) -> None:
    """A function of 256 MB and 10 s."""
    role = "arn:aws:iam::123456789012:role/contract"
    if server.name == "moto":  # it looks the role up, as AWS does
        made = await server.gate.call("iam", "CreateRole", RoleName="contract", AssumeRolePolicyDocument="{}", Path="/")
        role = made["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return 1")
    await server.gate.call(
        "lambda",
        "CreateFunction",
        FunctionName=NAME,
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": code.getvalue()},
        MemorySize=256,
        Timeout=10,
    )


async def log_group(server: Server, now_ms: int) -> str:
    """A log group with lines of the last minutes."""
    if server.name == "emulator":
        return "/aws/lambda/shipping-quote-api"
    group = f"/aws/lambda/{NAME}"
    await server.gate.call("logs", "CreateLogGroup", logGroupName=group)
    await server.gate.call("logs", "CreateLogStream", logGroupName=group, logStreamName=STREAM)
    lines = [{"timestamp": now_ms - 60_000 + second * 1000, "message": f"line {second}\n"} for second in range(50)]
    await server.gate.call("logs", "PutLogEvents", logGroupName=group, logStreamName=STREAM, logEvents=lines)
    return group
