"""A plan, and what became of it, as one JSON object: what `set`, `undo` and `journal` print with --json."""

from collections.abc import Mapping
from typing import Any

from lambdatop.actions.journal.records import plain
from lambdatop.cli.logs.line import iso
from lambdatop.model.changes.aws_cli import command_line
from lambdatop.model.changes.plan import Plan, Receipt, Step, StepOutcome
from lambdatop.updates import IdentityKnown

Members = Mapping[str, Any]


def plan_members(plan: Plan, who: IdentityKnown | None) -> Members:
    """The plan. Costs are USD a month, null where they are unknown."""
    cost = plan.cost
    return {
        "action": plan.action,
        "title": plan.title,
        "functions": list(plan.functions),
        "account": who.account if who is not None else None,
        "region": who.region if who is not None else None,
        "caller": who.arn if who is not None else None,
        "changes": [_change(step) for step in plan.steps],
        "why": plan.why,
        "expect": plan.expect,
        "warnings": list(plan.warnings),
        "cost_usd_per_month": None
        if cost is None
        else {"before": cost.before_usd, "after": cost.after_usd, "prices_of": cost.prices_of},
        "calls": [command_line(step.call) for step in plan.steps],
        "undoes": plan.undoes,
    }


def receipt_members(receipt: Receipt) -> Members:
    """What became of it."""
    return {
        "id": receipt.id,
        "applied": receipt.applied,
        "begun": iso(receipt.begun),
        "ended": iso(receipt.ended),
        "steps": [_outcome(outcome) for outcome in receipt.outcomes],
    }


def _change(step: Step) -> Members:
    return {
        "what": step.label,
        "before": plain(step.before),
        "after": plain(step.after),
        "shown": f"{step.shown_before} → {step.shown_after}",
    }


def _outcome(outcome: StepOutcome) -> Members:
    return {
        **_change(outcome.step),
        "result": outcome.result.value,
        "settled": outcome.settled,
        "error": outcome.error,
        "theirs": plain(outcome.theirs),
    }
