"""The SNS topics that an alarm can notify. Without permission to list them, one can still be typed."""

from collections.abc import AsyncIterator
from typing import Final

from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.model.alarms.alarm import Topics
from lambdatop.updates import TopicsListed, Update

MOST: Final = 1_000
"""AWS: 100 a page; no list is useful beyond this."""


async def topics(aws: Gate) -> AsyncIterator[Update]:
    """The topics by ARN, in order."""
    found: list[str] = []
    complete = True
    try:
        async for page in aws.pages("sns", "ListTopics"):
            found += (str(each["TopicArn"]) for each in page.get("Topics") or () if each.get("TopicArn"))
            if len(found) >= MOST:
                complete = not page.get("NextToken")
                break
    except AwsError as error:
        yield TopicsListed(Topics(arns=tuple(sorted(found)), refused=error.line(), complete=False))
        return
    yield TopicsListed(Topics(arns=tuple(sorted(found)), complete=complete))
