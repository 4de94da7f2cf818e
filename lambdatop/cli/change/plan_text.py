"""A plan and what became of it as plain lines, in the words of the screens."""

from collections.abc import Iterator, Sequence

from lambdatop.model.changes.plan import Plan, Receipt
from lambdatop.model.text import safe
from lambdatop.updates import IdentityKnown
from lambdatop.words import plan as plan_words
from lambdatop.words.spans import Span


def plan_lines(plan: Plan, who: IdentityKnown, *, profile: str | None, endpoint: str | None) -> Iterator[str]:
    """Everything to know before a yes; last the literal calls, and where they go, as the screen copies them."""
    calls = plan_words.script_lines(plan, region=who.region, profile=profile, endpoint=endpoint)
    yield safe(plan.title)
    yield f"  {_plain(plan_words.where(who))}"
    for line in plan_words.told(plan, changes=True, calls=calls):
        yield f"  {_plain(line)}"


def result_lines(receipt: Receipt) -> Iterator[str]:
    """How each step went, and what the whole came to."""
    for line in plan_words.outcome_lines(receipt.outcomes):
        yield _plain(line)
    yield plan_words.verdict(receipt)[0]


def _plain(spans: Sequence[Span]) -> str:
    return "".join(text for text, _ in spans).rstrip()
