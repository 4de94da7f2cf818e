"""From what the SDK or a connection raises to a typed error that names the remedy."""

import re
from contextlib import suppress
from datetime import datetime
from typing import Any

from lambdatop.aws.errors import (
    AccessDenied,
    AwsError,
    BadAnswer,
    Conflict,
    CredentialsError,
    NotFound,
    SettingsError,
    Stale,
    Throttled,
    Unreachable,
)
from lambdatop.model import words

_DENIED_ACTION = re.compile(r"not authorized to perform: ([\w-]+:\w+)")
_DENIED_RESOURCE = re.compile(r"on resource: (\S+)")
_OTHER_TIME = re.compile(r"Signature (?:expired|not yet current): (?:(\d{8}T\d{6}Z) .*\((\d{8}T\d{6}Z) [-+])?")
"""`Signature expired: <ours> is now earlier than <the earliest> (<AWS's> - 5 min.)`"""

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthFailure", "OptInRequired"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_BAD_CREDENTIALS = {
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "MissingAuthenticationToken",
}
_UNKNOWN_CALLER = {"UnrecognizedClientException", "InvalidClientTokenId"}
"""A Region that the account has not enabled says the same."""
_THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "LimitExceededException",
    "SlowDown",
    "429",
}
_NO_CREDENTIALS = {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "NoAuthTokenError"}
_LOGIN = {
    "SSOTokenLoadError",
    "UnauthorizedSSOTokenError",
    "TokenRetrievalError",
    "SSOError",
    "LoginRefreshRequired",
    "LoginTokenLoadError",
    "LoginError",
}
_UNREACHABLE = {
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ConnectionClosedError",
    "ConnectionError",
    "HTTPClientError",
    "ResponseStreamingError",
    "SSLError",
    "ProxyConnectionError",
}
_NEVER_SENT = {*_NO_CREDENTIALS, *_LOGIN, "ConnectTimeoutError", "SSLError", "ProxyConnectionError"}
"""With these no request has left: a connection, or what signs it, was never there."""
_CONFLICT = {
    "ResourceConflictException",
    "ResourceConflict",
    "ResourceInUseException",
    "OperationAbortedException",
    "ConcurrentModification",
    "ConcurrentModificationException",
}
_ABSENT = {"NoSuchEntity", "NoSuchEntityException"}
_PARSER = {"ResponseParserError", "ValueError", "TypeError", "AttributeError", "KeyError"}
_SETTINGS = {
    "ProfileNotFound",
    "InvalidRegionError",
    "UnknownRegionError",
    "NoRegionError",
    "ConfigParseError",
    "ParamValidationError",
}


_CAPTIVE = "is a proxy or captive portal in between?"
_REDIRECTING = "sign in to the network if it has a captive portal; check the proxy and --endpoint-url"


def sdk_errors() -> tuple[type[Exception], ...]:
    """What a call may raise for reasons that are not ours; evaluated only once something was raised.

    botocore lets a body that is not AWS's escape as the parser's own ValueError, TypeError, AttributeError or KeyError.
    """
    from aiohttp import ClientError as HttpError
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    parser = (ResponseParserError, ValueError, TypeError, AttributeError, KeyError)
    return (BotoCoreError, ClientError, HttpError, OSError, *parser)


def bad_endpoint() -> SettingsError:
    """The error for an endpoint that is no URL, which is not repeated: there may be a password in it."""
    error = SettingsError(
        "the endpoint's URL cannot be read",
        remedy="use one such as http://127.0.0.1:4599 for --endpoint-url or AWS_ENDPOINT_URL",
    )
    error.certain = True
    return error


def login_remedy(profile: str | None) -> str:
    """The exact command that renews a login."""
    return f"run: aws sso login --profile {profile}" if profile else "run: aws sso login"


def translate(error: BaseException, *, service: str, operation: str, profile: str | None, endpoint: str) -> AwsError:
    """The typed error for what botocore or the connection raised while `service:operation` was called."""
    typed = _typed(error, service, operation, profile, endpoint)
    typed.certain = _certain(error, typed)
    return typed


def _certain(error: BaseException, typed: AwsError) -> bool:
    """Whether the call took no effect, for certain. A timeout, a cut, a 5xx or a strange answer leaves it open."""
    if _is_redirect(error):
        # No status is proof: a proxy that looks at answers puts its redirect in the place of AWS's, the write done.
        return bool(getattr(error, "for_login", False))
    response: dict[str, Any] | None = getattr(error, "response", None)
    if isinstance(response, dict) and "Error" in response:
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0
        refused = 400 <= status < 500 and status != 408
        named = not str(response["Error"].get("Code") or status).isdecimal()  # a number is a proxy's word, not AWS's
        return isinstance(typed, Throttled) or (refused and named and not isinstance(typed, BadAnswer))
    cause = getattr(error, "kwargs", {}).get("error")
    names = {kind.__name__ for kind in (*type(error).__mro__, *type(cause).__mro__)}
    unsent = {*_NEVER_SENT, *_SETTINGS, "ClientConnectorError", "gaierror"}
    return bool(names & unsent)


