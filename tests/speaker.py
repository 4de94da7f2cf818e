"""A server that says the same to everyone: for answers that no emulated account would give."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from msgspec import Struct, field


class Speaker(Struct):
    """Where it listens, how often it was asked, and who signed."""

    url: str = ""
    asked: int = 0
    signed: list[str] = field(default_factory=list)
    """The Authorization header of each request."""
    cookies: list[str] = field(default_factory=list)
    """The Cookie header of each request."""


@asynccontextmanager
async def speaking(
    body: bytes, *, status: int = 200, content_type: str = "application/json", headers: Mapping[str, str] | None = None
) -> AsyncIterator[Speaker]:
    """Answers every request alike until the block ends."""
    speaker = Speaker()

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        speaker.asked += 1
        speaker.signed.append(request.headers.get("Authorization", ""))
        speaker.cookies.append(request.headers.get("Cookie", ""))
        return web.Response(status=status, body=body, content_type=content_type, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    speaker.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield speaker
    finally:
        await runner.cleanup()
