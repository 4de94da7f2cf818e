"""Who makes a change, checked right before it: credentials may have been renewed for another account."""

import secrets
from datetime import datetime

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.updates import IdentityKnown


async def caller(aws: Gate, who: IdentityKnown | None) -> IdentityKnown:
    """The current caller. Raises AwsError, also if its account is not the one the user was shown."""
    answer = await aws.call("sts", "GetCallerIdentity")
    now = IdentityKnown(account=answer["Account"], arn=answer.get("Arn", ""), region=aws.region or "")
    if who is not None and now.account != who.account:
        raise AwsError(
            f"the credentials are of account {now.account} now, not of {who.account}", remedy="nothing was sent"
        )
    return now


def new_id(at: datetime) -> str:
    """`20261103-143207-9f3a`: by time, and short enough to be typed."""
    return f"{at:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
