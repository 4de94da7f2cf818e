"""Small subjects for the planners' tests: a healthy function whose settings were all read, unless told otherwise."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lambdatop.actions.planning.subject import Former, RolledBack, Subject
from lambdatop.model.alarms.alarm import Alarm
from lambdatop.model.changes.plan import Plan, Refusal, Step
from lambdatop.model.controls import Alias, Controls, EventSource, Limits, Provisioned, Version
from lambdatop.model.fleet.row import Row, row
from lambdatop.model.function import Function
from lambdatop.model.insights.usage import Usage
from lambdatop.model.logs.report import ReportSample
from lambdatop.model.metrics import FunctionMetrics
from tests.model.factories import NOW, function, metrics, sample

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"


def subject(
    of: Function | None = None,
    *,
    measured: FunctionMetrics | None = None,
    reports: ReportSample | None = None,
    alarms: tuple[Alarm, ...] = (),
    usage: Usage | None = None,
    former: Former | None = None,
    rolled_back: Mapping[str, RolledBack] | None = None,
    seen: bool = True,
    **settings: Any,
) -> Subject:
    """`seen` is False where only the settings were read; `settings` are members of Controls."""
    described = of or function()
    known: Row | None = None
    if seen:
        known = row(described, measured or metrics(), reports or sample(), alarms, NOW)
    return Subject(
        controls=controls(described, **settings),
        row=known,
        now=NOW,
        usage=usage,
        former=former,
        rolled_back=rolled_back or {},
    )


def controls(of: Function, **settings: Any) -> Controls:
    usual: Mapping[str, Any] = {
        "role_arn": f"arn:aws:iam::123456789012:role/service-role/{of.name}",
        "update_status": "Successful",
        "code_sha256": "code-42",
        "versions": (),
        "aliases": (),
        "provisioned": (),
        "event_sources": (),
        "tags": {},
        "limits": Limits(total=1000, unreserved=1000),
        "log_group_exists": True,
    }
    return Controls(function=of, **{**usual, **settings})


def alias(name: str = "live", version: str = "42", **members: Any) -> Alias:
    return Alias(name=name, version=version, **members)


def version(number: int, **members: Any) -> Version:
    """With the size that a function has unless told otherwise."""
    published = datetime(2026, 10, min(number, 28), tzinfo=UTC)
    members = {"settings": {"MemorySize": "1024"}, **members}
    return Version(version=str(number), published=published, code_sha256=f"code-{number}", **members)


def provisioned(qualifier: str = "live", requested: int = 10, **members: Any) -> Provisioned:
    return Provisioned(qualifier=qualifier, requested=requested, status="READY", **members)


def event_source(uuid: str = "e1", arn: str = QUEUE, state: str = "Enabled", **members: Any) -> EventSource:
    return EventSource(uuid=uuid, source_arn=arn, state=state, **members)


def usage(*, cpu_p95: float | None = 95.0, busy: float | None = 0.55, used_mb: float | None = 600.0) -> Usage:
    """Of a function of 1,024 MB, which has 0.58 vCPU."""
    return Usage(
        count=20,
        vcpus=1024 / 1769,
        cpu_p95=cpu_p95,
        threads_busy_p95=busy,
        memory_mb=1024.0,
        used_mb=used_mb,
        fds=None,
        threads=None,
        tmp_used=None,
        tmp_size=None,
    )


def planned(answer: Plan | Refusal | object) -> Plan:
    """The plan that there has to be."""
    assert isinstance(answer, Plan), answer
    return answer


def refused(answer: Plan | Refusal | object) -> str:
    """The reason why there is no plan."""
    assert isinstance(answer, Refusal), answer
    return answer.reason


def only_step(answer: Plan | Refusal | object) -> Step:
    """The only step of the plan that there has to be."""
    (step,) = planned(answer).steps
    return step
