"""Lambda's tags, by function ARN."""

from typing import TYPE_CHECKING

from lambdatop.emulator.lambda_.checks import invalid, refuse_while_settling
from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

_TAGS = 50


@operation("lambda.ListTags")
def list_tags(account: "Account", params: Params) -> Answer:
    """The tags of a function."""
    return {"Tags": dict(account.function(params["Resource"]).tags)}


@operation("lambda.TagResource")
def tag_resource(account: "Account", params: Params) -> Answer:
    """Add or replace tags. AWS: 50 at most, none of them beginning with `aws:`."""
    function = account.function(params["Resource"])
    refuse_while_settling(account, function)
    if any(name.startswith("aws:") for name in params["Tags"]):
        raise invalid("Tag keys starting with aws: are reserved.")
    if len(function.tags | params["Tags"]) > _TAGS:
        raise invalid(f"The number of tags exceeds {_TAGS}.")
    function.tags |= params["Tags"]
    return {}


@operation("lambda.UntagResource")
def untag_resource(account: "Account", params: Params) -> Answer:
    """Remove tags; those that are not there do not matter."""
    function = account.function(params["Resource"])
    for name in params["TagKeys"]:
        function.tags.pop(name, None)
    return {}
