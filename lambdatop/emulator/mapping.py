"""An event source mapping: a queue or stream, the function that it feeds, and whether it does."""

from typing import Any

from msgspec import Struct, field

from lambdatop.emulator.function import EmulatedFunction
from lambdatop.emulator.simulation.chance import key_of, mixed

SETTLING_S = 2.0


class Mapping(Struct, kw_only=True):
    """One mapping; `changed` is when it was last updated (epoch seconds)."""

    uuid: str
    source: str
    function: EmulatedFunction
    enabled: bool = True
    switching: bool = False
    changed: float
    settings: dict[str, Any] = field(default_factory=dict)

    def state(self, now: float) -> str:
        """AWS's State: on its way for a moment after a change."""
        if now < self.changed + SETTLING_S:
            return ("Enabling" if self.enabled else "Disabling") if self.switching else "Updating"
        return "Enabled" if self.enabled else "Disabled"


def mapping_of(function: EmulatedFunction, at: float) -> Mapping | None:
    """The mapping of a function that its name calls a consumer; None for all others."""
    if not function.name.endswith("-consumer"):
        return None
    domain = function.name.split("-", 1)[0]
    where = ":".join(function.arn.split(":")[3:5])
    key = key_of("mapping", function.name)
    digits = f"{key:016x}{mixed(key, 1):016x}"
    stream = function.profile.stream_source
    settings: dict[str, Any] = {"BatchSize": 100 if stream else 10, "MaximumBatchingWindowInSeconds": 0}
    if stream:
        settings |= {"StartingPosition": "LATEST", "ParallelizationFactor": 10, "MaximumRetryAttempts": -1}
    return Mapping(
        uuid=f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}",
        source=f"arn:aws:kinesis:{where}:stream/{domain}" if stream else f"arn:aws:sqs:{where}:{domain}",
        function=function,
        changed=at,
        settings=settings,
    )
