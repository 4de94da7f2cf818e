"""What `lambdatop set` takes for each action. The parser and the command read it: nothing heavy here."""

from collections.abc import Mapping
from typing import Final

ACTIONS: Final = {
    "memory": "MEMORY [PUBLISH]: MB",
    "timeout": "TIMEOUT [PUBLISH]: seconds",
    "provisioned": "QUALIFIER COUNT: provisioned concurrency of an alias or a version, or none",
    "reserved": "RESERVED: reserved concurrency, or none",
    "brake": "[on|off]: reserve no concurrency, so that nothing runs; off gives back what was",
    "rollback": "[ALIAS]: back to the version before",
    "weights": "ALIAS VERSION PERCENT: so much of an alias's traffic to a version",
    "event-source": "on|off [SOURCE]: off pauses it, nothing in its queue is lost",
    "tracing": "on|off [PUBLISH]: X-Ray",
    "insights": "on|off [PUBLISH] [LAYER] [POLICY]: Lambda Insights; policy=off attaches none to its role",
    "logging": "FORMAT [APPLICATION] [SYSTEM] [PUBLISH]: Text or JSON, and levels",
    "retention": "DAYS: how long its log is kept",
    "publish": "[PUBLISH]: a version of what is there now",
    "alarm": "WHICH|NAME [THRESHOLD] [DATAPOINTS] [TOPIC], or WHICH|NAME on|off|test|delete: see below",
}
"""The actions, each with what it takes; those of `lambdatop.actions.catalogue`, whose import would be too slow here."""
ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "memory": ("memory", "publish"),
    "timeout": ("timeout", "publish"),
    "provisioned": ("qualifier", "count"),
    "reserved": ("reserved",),
    "brake": ("brake",),
    "rollback": ("alias",),
    "weights": ("alias", "version", "percent"),
    "event-source": ("enabled", "source"),
    "tracing": ("tracing", "publish"),
    "insights": ("insights", "publish", "layer", "policy"),
    "logging": ("format", "application", "system", "publish"),
    "retention": ("days",),
    "publish": ("publish",),
    "alarm": ("which", "threshold", "datapoints", "topic"),
}
"""What each action asks, in the order in which values without a name are taken."""
NEEDS_NOTHING: Final = frozenset({"brake", "rollback", "publish"})
DEFAULTS: Final[Mapping[str, Mapping[str, str]]] = {"brake": {"brake": "on"}}
"""What an action without any value means."""
