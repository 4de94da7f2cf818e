"""A plan in words, before and after: what will change, why, what it costs, the literal calls, and what became of it."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from lambdatop.model.changes.aws_cli import command_line
from lambdatop.model.changes.plan import PUBLISHED, Cost, Facts, Plan, Receipt, Result, Step, StepOutcome, differences
from lambdatop.model.text import safe
from lambdatop.updates import IdentityKnown
from lambdatop.words import format
from lambdatop.words.spans import Span, Tone

LABEL_WIDTH: Final = 9
ALREADY: Final = "is already so"
MOST_STEPS: Final = 12
Line = Sequence[Span]
"""One paragraph: its label, LABEL_WIDTH cells wide, then its text."""

_RESULTS: Final[dict[Result, Span]] = {
    Result.APPLIED: ("✓", "good"),
    Result.NOT_APPLIED: ("▲", "bad"),
    Result.DRIFTED: ("▲", "warn"),
    Result.UNKNOWN: ("?", "warn"),
}


def where(identity: IdentityKnown | None, region: str | None = None) -> Line:
    """The account, Region and role that it will happen in and under."""
    if identity is None:
        return [("account unknown", "warn"), (f" · {safe(region)}" if region else " yet", "dim")]
    role = identity.arn.rpartition(":")[2].split("/")
    who = role[1] if len(role) > 1 else role[0]
    return [(safe(identity.account), "strong"), (f" · {safe(identity.region)} · as {safe(who)}", "dim")]


def told(plan: Plan, *, changes: bool = False, calls: Sequence[str] | None = None, past: bool = False) -> list[Line]:
    """Everything to know before a yes but the title; with `changes` also the one that it tells already.

    `calls` are the lines of the script, if they cannot be derived from the plan. `past` means an older plan.
    """
    lines: list[Line] = []
    if plan.why:
        lines.append(_labelled("Why", plan.why))
    if changes or len(plan.steps) > 1 or plan.undoes is not None:
        lines += [
            _labelled("Change" if at == 0 else "", *_change(step)) for at, step in enumerate(plan.steps[:MOST_STEPS])
        ]
        if len(plan.steps) > MOST_STEPS:
            lines.append(_labelled("", f"and {len(plan.steps) - MOST_STEPS:,} more"))
    if plan.expect:
        lines.append(_labelled("Expect", plan.expect))
    if plan.cost is not None:
        lines.append(_labelled("Cost", *cost(plan.cost, past=past or plan.undoes is not None)))
    for at, warning in enumerate(plan.warnings):
        lines.append(_labelled("Note" if at == 0 else "", (safe(warning), "warn")))
    for at, command in enumerate(commands(plan)[:MOST_STEPS] if calls is None else calls):
        lines.append(_labelled("Call" if at == 0 else "", (safe(command), "dim")))
    return lines


def commands(plan: Plan) -> list[str]:
    """The literal calls, as lines for the AWS CLI."""
    return [command_line(step.call) for step in plan.steps]


def script(plan: Plan, *, region: str | None, profile: str | None = None, endpoint: str | None = None) -> str:
    """The script as it is pasted."""
    return "\n".join(script_lines(plan, region=region, profile=profile, endpoint=endpoint))


def script_lines(
    plan: Plan, *, region: str | None, profile: str | None = None, endpoint: str | None = None
) -> list[str]:
    """The literal calls as they can be pasted into any shell: first where they go, which is not where that one is.

    AWS CLI: its version 1 does not know AWS_REGION.
    """
    places = {"AWS_PROFILE": profile, "AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_ENDPOINT_URL": endpoint}
    exported = [f"{name}={shlex.quote(value)}" for name, value in places.items() if value]
    return [*([f"export {' '.join(exported)}"] if exported else []), *_paced(plan)]


def _paced(plan: Plan) -> Iterator[str]:
    """The literal calls, and where to wait. AWS: while a function is being updated nothing of it is published."""
    updated: str | None = None
    for step in plan.steps:
        call = step.call
        if updated is not None and call.params.get("FunctionName") == updated:
            yield f"aws lambda wait function-updated --function-name {shlex.quote(updated)}"
        yield command_line(call)
        updated = call.params["FunctionName"] if call.operation == "UpdateFunctionConfiguration" else None


def cost(cost: Cost, *, past: bool = False) -> Sequence[Span]:
    """What it costs a month before and after, and the difference; `past` if that was reckoned some time ago."""
    prices = f", {cost.prices_of} prices" if cost.prices_of else ""
    if cost.delta_usd is None:
        known = f"{format.dollars(cost.after_usd)} a month{prices}; before is unknown"
        known = "unknown" if cost.after_usd is None else known
        return [(safe(f"{known}: {cost.unknown}" if cost.unknown else known), "plain")]
    delta = cost.delta_usd
    difference = "no difference" if abs(delta) < 0.005 else f"{'+' if delta > 0 else '−'}{format.dollars(abs(delta))}"
    before, after = format.dollars(cost.before_usd), format.dollars(cost.after_usd)
    said = f"{before} → {after} a month"
    said = f"≈ {said} at the traffic of {'then' if past else 'now'}" if cost.estimated else said
    return [(f"{said}{safe(prices)}", "plain"), (f"  {difference}", _tone(delta))]


def _tone(delta: float) -> Tone:
    return "dim" if abs(delta) < 0.005 else "warn" if delta > 0 else "good"


def _change(step: Step) -> Sequence[Span]:
    return [
        (f"{safe(step.label)}  ", "strong"),
        (f"{safe(step.shown_before)} → ", "dim"),
        (safe(step.shown_after.replace(f"version {PUBLISHED}", "the new version")), "plain"),
    ]


def _labelled(label: str, *text: str | Span) -> Line:
    spans: list[Span] = [(safe(each), "plain") if isinstance(each, str) else each for each in text]
    return [(label.ljust(LABEL_WIDTH), "dim"), *spans]


# What became of it


def outcome_lines(outcomes: Sequence[StepOutcome]) -> Iterator[Line]:
    """A line for each step that was come to, and what else must be known of it."""
    for outcome in outcomes:
        already = _already(outcome)
        mark: Span = ("✓", "good") if already else _RESULTS[outcome.result]
        yield [mark, (" ", "plain"), *_change(outcome.step), *_result(outcome)]
        if outcome.error and not (already and outcome.error.endswith(ALREADY)):  # the plan says so
            yield [("  ", "plain"), (safe(outcome.error), "warn")]
        if outcome.result is Result.DRIFTED and not already:
            yield from _differences(outcome.step, outcome.theirs)


def _already(outcome: StepOutcome) -> bool:
    """True if nothing was sent because the setting is as it is wanted."""
    return outcome.stands and outcome.result is Result.DRIFTED


def _result(outcome: StepOutcome) -> Sequence[Span]:
    if _already(outcome):
        return [(f"  {ALREADY}", "good")]
    unsettled = outcome.result is Result.APPLIED and not outcome.settled
    tone: Tone = "warn" if unsettled else _RESULTS[outcome.result][1]
    return [(f"  {outcome.result.value}{', but it has not settled' if unsettled else ''}", tone)]


def _differences(step: Step, theirs: Facts | None) -> Iterator[Line]:
    """What the plan saw, what is there now, and what it wanted: only the members that differ."""
    for each in differences(step, theirs):
        text = f"was {each.was}, is {each.now} now, yours {each.wanted}"
        yield [(f"  {safe(each.name)}: ", "dim"), (safe(text), "plain")]


def verdict(receipt: Receipt) -> Span:
    """In a few words what the whole came to."""
    results = {outcome.result for outcome in receipt.outcomes}
    if receipt.applied:
        settled = all(outcome.settled for outcome in receipt.outcomes)
        return ("applied", "good") if settled else ("applied, but it has not settled", "warn")
    whole = len(receipt.outcomes) == len(receipt.plan.steps)
    if whole and all(map(_already, receipt.outcomes)):
        return (f"{ALREADY}: nothing was sent", "good")
    if whole and all(outcome.stands and outcome.settled for outcome in receipt.outcomes):
        return ("applied, as far as it was not so already", "good")
    if Result.UNKNOWN in results:
        return ("unknown: look at the state before you try again", "warn")
    if Result.APPLIED in results:
        done = sum(outcome.result is Result.APPLIED for outcome in receipt.outcomes)
        return (f"partly applied: {done} of {len(receipt.plan.steps)} steps", "warn")
    if Result.DRIFTED in results:
        return ("not applied: it is no longer what the plan saw", "warn")
    return ("not applied", "bad")
