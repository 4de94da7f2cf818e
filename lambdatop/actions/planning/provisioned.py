"""Provisioned concurrency: environments kept ready for an alias or version, against cold starts, for money.

If there is no alias or version yet that could have it, the plan publishes a version and creates an alias first.
"""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from lambdatop.actions.planning.concurrency_room import peak, provisionable, shown, sized
from lambdatop.actions.planning.configuration_steps import THE_NEXT, pinned, publish
from lambdatop.actions.planning.form import Choice, Field, Form, Values, chosen, listed, whole_or_none
from lambdatop.actions.planning.monthly_cost import compared, monthly, version_mb
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.warnings_ import overwritten
from lambdatop.actions.settings.alias import AliasTarget, target
from lambdatop.actions.settings.concurrency import PROVISIONED, ProvisionedConcurrency
from lambdatop.model.changes.marks import LATEST
from lambdatop.model.changes.plan import PUBLISHED, Cost, Plan, Refusal, Step
from lambdatop.model.controls import Provisioned
from lambdatop.model.cost.cost import provisioned_usd_per_month
from lambdatop.model.fleet.findings import Rule

NEW_ALIAS = "live"
"""What the alias is called that is made where there is none."""
OFFERED_VERSIONS = 5
_ALIAS_NAME = re.compile(r"(?!\d+$)[A-Za-z0-9_-]{1,128}")


def plan_provisioned(subject: Subject, qualifier: str, count: int | None) -> Plan | Refusal:
    """Plan to keep `count` environments ready for an alias or version, or with None to keep none.

    A name that no alias has yet is made one, on a new version, if no other alias is on a published one. AWS: never for
    `$LATEST`, not with SnapStart nor tenant isolation, and within what is reserved, else 100 must stay unreserved.
    """
    steps = _prepared(subject, qualifier)
    if isinstance(steps, Refusal):
        return steps
    before = next((each for each in subject.controls.provisioned or () if each.qualifier == qualifier), None)
    if before is not None and count == before.requested:
        possible = f"; 1 to {most:,} are possible" if (most := provisionable(subject, qualifier)) is not None else ""
        return Refusal(f"{qualifier} of {subject.name} has {count:,} provisioned already{possible}", already=True)
    impossible = _out_of_range(subject, qualifier, before, count)
    if impossible is not None:
        return Refusal(impossible)
    had = before.requested if before else None
    return Plan(
        action="provisioned",
        title=f"{subject.name}: provisioned concurrency of {qualifier} {shown(had)} → {shown(count)}",
        functions=(subject.name,),
        steps=(*steps, _provision(subject, qualifier, had, count)),
        why=subject.finding(Rule.COLD_STARTS),
        expect=_expected(subject, count),
        warnings=(*_warned(subject, qualifier, before, count, new=bool(steps)), *overwritten(subject, shown(had))),
        cost=_cost(subject, qualifier, (count or 0) - (had or 0), idle=bool(steps) or qualifier.isdecimal()),
        hurts=count is None,
    )


def obstacle(subject: Subject, qualifier: str) -> str | None:
    """Why an alias or version that had provisioned concurrency cannot have it again; None if no reason is known."""
    aliases, versions = subject.controls.aliases, subject.controls.versions
    if aliases is None or versions is None:
        return None
    if qualifier not in (*(alias.name for alias in aliases), *(version.version for version in versions)):
        return f"{subject.name} has no {qualifier} any more"
    return _conflict(subject, qualifier)


def provisioned_form(subject: Subject) -> Form | Refusal:
    """Ask for the alias or version and the number; proposed is the peak concurrency plus a tenth."""
    excluded, how_many = _excluded(subject), _how_many(subject)
    if excluded is not None:
        return Refusal(excluded)
    if how_many.maximum == 0 and not subject.controls.provisioned:
        return Refusal(_none(subject))
    return Form(
        action="provisioned",
        title=f"{subject.name}: provisioned concurrency",
        fields=(_of_whom(subject), how_many),
    )


