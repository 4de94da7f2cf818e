"""Trouble on demand, made at the socket: what a client meets when AWS refuses, throttles, stalls or talks nonsense."""

from fnmatch import fnmatchcase
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from lambdatop.emulator.errors import ServiceError

FaultKind = Literal[
    "denied",
    "expired",
    "throttled",
    "unavailable",
    "html",
    "broken_json",
    "null_members",
    "delayed",
    "reset",
    "cut",
    "failed_after",
    "silent",
    "same_token",
    "limit",
]

_USER = "arn:aws:iam::123456789012:user/demo"
_IAM_SERVICES = {"resourcegroupstaggingapi": "tag"}
_IAM_ACTIONS = {"lambda.Invoke": "lambda:InvokeFunction", "lambda.ListTags": "lambda:ListTags"}
_THROTTLES = {
    "lambda": ("TooManyRequestsException", "Rate exceeded", 429),
    "xray": ("ThrottledException", "Rate exceeded", 429),
    "sts": ("Throttling", "Rate exceeded", 400),
}


class Fault(Struct, frozen=True, kw_only=True):
    """One kind of trouble, after `delay_s` seconds; `times` None means until it is taken away."""

    kind: FaultKind
    delay_s: float = 0
    times: int | None = None

    @staticmethod
    def denied(*, times: int | None = None) -> "Fault":
        """IAM says no, in AWS's words."""
        return Fault(kind="denied", times=times)

    @staticmethod
    def expired(*, times: int | None = None) -> "Fault":
        """The session of the caller's credentials is over."""
        return Fault(kind="expired", times=times)

    @staticmethod
    def throttled(*, times: int | None = None) -> "Fault":
        """The service's own throttling error."""
        return Fault(kind="throttled", times=times)

    @staticmethod
    def unavailable(*, times: int | None = None) -> "Fault":
        """503, as AWS's front end answers in an outage."""
        return Fault(kind="unavailable", times=times)

    @staticmethod
    def html(*, times: int | None = None) -> "Fault":
        """200 with a web page, as a captive portal answers."""
        return Fault(kind="html", times=times)

    @staticmethod
    def broken_json(*, times: int | None = None) -> "Fault":
        """200 with a body cut in the middle."""
        return Fault(kind="broken_json", times=times)

    @staticmethod
    def null_members(*, times: int | None = None) -> "Fault":
        """The right answer with every member null."""
        return Fault(kind="null_members", times=times)

    @staticmethod
    def delayed(seconds: float, *, times: int | None = None) -> "Fault":
        """The right answer, late."""
        return Fault(kind="delayed", delay_s=seconds, times=times)

    @staticmethod
    def reset(*, times: int | None = None) -> "Fault":
        """The connection is closed without an answer, though the call took effect: the client cannot know."""
        return Fault(kind="reset", times=times)

    @staticmethod
    def cut(*, times: int | None = None) -> "Fault":
        """The connection is closed without an answer, and the call took no effect: to the client the same."""
        return Fault(kind="cut", times=times)

    @staticmethod
    def failed_after(*, times: int | None = None) -> "Fault":
        """The call takes effect and is answered with 500."""
        return Fault(kind="failed_after", times=times)

    @staticmethod
    def silent(*, times: int | None = None) -> "Fault":
        """The call takes effect, and its answer never comes."""
        return Fault(kind="silent", times=times)

    @staticmethod
    def same_token(*, times: int | None = None) -> "Fault":
        """An empty page whose token is the one that was sent, as AWS's logs answer now and then."""
        return Fault(kind="same_token", times=times)

    @staticmethod
    def limit(*, times: int | None = None) -> "Fault":
        """Too many of something at a time, such as Live Tail sessions."""
        return Fault(kind="limit", times=times)


class Faults(dict[str, Fault]):
    """Faults by `service.Operation`; a key may hold wildcards (`xray.*`), and the first that matches counts.

    The frames of an event stream, after its first, meet those of `service.Operation.frame`.
    """

    def take(self, operation: str) -> Fault | None:
        """The fault that the next call of this operation meets; counts down `times`."""
        key = next((key for key in self if fnmatchcase(operation, key)), None)
        if key is None:
            return None
        fault = self[key]
        if fault.times is not None and fault.times <= 1:
            del self[key]
        elif fault.times is not None:
            self[key] = replace(fault, times=fault.times - 1)
        return fault


def error_of(fault: Fault, operation: str, resource: str | None) -> ServiceError | None:
    """The error that a fault makes of an operation on a resource's ARN; None if it makes none."""
    service = operation.partition(".")[0]
    match fault.kind:
        case "denied":
            return _denied(service, operation, resource)
        case "expired":
            return ServiceError("ExpiredTokenException", "The security token included in the request is expired", 403)
        case "throttled":
            return ServiceError(*_THROTTLES.get(service, ("ThrottlingException", "Rate exceeded", 400)))
        case "limit":
            return ServiceError("LimitExceededException", "Resource limit exceeded.")
        case "unavailable":
            return ServiceError("ServiceUnavailableException", "Service is unavailable. Please try again later.", 503)
        case _:
            return None


def iam_action(operation: str) -> str:
    """`logs.FilterLogEvents` as IAM writes it: `logs:FilterLogEvents`."""
    service, _, name = operation.partition(".")
    return _IAM_ACTIONS.get(operation, f"{_IAM_SERVICES.get(service, service)}:{name}")


def _denied(service: str, operation: str, resource: str | None) -> ServiceError:
    action = iam_action(operation)
    where = f" on resource: {resource}" if resource else ""
    message = (
        f"User: {_USER} is not authorized to perform: {action}{where}"
        f" because no identity-based policy allows the {action} action"
    )
    return ServiceError("AccessDeniedException", message, 400 if service in ("logs", "cloudwatch") else 403)


def resource_of(operation: str, region: str, params: dict[str, Any]) -> str | None:
    """The ARN that IAM names in its refusal; None for services without resources (X-Ray)."""
    service = operation.partition(".")[0]
    match service:
        case "lambda":
            name = str(params.get("FunctionName", ""))
            if not name:
                return "*"
            return name if name.startswith("arn:") else f"arn:aws:lambda:{region}:123456789012:function:{name}"
        case "logs":
            group = params.get("logGroupName") or str(params.get("logGroupIdentifier", "")).rpartition(":log-group:")[2]
            return f"arn:aws:logs:{region}:123456789012:log-group:{group}:log-stream:"
        case "iam":
            return f"arn:aws:iam::123456789012:role/{params.get('RoleName', '')}"
        case "cloudwatch" if alarm := params.get("AlarmName") or next(iter(params.get("AlarmNames", ())), None):
            return f"arn:aws:cloudwatch:{region}:123456789012:alarm:{alarm}"
        case _:
            return None
