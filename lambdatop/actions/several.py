"""The questions of an action on several functions: proposed is only what holds for all of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from lambdatop.actions.planning.form import Field, Form, Values, listed
from lambdatop.model.changes.plan import Cost, Facts, Plan, Refusal, Setting, Step

UNANSWERED = "?"
"""Stands where an empty answer would be one, and is refused."""
_NOW = "now "

Alike = Callable[[Values], Values]
"""Puts the answers that mean the same for all of the functions in the place of those that do not."""


def asked_together(title: str, forms: Sequence[Form], alike: Alike) -> Form:
    """One form of several. What `alike` answers is proposed; what it answers whatever is said is not asked."""
    fields: dict[str, list[Field]] = {}
    for form in forms:
        for field in form.fields:
            fields.setdefault(field.name, []).append(field)
    chosen = alike({})
    joined = [_joined(each, chosen.get(name)) for name, each in fields.items()]
    kept = tuple(field for field in joined if alike({field.name: UNANSWERED})[field.name] == UNANSWERED)
    return Form(action=forms[0].action, title=title, fields=kept)


def _joined(fields: Sequence[Field], chosen: str | None) -> Field:
    """The same question of several functions as one."""
    first, *_ = fields
    options = {option.value: option for field in fields for option in field.options}
    return replace(
        first,
        value=_proposed(fields) if chosen is None else chosen,
        hint=_hint(fields),
        options=tuple(options.values()),
        minimum=_bound(min, [field.minimum for field in fields]),
        maximum=_bound(max, [field.maximum for field in fields]),
    )


def _proposed(fields: Sequence[Field]) -> str:
    """The answer that all propose; else none, in the way in which none is refused or leaves it as it is."""
    if len({field.value for field in fields}) == 1:
        return fields[0].value
    return UNANSWERED if fields[0].kind == "number" and fields[0].optional else ""


def _hint(fields: Sequence[Field]) -> str:
    """What is true for all of them; where they differ, from what to what."""
    hints = [field.hint.split("; ") for field in fields]
    common = [part for part in hints[0] if part and all(part in hint for hint in hints)]
    if all(hint == hints[0] for hint in hints):
        return "; ".join(common)
    return "; ".join([_now(fields), *(part for part in common if not part.startswith(_NOW))])


def _now(fields: Sequence[Field]) -> str:
    """`now 128 – 1,024 MB, 3 functions`, `now none – 50, 3 functions`."""
    count = f"{len(fields)} functions"
    known = sorted(field.now for field in fields if field.now is not None)
    if not known:
        return f"not the same for the {count}"
    low, high = f"{known[0]:,}" if len(known) == len(fields) else "none", f"{known[-1]:,}"
    span = f"{low} – {high}" if low != high else high
    return f"{_NOW}{span} {fields[0].unit}".rstrip() + f", {count}"


def _bound(choose: Callable[[Iterable[int]], int], bounds: Sequence[int | None]) -> int | None:
    """The widest; none at all where one of them has none."""
    known = [bound for bound in bounds if bound is not None]
    return choose(known) if len(known) == len(bounds) else None


MOST_TOLD = 5
"""Functions that are told one by one where it does not matter which; the others are counted."""
MOST_TYPED = 3
"""Names that must be typed; the others are counted."""

Answers = Sequence[tuple[str, Plan | Refusal]]
"""What came of each function's own planning, by its name."""


