"""STS: who the caller is, which the header of the monitor and `aws sts get-caller-identity` ask."""

from typing import TYPE_CHECKING

from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

ROLE = "assumed-role/oncall/demo"


@operation("sts.GetCallerIdentity")
def get_caller_identity(account: "Account", params: Params) -> Answer:
    """An on-call engineer's session, whatever key signed the request."""
    return {
        "UserId": "AROADBQP57FF2AEXAMPLE:demo",
        "Account": account.id,
        "Arn": f"arn:aws:sts::{account.id}:{ROLE}",
    }
