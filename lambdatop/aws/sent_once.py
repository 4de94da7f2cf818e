"""The HTTP session of writes: when a connection breaks, aiohttp would silently resend a PUT or DELETE; not here."""

from typing import Any

from lambdatop.aws.redirects import Unredirected


class SentOnce(Unredirected):
    """Sends every request at most once, so that a write whose answer is lost is not made twice."""

    async def _get_session(self, proxy_url: str | None) -> Any:
        opened = await super()._get_session(proxy_url)
        opened.session._retry_connection = False  # aiohttp 3 has no public switch; a test counts the requests
        return opened
