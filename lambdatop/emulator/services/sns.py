"""SNS: the topics that an alarm can tell."""

from typing import TYPE_CHECKING

from lambdatop.emulator.operations import Answer, Params, operation

if TYPE_CHECKING:
    from lambdatop.emulator.account import Account

TOPICS = ("oncall", "shop-alerts", "billing-alerts")
"""The first is the one that the demo's alarms tell."""


@operation("sns.ListTopics")
def list_topics(account: "Account", params: Params) -> Answer:
    """Every topic of the Region."""
    return {"Topics": [{"TopicArn": f"arn:aws:sns:{account.region}:{account.id}:{name}"} for name in TOPICS]}
