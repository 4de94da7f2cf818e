"""Resource Groups Tagging: the tags of all functions at once, which ListTags would need a call each for."""

from typing import TYPE_CHECKING

from lambdatop.emulator.errors import ServiceError
from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_LAMBDA = ("lambda", "lambda:function")


@operation("resourcegroupstaggingapi.GetResources")
def get_resources(account: "Account", params: Params) -> Answer:
    """Tagged functions by ARN, filtered by tag; functions are the only resources with tags here."""
    kinds = params.get("ResourceTypeFilters") or _LAMBDA
    per_page, token = params.get("ResourcesPerPage", 50), params.get("PaginationToken") or "0"
    if not token.isdigit():
        raise ServiceError("PaginationTokenExpiredException", "The specified PaginationToken is invalid.")
    tagged = [
        function
        for function in account.functions.values()
        if function.tags and set(kinds) & set(_LAMBDA) and _passes(function.tags, params.get("TagFilters", []))
    ]
    end = int(token) + per_page
    return {
        "PaginationToken": str(end) if end < len(tagged) else "",
        "ResourceTagMappingList": [
            {
                "ResourceARN": function.arn,
                "Tags": [{"Key": key, "Value": value} for key, value in sorted(function.tags.items())],
            }
            for function in tagged[int(token) : end]
        ],
    }


def _passes(tags: dict[str, str], filters: list[Params]) -> bool:
    """True if every filter's key is there with one of its values, or with any if it names none."""
    return all(
        wanted["Key"] in tags and (not wanted.get("Values") or tags[wanted["Key"]] in wanted["Values"])
        for wanted in filters
    )
