"""The calm majority: what a function of this name is like and how it is configured, decided when first asked for."""

from typing import Any

from lambdatop.emulator.simulation.chance import mixed, unit
from lambdatop.emulator.simulation.latency import latency
from lambdatop.emulator.simulation.names import CALM, DOMAINS, names
from lambdatop.emulator.simulation.profile import DownstreamCall, PlantedFault, Profile, Traffic
from lambdatop.emulator.simulation.stories import STORIES

INSIGHTS_LAYER = "arn:aws:lambda:{region}:580247275435:layer:LambdaInsightsExtension{arm}:{version}"
INSIGHTS_VERSIONS = {"x86_64": 64, "arm64": 31}
"""The extension's newest layer by architecture."""
SHARED_LOG_GROUP = "/shop/identity"

WITH_INSIGHTS = frozenset({"fraud-score", "image-resize", "recommendations-api"})
WITH_JSON_LOGS = frozenset({"webhook-dispatch"})
WITHOUT_TRACING = frozenset({"audit-writer"})
IN_SHARED_GROUP = frozenset({"session-authorizer", "identity-token-refresh"})
FROM_IMAGE = frozenset({"content-render"})
WITH_ALIAS = frozenset({"catalog-api", "cart-api", "fraud-score"})
WITHOUT_RETENTION = frozenset({"audit-writer"})
AUTOSCALED = {"catalog-api": ("live", 4)}
"""The oddities of the demo, one reason each to test a code path that the majority never takes."""

_RUNTIMES = (
    *("python3.13", "python3.13", "python3.12", "python3.12", "nodejs22.x", "nodejs22.x", "nodejs22.x", "nodejs24.x"),
    *("java21", "provided.al2023", "dotnet8", "ruby3.4"),
)

_DEMO_SIZE = 200
_BUSY_SHARE, _RARE_SHARE = 0.28, 0.3
"""Of a fleet beyond the demo's size: what is called steadily, and what a few times a day; the rest is idle."""

_NATURES: dict[str, tuple[float, float, int, float]] = {
    "api": (38, 160, 130, 0.3),
    "authorizer": (6, 19, 78, 0.5),
    "lookup": (9, 31, 84, 0.3),
    "suggest": (9, 21, 96, 0.6),
    "consumer": (180, 420, 150, 0.2),
    "worker": (620, 1900, 310, 0.6),
    "rollup": (9000, 21_000, 420, 0.4),
    "exporter": (4200, 11_000, 380, 0.4),
    "importer": (3800, 9000, 350, 0.4),
    "indexer": (310, 900, 240, 0.7),
    "render": (240, 610, 330, 0.8),
}
"""Role to p50 ms, p95 ms, used MB and the CPU's share; others are like a small handler."""

_FAULTS = {
    "python": (
        PlantedFault("TimeoutError", "timed out waiting for connection"),
        PlantedFault("ValueError", "invalid payload"),
    ),
    "nodejs": (
        PlantedFault("TypeError", "Cannot read properties of undefined (reading 'id')"),
        PlantedFault("Error", "connect ECONNREFUSED 10.0.3.17:6379"),
    ),
    "java": (PlantedFault("java.lang.NullPointerException", 'Cannot invoke "Order.getId()" because "order" is null'),),
}
_OTHER_FAULTS = (PlantedFault("RuntimeError", "unexpected upstream response"),)


def fleet_names(count: int, seed: int) -> list[str]:
    """The names of a fleet of `count` functions: the stories first, then the demo's calm ones, then generated."""
    known = (*(story.name for story in STORIES), *CALM)
    return [*known, *names(count - len(known), known, seed)] if count > len(known) else list(known[:count])


