"""What speaks against an alarm before it is made: that it tells nobody, that it can never ring, or never end."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from msgspec import Struct

from lambdatop.actions.planning.form import listed
from lambdatop.model.alarms.alarm import Topics
from lambdatop.model.alarms.bounds import endless, silent
from lambdatop.model.alarms.definition import Definition, problem
from lambdatop.model.function import Function

MOST_NAMED: Final = 5
_TOPIC = re.compile(r"arn:aws[\w-]*:sns:([\w-]+):(\d{12}):([\w.-]+)")


class Around(Struct, frozen=True, kw_only=True):
    """What is known of where an alarm is to be; empty or None is unknown."""

    account: str = ""
    region: str = ""
    timeout_s: int | None = None
    """Of the function that it watches."""
    topics: Topics | None = None


NOWHERE: Final = Around()
"""Where nothing of it is known."""


def around(function: Function, topics: Topics | None = None) -> Around:
    """The surroundings of an alarm on that function."""
    return Around(account=function.account, region=function.region, timeout_s=function.timeout_s, topics=topics)


def refusal(wanted: Definition, topics: Sequence[str], where: Around) -> str | None:
    """Why there can be no such alarm, or why it would be worth nothing; None if nothing is known against it."""
    whom = (topic_problem(topic, where) for topic in topics)
    return problem(wanted) or endless(wanted) or next((why for why in whom if why is not None), None)


def cautions(wanted: Definition, topics: Sequence[str], where: Around) -> Iterator[str]:
    """What to know of it before a yes."""
    never = silent(wanted, where.timeout_s)
    if never is not None:
        yield never
    yield from unsure(topics, where)


def unsure(topics: Sequence[str], where: Around) -> Iterator[str]:
    """Which of these topics may not be there, as far as that cannot be known."""
    for topic in topics:
        doubt = _doubt(topic, where)
        if doubt is not None:
            yield f"whether there is a topic {topic_name(topic)} is not known: {doubt}"


def topic_name(arn: str) -> str:
    """`arn:aws:sns:eu-west-1:123456789012:oncall` -> `oncall`."""
    return arn.rpartition(":")[2] or arn


def topic_problem(topic: str, where: Around) -> str | None:
    """Why a topic cannot be told.

    AWS takes any topic of the alarm's own Region, also one that does not exist; then nobody is told.
    """
    match = _TOPIC.fullmatch(topic)
    if match is None:
        return f"an SNS topic is named arn:aws:sns:{where.region or 'REGION'}:ACCOUNT:NAME, not {topic[:80]}"
    region, account, name = match.groups()
    if where.region and region != where.region:
        return f"an alarm in {where.region} tells topics in {where.region} only, not in {region}"
    known = where.topics
    if known is None or not known.complete or topic in known.arns or account != where.account:
        return None
    return f"there is no SNS topic {name[:80]} in {region}{_instead(name, known)}"


def _instead(name: str, known: Topics) -> str:
    names = [topic_name(arn) for arn in known.arns]
    near = get_close_matches(name, names)
    if near:
        return f"; did you mean {listed(near)}?"
    return f"; there is {listed(names, 'and')}" if 0 < len(names) <= MOST_NAMED else ""


def _doubt(topic: str, where: Around) -> str | None:
    known, account = where.topics, topic.split(":")[4] if topic.count(":") >= 4 else ""
    if known is None or topic in known.arns:
        return None
    if where.account and account != where.account:
        return f"it is one of account {account}"
    if known.refused is not None:
        return known.refused
    return "not all topics were listed" if not known.complete else None
