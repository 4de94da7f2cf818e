"""Which version an alias's callers get: back to the one before, or a share of them to another one."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from lambdatop.actions.planning.configuration_steps import find_alias, no_alias, point, pointed
from lambdatop.actions.planning.form import Choice, Field, Form, Values, chosen, whole
from lambdatop.actions.planning.subject import RolledBack, Subject
from lambdatop.actions.planning.warnings_ import overwritten
from lambdatop.actions.settings.alias import target
from lambdatop.model.changes.plan import Plan, Refusal
from lambdatop.model.controls import Alias, Version
from lambdatop.model.fleet.findings import Finding, Rule

OFFERED_VERSIONS = 20
MOST_SAID = 60
"""Characters of a version's description."""
FIRST_SHARE = 10
"""Percent: what a new version is tried with."""

_REASONS = (Rule.ERRORS_RISING, Rule.ERRORS, Rule.OUT_OF_MEMORY, Rule.TIMEOUTS, Rule.NEAR_TIMEOUT, Rule.ALARM)
"""What an alias is rolled back for."""
LOOKED_AT = timedelta(minutes=15)
"""What the figures are of, where there are none."""
LATE = timedelta(minutes=7)
"""So long after a version was left CloudWatch may still learn what it did, and an alarm begin to ring for it."""


def plan_rollback(subject: Subject, name: str) -> Plan | Refusal:
    """Plan to give an alias's callers the version before: of two by weight the older, else the next lower one.

    One that they were rolled back from before is passed over. Refused where that was just now: what is found then is
    of the version that was left.
    """
    alias = find_alias(subject, name)
    if isinstance(alias, Refusal):
        return alias
    versions = subject.controls.versions
    if versions is None:
        return Refusal(subject.unread("its versions", "lambda:ListVersionsByFunction"))
    left = _left_already(subject, alias, _former(alias, versions))
    former = _former(alias, versions) if left is None else _find(versions, left.version)
    if former is None:
        return Refusal(f"alias {name} is on {_pointed(alias)}, and no older version of {subject.name} is published")
    found = subject.found(*_REASONS)
    again = _again(subject, alias, found)
    if again is not None:
        return Refusal(again)
    when = f" of {former.published:%Y-%m-%d}" if former.published else ""
    return Plan(
        action="rollback",
        title=f"{subject.name}: alias {name} {_pointed(alias)} → {former.version}",
        functions=(subject.name,),
        steps=(
            point(subject, alias, target(former.version, description=alias.description), f"version {former.version}"),
        ),
        why=found.text if found is not None else None,
        expect=f"all callers of {name} get version {former.version}{when}{_said(subject, former)} at once",
        warnings=(
            *_passing_over(left),
            *_going_back(subject, alias),
            *_of_moving(subject, alias),
            *overwritten(subject, _pointed(alias)),
        ),
        hurts=True,
    )


def plan_weights(subject: Subject, name: str, version: str, percent: int) -> Plan | Refusal:
    """Plan to send a share of an alias's callers to another published version; 100 % moves it there, 0 % ends it."""
    alias = find_alias(subject, name)
    if isinstance(alias, Refusal):
        return alias
    impossible = _impossible(subject, alias, version, percent)
    if impossible is not None:
        return Refusal(impossible)
    main = version if percent == 100 else alias.version
    weights = {version: percent / 100} if 0 < percent < 100 else {}
    if (main, weights) == (alias.version, dict(alias.weights)):
        return Refusal(f"alias {name} is on {_pointed(alias)} already", already=True)
    after = pointed(main, weights)
    rest = f"the others version {main}" if weights else "all of them"
    return Plan(
        action="weights",
        title=f"{subject.name}: alias {name} {_pointed(alias)} → {after.removeprefix('version ')}",
        functions=(subject.name,),
        steps=(point(subject, alias, target(main, weights, alias.description), after),),
        why=subject.finding(Rule.ERRORS_RISING, Rule.ERRORS),
        expect=f"{percent} % of the callers of {name} get version {version}, {rest}"
        if weights
        else f"all callers of {name} get version {main}",
        warnings=(*_of_moving(subject, alias), *_of_sharing(subject, weights), *overwritten(subject, _pointed(alias))),
    )


def rollback_form(subject: Subject) -> Form | Plan | Refusal:
    """Ask for the alias, if there are several."""
    answer = _aliases(subject)
    if isinstance(answer, Refusal):
        return answer
    if len(answer) == 1:
        return plan_rollback(subject, answer[0].name)
    return Form(action="rollback", title=f"{subject.name}: roll back", fields=(_which(answer),))