def combined(action: str, label: str, answers: Answers) -> Plan | Refusal:
    """One plan of all that can be planned, refused only if nothing can. How many functions it changes must be typed,
    and with that what a plan of its own demands: the name of somebody else's alarm.

    A cost that is unknown for one is unknown for all; those that are refused are warned of.
    """
    plans = [(name, each) for name, each in answers if isinstance(each, Plan)]
    refused = [(name, each.reason) for name, each in answers if isinstance(each, Refusal)]
    if not plans:
        refusals = [each for _, each in answers if isinstance(each, Refusal)]
        mistyped = bool(refusals) and all(each.mistyped for each in refusals)
        already = bool(refusals) and all(each.already for each in refusals)
        reason = "; ".join(_by_text(refused, len(answers))) or f"{label}: no function is chosen"
        return Refusal(reason, mistyped=mistyped, already=already)
    count, steps = len(plans), tuple(_steps(plans))
    changed = {step.item for step in steps}
    return Plan(
        action=action,
        title=_title(label, plans),
        functions=tuple(name for name, _ in plans),
        steps=steps,
        why="; ".join(_by_text([(name, plan.why) for name, plan in plans if plan.why], count)) or None,
        expect="; ".join(_by_text([(name, plan.expect) for name, plan in plans if plan.expect], count)) or None,
        warnings=(
            *(f"left out: {told}" for told in _by_text(refused, len(answers), most=len(answers))),
            *_by_text([(name, warning) for name, plan in plans for warning in plan.warnings], count, most=count),
        ),
        cost=_added([plan.cost for name, plan in plans if name in changed]),
        hurts=any(plan.hurts for _, plan in plans),
        typed=typed_with(str(count), [plan.typed for _, plan in plans if plan.typed is not None]),
    )


def typed_with(typed: str | None, names: Sequence[str]) -> str | None:
    """What must be typed where these names must be, too: `checkout-api`; `3 with checkout-api`, a number first."""
    named = tuple(dict.fromkeys(names))
    if not named:
        return typed
    more = [f"{len(named) - MOST_TYPED} more"] if len(named) > MOST_TYPED else []
    told = listed([*named[:MOST_TYPED], *more], "and")
    return told if typed is None else f"{typed} with {told}"


def _title(label: str, plans: Sequence[tuple[str, Plan]]) -> str:
    """`3 functions: memory 1,024 → 1,536 MB`, or what of that is the same for all of them."""
    changes = {plan.title.removeprefix(f"{name}: ") for name, plan in plans}
    ends = {change.rpartition("→")[2].strip() for change in changes}
    if len(changes) == 1:
        said = next(iter(changes))
    elif len(ends) == 1 and all("→" in change for change in changes):
        said = f"{label} → {next(iter(ends))}"
    else:
        said = label
    return f"1 function: {said}" if len(plans) == 1 else f"{len(plans)} functions: {said}"


def _steps(plans: Sequence[tuple[str, Plan]]) -> Iterator[Step]:
    """Each named by its function; what several share, as a role or a log group, is changed once."""
    needing: dict[Setting, list[tuple[str, Facts | None]]] = {}
    for name, plan in plans:
        for step in plan.steps:
            needing.setdefault(step.setting, []).append((name, step.after))
    for name, plan in plans:
        for step in plan.steps:
            first, *others = dict.fromkeys(each for each, after in needing[step.setting] if after == step.after)
            if name == first:
                yield replace(step, label=f"{name} {step.label}", item=name, also=tuple(others))


def _by_text(told: Sequence[tuple[str, str]], count: int, *, most: int = MOST_TOLD) -> Iterator[str]:
    """Each text once, with the functions that it is about, `most` of them by name, unless it is about all of them."""
    about: dict[str, list[str]] = {}
    for name, text in told:
        about.setdefault(text, []).append(name)
    for text, names in about.items():
        if len(names) == count > 1 or all(text.startswith(name) for name in names):
            yield text
        else:
            more = [f"{len(names) - most} more"] if len(names) > most else []
            yield f"{listed([*names[:most], *more], 'and')}: {text}"


def _added(costs: Sequence[Cost | None]) -> Cost | None:
    known = [cost for cost in costs if cost is not None]
    if not known:
        return None
    before, after = [cost.before_usd for cost in known], [cost.after_usd for cost in known]
    return Cost(
        before_usd=_sum(before),
        after_usd=_sum(after),
        estimated=any(cost.estimated for cost in known),
        unknown=next((cost.unknown for cost in known if cost.unknown), None),
        prices_of=next((cost.prices_of for cost in known if cost.prices_of), None),
    )


def _sum(amounts: Sequence[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