def provisioned_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered."""
    named = values.get("qualifier", "").strip()
    qualifier = named or chosen(_of_whom(subject), values)
    if isinstance(qualifier, Refusal):
        return qualifier
    count = whole_or_none(replace(_how_many(subject), maximum=None), values)  # the plan says why no more are possible
    return count if isinstance(count, Refusal) else plan_provisioned(subject, qualifier, count)


def _provision(subject: Subject, qualifier: str, had: int | None, count: int | None) -> Step:
    return Step(
        setting=ProvisionedConcurrency(subject.name, qualifier),
        before=None if had is None else {PROVISIONED: had},
        after=None if count is None else {PROVISIONED: count},
        label="provisioned concurrency",
        shown_before=shown(had),
        shown_after=shown(count),
    )


def _prepared(subject: Subject, qualifier: str) -> tuple[Step, ...] | Refusal:
    """The steps that must come first: none for what exists, a version and an alias where there is no alias."""
    excluded = _excluded(subject)
    if excluded is not None:
        return Refusal(excluded)
    aliases, versions = subject.controls.aliases or (), subject.controls.versions or ()
    there = [*(alias.name for alias in aliases), *(version.version for version in versions)]
    if qualifier in there:
        conflict = _conflict(subject, qualifier)
        return () if conflict is None else Refusal(conflict)
    if pinned(subject) or not _ALIAS_NAME.fullmatch(qualifier):
        return Refusal(f"{subject.name} has no {qualifier}; possible: {listed(there[:8]) if there else NEW_ALIAS}")
    version = publish(subject)
    if isinstance(version, Refusal):
        return version
    made = Step(
        setting=AliasTarget(subject.name, qualifier),
        before=None,
        after=target(PUBLISHED),
        label=f"alias {qualifier}",
        shown_before="none",
        shown_after=THE_NEXT,
    )
    return (version, made)


def _excluded(subject: Subject) -> str | None:
    """Why the function can have none at all, or why that is unknown."""
    controls = subject.controls
    if controls.provisioned is None:
        return subject.unread("what is provisioned", "lambda:ListProvisionedConcurrencyConfigs")
    if controls.aliases is None or controls.versions is None:
        missing = "ListAliases" if controls.aliases is None else "ListVersionsByFunction"
        return subject.unread("whom it could be for", f"lambda:{missing}")
    if controls.tenant_isolation:
        return f"{subject.name} isolates its tenants, which excludes provisioned concurrency"
    if controls.function.snap_start and not controls.provisioned:
        return f"{subject.name} has SnapStart, which excludes provisioned concurrency and serves the same end"
    return None


def _conflict(subject: Subject, qualifier: str) -> str | None:
    return _unfit(subject, qualifier) or _shared(subject, qualifier)


def _unfit(subject: Subject, qualifier: str) -> str | None:
    alias = next((each for each in subject.controls.aliases or () if each.name == qualifier), None)
    if alias is not None and alias.version == LATEST:
        return f"alias {qualifier} is on $LATEST, and only a published version can have any: publish one for it first"
    numbers = {alias.version, *alias.weights} if alias else {qualifier}
    snapped = [each.version for each in subject.controls.versions or () if each.version in numbers and each.snap_start]
    if snapped:
        return f"version {snapped[0]} has SnapStart, which excludes provisioned concurrency"
    if alias is not None and alias.weights:
        return f"alias {qualifier} is split between versions: AWS changes its provisioned concurrency only after that"
    return None


def _shared(subject: Subject, qualifier: str) -> str | None:
    """AWS: a version has one such configuration, its own or that of one alias that points to it."""
    aliases = {alias.name: alias.version for alias in subject.controls.aliases or ()}
    version = aliases.get(qualifier, qualifier)
    for each in subject.controls.provisioned or ():
        if each.qualifier != qualifier and aliases.get(each.qualifier, each.qualifier) == version:
            return f"version {version} has provisioned concurrency already, as {each.qualifier}: change or remove that"
    return None


def _out_of_range(subject: Subject, qualifier: str, before: Provisioned | None, count: int | None) -> str | None:
    most = provisionable(subject, qualifier)
    if count is None:
        return None if before else f"{qualifier} of {subject.name} has no provisioned concurrency to remove"
    if most == 0:
        return _none(subject)
    if count < 1 or (most is not None and count > most):
        told = f"1 to {most:,}, as {_bound(subject)}" if most is not None else "1 or more"
        return f"provisioned concurrency: {told}; not {count:,}"
    return None


def _none(subject: Subject) -> str:
    return f"no provisioned concurrency is possible for {subject.name}: {_bound(subject)}"


def _bound(subject: Subject) -> str:
    reserved = subject.controls.reserved
    return f"{reserved:,} are reserved for it" if reserved is not None else "100 must stay unreserved"


def _expected(subject: Subject, count: int | None) -> str:
    highest = peak(subject)
    if count is None:
        return "every environment starts cold again when it is needed"
    seen = f"; {highest:,} ran at once at most" if highest is not None else ""
    return f"ready within minutes: no cold start for up to {count:,} at once{seen}"


def _warned(
    subject: Subject, qualifier: str, before: Provisioned | None, count: int | None, *, new: bool
) -> Iterator[str]:
    highest = peak(subject)
    if new:
        yield f"only callers of {subject.name}:{qualifier} gain from it: those of $LATEST must be changed to call that"
        yield "publishes $LATEST as it is; a published version stays when this is undone"
    if qualifier.isdecimal() and count is not None:
        yield f"only who calls {subject.name}:{qualifier} by that number gains from it; the cost is as if nobody did"
    elif count is not None and highest is not None and count < highest:
        yield f"{highest:,} ran at once: what is above {count:,} starts cold, at the usual price"
    if before is not None and before.autoscaled:
        yield f"Application Auto Scaling manages {qualifier}: it will set its own number again"
    if before is not None and before.status == "IN_PROGRESS":
        yield "the last change of it is still in progress"
    if provisionable(subject, qualifier) is None and count is not None:
        yield "the account's limits could not be read: AWS refuses it unless 100 stay unreserved"
    if count is not None:
        yield "it is paid for every second, used or not, and for 5 minutes at least"


def _cost(subject: Subject, qualifier: str, more: int, *, idle: bool) -> Cost:
    """A new alias has no callers, and a version number hardly any: no invocation becomes cheaper."""
    before = monthly(subject)
    if idle:
        kept = provisioned_usd_per_month(subject.function, more, memory_mb=version_mb(subject, qualifier))
        return compared(subject, before, None if before is None else before + kept)
    return compared(subject, before, monthly(subject, more_provisioned=more))


def _of_whom(subject: Subject) -> Field:
    aliases, versions = pinned(subject), subject.controls.versions or ()
    kept = {each.qualifier: each.requested for each in subject.controls.provisioned or ()}
    options = [Choice(alias.name, f"{alias.name}, version {alias.version}") for alias in aliases]
    if not aliases:
        there = any(alias.name == NEW_ALIAS for alias in subject.controls.aliases or ())
        said = f"{NEW_ALIAS}, once it is on a version" if there else f"a new alias {NEW_ALIAS}, on a new version"
        options.append(Choice(NEW_ALIAS, said))
    newest = [version.version for version in reversed(versions)][:OFFERED_VERSIONS]
    options += [Choice(number, f"version {number} itself") for number in newest]
    offered = {option.value for option in options}
    options += [Choice(name, f"{name} itself") for name in kept if name not in offered]
    return Field(
        name="qualifier",
        label="alias or version",
        kind="choice",
        value=next(iter(kept), options[0].value),
        hint="now " + (listed([f"{name} {count:,}" for name, count in kept.items()], "and") if kept else "none"),
        options=tuple(options),
    )


def _how_many(subject: Subject) -> Field:
    asked, highest, wanted = _of_whom(subject), peak(subject), sized(subject)
    most = provisionable(subject, asked.value)
    bounds = [provisionable(subject, option.value) for option in asked.options]
    widest = max((bound for bound in bounds if bound is not None), default=None)
    seen = f"{highest:,} ran at once at most" if highest is not None else "how many run at once is unknown"
    return Field(
        name="count",
        label="provisioned concurrency",
        kind="number",
        value=str(wanted if most is None else max(1, min(wanted, most))),
        hint=f"{seen if widest != 0 else f'none is possible, {_bound(subject)}'}; empty removes it",
        minimum=1,
        maximum=widest,
        optional=True,
    )
