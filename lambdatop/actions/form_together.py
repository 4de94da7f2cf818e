"""The questions of an action on several functions: proposed is only what holds for all of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from lambdatop.actions.fields import Field, Form, Values

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