def rollback_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered."""
    answer = _aliases(subject)
    if isinstance(answer, Refusal):
        return answer
    name = chosen(_which(answer), values)
    return name if isinstance(name, Refusal) else plan_rollback(subject, name)


def weights_form(subject: Subject) -> Form | Refusal:
    """Ask for the alias, the version and the weight; proposed is a tenth to the newest other version."""
    answer = _aliases(subject)
    if isinstance(answer, Refusal):
        return answer
    if not subject.controls.versions:
        return Refusal(f"{subject.name} has no published version to send callers to; publish one first")
    return Form(
        action="weights",
        title=f"{subject.name}: shift an alias",
        fields=(_which(answer), _to_which(subject), _how_much()),
    )


def weights_from(subject: Subject, values: Values) -> Plan | Refusal:
    """The plan for what was answered."""
    answer = _aliases(subject)
    if isinstance(answer, Refusal):
        return answer
    name, percent = chosen(_which(answer), values), whole(_how_much(), values)
    version = values.get("version", "").strip() or chosen(_to_which(subject), values)
    if isinstance(name, Refusal):
        return name
    if isinstance(version, Refusal):
        return version
    return percent if isinstance(percent, Refusal) else plan_weights(subject, name, version, percent)


def _said(subject: Subject, version: Version) -> str:
    """A version's own description, if it has one: by default AWS gives it the function's description."""
    said = version.description[:MOST_SAID]
    return f" ({said})" if said and version.description != subject.function.description else ""


def _former(alias: Alias, versions: Sequence[Version]) -> Version | None:
    """The version to go back to; `versions` are oldest first."""
    known = {each.version: each for each in versions}
    if alias.weights:
        involved = [each for each in (alias.version, *alias.weights) if each in known]
        return known[min(involved, key=int)] if involved else None
    lower = [each for each in versions if not alias.version.isdecimal() or int(each.version) < int(alias.version)]
    return lower[-1] if lower else None


def _left_already(subject: Subject, alias: Alias, former: Version | None) -> RolledBack | None:
    """That callers were taken off the version before already, and got a still older one: there they go back to."""
    last = subject.rolled_back.get(alias.name)
    if former is None or last is None or last.before != pointed(former.version, {}):
        return None
    return last if _find(subject.controls.versions or (), last.version) else None


def _find(versions: Sequence[Version], number: str) -> Version | None:
    return next((each for each in versions if each.version == number), None)


def _passing_over(left: RolledBack | None) -> Iterator[str]:
    if left is not None:
        yield f"{left.before} is passed over: callers were rolled back from it to {left.version} at {_told(left.at)}"


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _again(subject: Subject, alias: Alias, found: Finding | None) -> str | None:
    """Why an alias is not rolled back once more, where what was found may be of the version that it was on before."""
    last = subject.rolled_back.get(alias.name)
    if last is None or last.version != alias.version or alias.weights or not _is_of_before(subject, last, found):
        return None
    return (
        f"alias {alias.name} was rolled back at {_told(last.at)}, {last.before} → {last.version}, and what is found "
        "may be of before that: wait for new figures, or shift the alias to a version that you name"
    )


def _is_of_before(subject: Subject, last: RolledBack, found: Finding | None) -> bool:
    if found is not None and found.since is not None and found.since > last.at + LATE:
        return False
    metrics = subject.row.metrics if subject.row is not None else None
    if metrics is None:
        return subject.now - last.at < LOOKED_AT
    errors = metrics.errors.window(
        int(last.at.timestamp()) + metrics.errors.period_s, int(metrics.window.end.timestamp())
    )
    is_over = found is not None and found.rule is Rule.ERRORS_RISING and not errors.total()
    return is_over or metrics.window.start < last.at + LATE


def _impossible(subject: Subject, alias: Alias, version: str, percent: int) -> str | None:
    versions = [each.version for each in subject.controls.versions or ()]
    if not 0 <= percent <= 100:
        return f"share: 0 to 100 %, not {percent:,}"
    if version not in versions:
        newest = f"; the newest is {versions[-1]}" if versions else ""
        return f"{subject.name} has no published version {version}{newest}"
    if version == alias.version and percent != 100:
        return f"alias {alias.name} is on version {version} itself: name the other version, and its share"
    if not alias.version.isdecimal() and 0 < percent < 100:
        return f"alias {alias.name} is on $LATEST: AWS splits only between published versions"
    return None


def _going_back(subject: Subject, alias: Alias) -> Iterator[str]:
    yield "what that version lacks is gone for callers: fixes, settings, changes of data that it does not know"
    if alias.version == "$LATEST":
        yield "the alias follows $LATEST now, and no longer will"
    else:
        yield "$LATEST stays as it is: the next deployment publishes it again"


def _of_moving(subject: Subject, alias: Alias) -> Iterator[str]:
    if any(each.qualifier == alias.name for each in subject.controls.provisioned or ()):
        yield f"provisioned concurrency of {alias.name} is made ready anew: cold starts until then"


def _of_sharing(subject: Subject, weights: object) -> Iterator[str]:
    if weights:
        yield "AWS: both versions must have the same role and dead-letter queue"


def _aliases(subject: Subject) -> tuple[Alias, ...] | Refusal:
    return subject.controls.aliases or no_alias(subject)


def _which(aliases: Sequence[Alias]) -> Field:
    options = tuple(Choice(alias.name, f"{alias.name}, {_pointed(alias)}") for alias in aliases)
    return Field(name="alias", label="alias", kind="choice", value=options[0].value, options=options)


def _to_which(subject: Subject) -> Field:
    newest = list(reversed(subject.controls.versions or ()))[:OFFERED_VERSIONS]
    options = tuple(Choice(each.version, f"{each.version}{_said(subject, each)}") for each in newest)
    present = {alias.version for alias in (subject.controls.aliases or ())[:1]}
    others = [each.version for each in newest if each.version not in present]
    return Field(
        name="version",
        label="version",
        kind="choice",
        value=next(iter(others or present), ""),
        options=options,
    )


def _how_much() -> Field:
    return Field(
        name="percent",
        label="share",
        kind="number",
        value=str(FIRST_SHARE),
        hint="of the callers; 100 moves the alias, 0 ends a split",
        minimum=0,
        maximum=100,
        unit="%",
    )


def _pointed(alias: Alias) -> str:
    return pointed(alias.version, alias.weights)