def _typed(error: BaseException, service: str, operation: str, profile: str | None, endpoint: str) -> AwsError:
    if _is_redirect(error):
        return _redirected(error, service, operation)
    response: dict[str, Any] | None = getattr(error, "response", None)
    if isinstance(response, dict) and "Error" in response:
        return _from_response(response, service, operation, profile)
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & _LOGIN:
        return CredentialsError(
            f"the login of profile {profile or 'default'} has expired", remedy=login_remedy(profile)
        )
    if names & _NO_CREDENTIALS:
        return CredentialsError("no AWS credentials found", remedy=_credentials_remedy(profile))
    if names & _SETTINGS:
        return _settings(error, names)
    if isinstance(error, TimeoutError):
        return Unreachable(f"{service} {operation}: no answer in time from {endpoint}")
    if names & _UNREACHABLE or isinstance(error, OSError):
        return Unreachable(f"cannot reach {endpoint}", remedy="check the network, the Region and --endpoint-url")
    if names & _PARSER:
        return bad_answer(operation, endpoint)
    return AwsError(f"{service} {operation}: {_sentence(str(error)) or type(error).__name__}")


def bad_answer(operation: str, endpoint: str, described: str = "") -> BadAnswer:
    """The error for a body that AWS would not have sent."""
    return BadAnswer(
        f"unexpected answer from {endpoint} to {operation}{described}",
        remedy=_CAPTIVE,
    )


def _is_redirect(error: BaseException) -> bool:
    """True for `redirects.Redirected`, which is not imported here since it brings the SDK along."""
    return type(error).__name__ == "Redirected"


def _redirected(error: Any, service: str, operation: str) -> AwsError:
    call = "the login" if error.for_login else f"{service} {operation}"
    where = f"to {error.target}" if error.target else "without saying where to"
    message = f"the endpoint {error.asked} redirects {call} {where} ({error.status}), which is not followed"
    return (CredentialsError if error.for_login else BadAnswer)(message, remedy=_REDIRECTING)


def _from_response(response: dict[str, Any], service: str, operation: str, profile: str | None) -> AwsError:
    details = response["Error"]
    code = str(details.get("Code") or "").removesuffix("Fault")
    message = _sentence(str(details.get("Message") or code))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if message.startswith("<"):
        return _page(service, operation, status)
    if code in _DENIED or (status == 403 and code not in _EXPIRED | _BAD_CREDENTIALS):
        return _denied(message, service, operation)
    if at_another_time := _OTHER_TIME.search(message):
        return _wrong_clock(at_another_time)
    if code in _EXPIRED:
        return CredentialsError("the credentials have expired", remedy=login_remedy(profile))
    if code in _BAD_CREDENTIALS:
        hint = "; or is the Region not enabled in this account?" if code in _UNKNOWN_CALLER else ""
        remedy = _credentials_remedy(profile) + hint
        return CredentialsError(f"AWS does not accept the credentials ({code})", remedy=remedy)
    if code in _THROTTLED or status == 429:
        return Throttled(f"{service} {operation} is throttled by AWS{_limit(response, code, message)}")
    if code in _CONFLICT:
        return Conflict(message)
    if status == 412:
        return Stale(message)
    if "NotFound" in code or code in _ABSENT:
        return NotFound(message)
    if status is not None and status >= 500:
        return Unreachable(f"{service} {operation} answered {status} ({code or 'no code'})")
    return AwsError(f"{service} {operation}: {message}" + (f" ({code})" if code and code not in message else ""))


def _page(service: str, operation: str, status: int | None) -> AwsError:
    """An HTML page: of a proxy that does not let it pass or has lost AWS, or of an endpoint that is not AWS's."""
    if status in (400, 404, 405, 501):
        return BadAnswer(f"the endpoint does not know {service} {operation} ({status})")
    said = f"a web page came instead of an answer to {service} {operation} ({status})"
    return Unreachable(said) if status is not None and status >= 500 else BadAnswer(said, remedy=_CAPTIVE)


def _wrong_clock(told: re.Match[str]) -> SettingsError:
    ahead = 0.0
    with suppress(TypeError, ValueError):
        ours, theirs = map(datetime.fromisoformat, told.groups())
        ahead = (ours - theirs).total_seconds()
    apart = f"{words.age(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'}" if ahead else "not"
    remedy = "set it, since AWS refuses what is signed at another time"
    return SettingsError(f"this machine's clock is {apart} that of AWS", remedy=remedy)


def _limit(response: dict[str, Any], code: str, message: str) -> str:
    """Which limit was reached, if AWS says: the function's, the account's or the caller's."""
    said = str(response.get("Reason") or "") or (message if code == "LimitExceededException" else "")
    return f" ({said})" if said else ""


def _denied(message: str, service: str, operation: str) -> AccessDenied:
    action = _DENIED_ACTION.search(message)
    resource = _DENIED_RESOURCE.search(message)
    need = action[1] if action else f"{_IAM_PREFIX.get(service, service)}:{operation}"
    return AccessDenied(f"needs {need}" + (f" on {resource[1]}" if resource else ""))


_IAM_PREFIX = {"resourcegroupstaggingapi": "tag"}


def _credentials_remedy(profile: str | None) -> str:
    if profile:
        return f"check profile {profile} with: aws sts get-caller-identity --profile {profile}"
    return "set AWS_PROFILE, use --profile, or run: aws configure (lambdatop --demo needs none)"


def _settings(error: BaseException, names: set[str]) -> SettingsError:
    if "ProfileNotFound" in names:
        return SettingsError(_sentence(str(error)), remedy="list them with: aws configure list-profiles")
    if names & {"UnknownRegionError", "InvalidRegionError"}:
        region = getattr(error, "kwargs", {}).get("region_name")
        return SettingsError(f"there is no Region {region}", remedy="use --region with one such as eu-west-1")
    remedy = "use --region, or set AWS_REGION" if "NoRegionError" in names else None
    return SettingsError(_sentence(str(error)), remedy=remedy)


def _sentence(message: str) -> str:
    first = message.strip().splitlines()[0] if message.strip() else ""
    return first.rstrip(".")
