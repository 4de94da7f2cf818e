"""What Lambda's operations have in common: finding what is named, refusing what AWS refuses, paging."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from lambdatop.emulator.account import split_name
from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.function import LATEST, Configuration, EmulatedFunction
from lambdatop.emulator.operations import Answer, Params

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_T = TypeVar("_T")

ITEMS_PER_PAGE = 50
"""AWS: MaxItems above 50 is taken as 50."""


def invalid(message: str) -> ServiceError:
    """The answer to a value out of range."""
    return ServiceError("InvalidParameterValueException", message, 400, Type="User")


def missing(message: str) -> ServiceError:
    """The answer to a name that names nothing."""
    return ServiceError("ResourceNotFoundException", message, 404, Type="User")


def conflict(message: str) -> ServiceError:
    """The answer while something else is going on, or if it is there already."""
    return ServiceError("ResourceConflictException", message, 409, Type="User")


def refuse_while_settling(account: "Account", function: EmulatedFunction) -> None:
    """AWS: UpdateFunction*, PublishVersion and TagResource wait until the last update is through."""
    if function.settling(account.clock()):
        raise conflict(
            f"The operation cannot be performed at this time. An update is in progress for resource: {function.arn}"
        )


def refuse_stale(given: str | None, latest: str, call: str) -> None:
    """AWS: a RevisionId that is not the latest is refused with 412."""
    if given is not None and given != latest:
        raise ServiceError(
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. "
            f"Call the {call} API to retrieve the latest Revision Id",
            412,
            Type="User",
        )


def qualified(function: EmulatedFunction, params: Params) -> tuple[str, str]:
    """The qualifier that a request names, by itself or within the name, and the version it stands for."""
    qualifier = params.get("Qualifier") or split_name(params["FunctionName"])[1] or LATEST
    alias = function.aliases.get(qualifier)
    version = alias.version if alias else qualifier
    if function.configuration(version) is None:
        raise missing(f"Function not found: {function.arn}:{qualifier}")
    return qualifier, version


def version_of(function: EmulatedFunction, version: str) -> Configuration:
    """The configuration of a version that has to exist."""
    found = function.configuration(version)
    if found is None:
        raise missing(f"Function not found: {function.arn}:{version}")
    return found


def paged(items: Sequence[_T], params: Params) -> tuple[Sequence[_T], Answer]:
    """A page of the items, and the NextMarker if there are more."""
    marker = params.get("Marker") or "0"
    if not marker.isdigit():
        raise invalid(f"Invalid Marker: {marker}")
    begin = int(marker)
    end = begin + min(params.get("MaxItems") or ITEMS_PER_PAGE, ITEMS_PER_PAGE)
    return items[begin:end], {"NextMarker": str(end)} if end < len(items) else {}
