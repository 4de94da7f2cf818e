"""How often a tail may poll: FilterLogEvents is rationed by account and Region, and others read logs too."""

from collections.abc import Mapping

from msgspec import Struct

from lambdatop.clock import Clock

_USUAL_TPS = 10.0
_TPS: Mapping[str, float] = {
    # AWS: FilterLogEvents, transactions a second by Region
    "us-east-1": 25.0,
    **dict.fromkeys(("ap-northeast-3", "ap-southeast-3", "ca-west-1", "eu-central-1", "il-central-1"), 5.0),
}
_OWN_SHARE = 0.6
"""Of the Region's calls; the rest is for the samples of REPORT lines and for colleagues."""
_SUSTAINED_SHARE = 0.4
QUIET_AFTER_S = 30.0
SLOWEST = 5.0
"""Times the wanted pause, at most, while nothing is written."""
_LONGEST_S = 10.0


class Pace(Struct):
    """The pause between two rounds of readings, and the turn of each call within them."""

    wanted_s: float
    groups: int = 1
    region: str | None = None
    nothing_there: bool = False
    """No log group exists: none will before the function is invoked for the first time."""
    _throttled_s: float = 0.0
    _heard_at: float | None = None
    _turn_at: float = 0.0

    def pause_s(self, now: float) -> float:
        """Seconds until the next round: as wanted, longer the longer nothing was written, and when AWS throttles."""
        if self._heard_at is None:
            self._heard_at = now
        quiet = SLOWEST if self.nothing_there else min(SLOWEST, max(1.0, (now - self._heard_at) / QUIET_AFTER_S))
        return max(self.wanted_s * quiet, self.groups / (self._tps() * _SUSTAINED_SHARE), self._throttled_s)

    def heard(self, now: float) -> None:
        """Lines have come."""
        self._heard_at = now

    def throttled(self) -> None:
        """AWS throttles: poll half as often."""
        self._throttled_s = min(_LONGEST_S, max(self._throttled_s, self.wanted_s) * 2)

    def answered(self) -> None:
        """A round went well: a tenth faster again, until as wanted."""
        self._throttled_s = self._throttled_s * 0.9 if self._throttled_s > self.wanted_s else 0.0

    @property
    def is_throttled(self) -> bool:
        """True until the pace is back to what it was before AWS throttled."""
        return self._throttled_s > 0

    async def turn(self, clock: Clock) -> None:
        """Wait until another call may be made."""
        now = clock.monotonic()
        await clock.sleep(max(0.0, self._turn_at - now))
        self._turn_at = max(now, self._turn_at) + 1 / (self._tps() * _OWN_SHARE)

    def _tps(self) -> float:
        return _TPS.get(self.region or "", _USUAL_TPS)