def calm_profile(name: str, key: int, fleet_size: int) -> Profile:
    """The nature of a function that nothing is wrong with."""
    role = name.rsplit("-", 1)[-1]
    p50, p95, used_mb, cpu_share = _NATURES.get(role, (70.0, 260.0, 110, 0.3))
    pace = 0.6 + 0.8 * unit(key, 1)
    traffic = _calm_traffic(name, key, _BUSY_SHARE if fleet_size > _DEMO_SIZE else 0.0)
    return Profile(
        traffic=traffic,
        latency=latency(p50 * pace, p95 * pace),
        tuned_mb=memory_mb(used_mb, key),
        cpu_share=cpu_share,
        used_mb=int(used_mb * (0.8 + 0.4 * unit(key, 2))),
        error_rate=0.0001 + 0.0008 * unit(key, 3) ** 3,
        faults=next(
            (faults for runtime, faults in _FAULTS.items() if runtime_of(key).startswith(runtime)), _OTHER_FAULTS
        ),
        cold_rate=0.001 + 0.01 / max(1.0, traffic.per_minute / 10),
        init=latency(180 + 420 * unit(key, 4), 420 + 640 * unit(key, 5)),
        calls=_calls(name, key),
        routes=(("GET", f"https://api.shop.example/{name.removesuffix('-api')}"),) if role == "api" else (),
        alias="live" if name in WITH_ALIAS else None,
        asynchronous=role in ("worker", "sender", "notifier", "handler"),
    )


def _calm_traffic(name: str, key: int, busy_share: float) -> Traffic:
    """Traffic by a power law; in the demo only the named ones are busy."""
    if name in CALM:
        return Traffic(per_minute=2050 / (1 + CALM.index(name)) ** 1.15)
    fate = unit(key, 6)
    if fate < busy_share:
        return Traffic(per_minute=1.5 + 60 * unit(key, 7) ** 4)
    if fate < busy_share + _RARE_SHARE:
        return Traffic(per_day=0.5 + 9 * unit(key, 8) ** 2)
    return Traffic()


def memory_mb(used_mb: int, key: int) -> int:
    """A size as people choose it: a round one with some room."""
    wanted = used_mb * (1.5 + unit(key, 9))
    return next(size for size in (128, 256, 512, 1024, 1536, 2048) if size >= wanted)


def runtime_of(key: int) -> str:
    """The runtime of a calm function."""
    return _RUNTIMES[mixed(key, 10) % len(_RUNTIMES)]


def is_arm(key: int) -> bool:
    """True for a third of the fleet."""
    return mixed(key, 11) % 3 == 0


def _calls(name: str, key: int) -> tuple[DownstreamCall, ...]:
    """One or two calls downstream, the table or bucket named after the domain."""
    domain = name.split("-", 1)[0]
    store = DownstreamCall(
        name="DynamoDB", operation="GetItem", resource=domain, start=0.1, share=0.25 + 0.3 * unit(key, 12)
    )
    if unit(key, 13) < 0.5:
        return (store,)
    return store, DownstreamCall(
        name="SQS", operation="SendMessage", resource=f"{domain}-events", start=0.72, share=0.15
    )


def description(name: str) -> str:
    """What the owners wrote."""
    parts = name.split("-")
    return f"{parts[0].capitalize()}: {' '.join(parts[1:])}" if len(parts) > 1 else name


def tags(name: str, key: int) -> dict[str, str]:
    """Owner and stage; every fifth is managed by CloudFormation."""
    domain = name.split("-", 1)[0]
    owned = {"team": domain if domain in DOMAINS else "shop", "stage": "prod"}
    if mixed(key, 14) % 5 == 0:
        owned["aws:cloudformation:stack-name"] = domain
    return owned


def oddities(name: str, region: str, arm: bool) -> dict[str, Any]:
    """The configuration members in which this function differs from the majority."""
    odd: dict[str, Any] = {}
    if name in WITH_INSIGHTS:
        version = INSIGHTS_VERSIONS["arm64" if arm else "x86_64"]
        layer = INSIGHTS_LAYER.format(region=region, arm="-Arm64" if arm else "", version=version)
        odd["Layers"] = [{"Arn": layer, "CodeSize": 4_211_508}]
    if name in WITH_JSON_LOGS:
        odd["LoggingConfig"] = {
            "LogFormat": "JSON",
            "ApplicationLogLevel": "INFO",
            "SystemLogLevel": "INFO",
            "LogGroup": f"/aws/lambda/{name}",
        }
    if name in IN_SHARED_GROUP:
        odd["LoggingConfig"] = {"LogFormat": "Text", "LogGroup": SHARED_LOG_GROUP}
    if name in WITHOUT_TRACING:
        odd["TracingConfig"] = {"Mode": "PassThrough"}
    return odd
