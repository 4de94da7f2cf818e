"""What a metric can be at all: whether a threshold can ever be crossed, and whether the alarm would ever end."""

from lambdatop.model.alarms.condition_text import amount, is_percent
from lambdatop.model.alarms.definition import Definition, Operator, Watched


def endless(definition: Definition) -> str | None:
    """Why the alarm would ring as long as anything happens at all; None if it can end."""
    watched, threshold = definition.watched, definition.threshold
    least = 0.0
    above = definition.operator is Operator.ABOVE and (threshold < least or (threshold == least and _positive(watched)))
    if above or (definition.operator is Operator.AT_LEAST and threshold <= least):
        return f"{_said(definition, 'always')}: such an alarm would never end"
    return None


def silent(definition: Definition, timeout_s: int | None = None) -> str | None:
    """Why the alarm can never ring, where the function's timeout, in seconds, is known; None if it can."""
    watched, threshold = definition.watched, definition.threshold
    most = _most(watched, timeout_s)
    why = f", the timeout is {timeout_s:,} s" if watched.metric == "Duration" and timeout_s is not None else ""
    match definition.operator:
        case Operator.ABOVE:
            never = most is not None and threshold >= most
        case Operator.AT_LEAST:
            never = most is not None and threshold > most
        case Operator.BELOW:
            never, why = threshold <= 0, ""
        case Operator.AT_MOST:
            never, why = threshold < 0, ""
    return f"{_said(definition, 'never')}{why}: such an alarm never rings" if never else None


def _said(definition: Definition, word: str) -> str:
    """`Duration is never > 30 s`."""
    watched = definition.watched
    return f"{watched.metric} is {word} {definition.operator.sign} {amount(watched, definition.threshold)}"


def _positive(watched: Watched) -> bool:
    """True if zero is impossible: everything that runs takes some time and memory."""
    return watched.metric == "Duration" or is_percent(watched)


def _most(watched: Watched, timeout_s: int | None) -> float | None:
    if is_percent(watched):
        return 100.0
    # what is over counts up to the timeout; a sum of durations, or how many they were, has no such bound
    bounded = watched.metric == "Duration" and watched.stat not in ("Sum", "SampleCount")
    return timeout_s * 1_000.0 if bounded and timeout_s is not None else None
