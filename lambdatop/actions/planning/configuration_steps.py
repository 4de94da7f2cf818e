"""Steps that change the configuration of `$LATEST`, and, where callers use an alias, bring it to them."""

from collections.abc import Mapping
from typing import Any

from lambdatop.actions.planning.form import Choice, Field, listed
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.settings.alias import AliasTarget, target
from lambdatop.actions.settings.configuration import Configuration
from lambdatop.actions.settings.version import PublishedVersion
from lambdatop.model.changes.marks import LATEST
from lambdatop.model.changes.plan import PUBLISHED, Facts, Refusal, Step
from lambdatop.model.controls import DIGEST, Alias

THE_NEXT = f"version {PUBLISHED}"
"""The placeholder for a version whose number is not known yet."""


def configure(subject: Subject, label: str, member: str, before: Any, after: Any, shown: tuple[str, str]) -> Step:
    """The step that changes one member of the configuration; `shown` is before and after as a person reads them."""
    return Step(
        setting=Configuration(subject.name, (member,)),
        before={member: before},
        after={member: after},
        label=label,
        shown_before=shown[0],
        shown_after=shown[1],
    )


def publish(subject: Subject) -> Step | Refusal:
    """The step that makes a version of `$LATEST` as it is then."""
    versions = subject.controls.versions
    if versions is None:
        return Refusal(subject.unread("its versions", "lambda:ListVersionsByFunction"))
    newest = versions[-1].version if versions else None
    return Step(
        setting=PublishedVersion(subject.name, subject.controls.code_sha256),
        before={"Version": newest} if newest is not None else None,
        after={"Version": PUBLISHED},
        label="version",
        shown_before=f"version {newest}" if newest is not None else "none",
        shown_after="a new one",
    )


def point(subject: Subject, alias: Alias, after: Facts, shown_after: str) -> Step:
    """The step that moves an alias."""
    return Step(
        setting=AliasTarget(subject.name, alias.name),
        before=target(alias.version, alias.weights, alias.description),
        after=after,
        label=f"alias {alias.name}",
        shown_before=pointed(alias.version, alias.weights),
        shown_after=shown_after,
    )


def released(subject: Subject, name: str) -> tuple[Step, ...] | Refusal:
    """The steps that publish `$LATEST` and move an alias to it; none for an empty name."""
    if not name:
        return ()
    alias = find_alias(subject, name)
    if isinstance(alias, Refusal):
        return alias
    if alias.weights:
        return Refusal(f"alias {name} is split between {pointed(alias.version, alias.weights)}: end that first")
    version = publish(subject)
    if isinstance(version, Refusal):
        return version
    return (version, point(subject, alias, target(PUBLISHED, description=alias.description), THE_NEXT))


def pinned(subject: Subject) -> tuple[Alias, ...]:
    """The aliases on a published version: their callers a change of `$LATEST` alone does not reach."""
    return tuple(alias for alias in subject.controls.aliases or () if alias.version != LATEST)


def reaches_callers(subject: Subject, release: str) -> bool:
    """True unless there are aliases whose callers are not reached by a change of `$LATEST` alone."""
    return bool(release) or not pinned(subject)


def is_released(subject: Subject, release: str) -> bool:
    """True if no alias is named, or if its version is known to be configured as `$LATEST` is."""
    alias = find_alias(subject, release) if release else None
    if not isinstance(alias, Alias):
        return not release
    known = any(each.version == alias.version and each.settings for each in subject.controls.versions or ())
    return alias.version == LATEST or (known and not differing(subject, alias))


def release_field(subject: Subject) -> tuple[Field, ...]:
    """Ask whether to release the change to an alias; no question if there is none.

    One that follows `$LATEST` has it at once. Proposed is the only other alias there is, if code and configuration of
    `$LATEST` are what it has already: else more would be released than the change.
    """
    aliases = pinned(subject)
    if not aliases:
        return ()
    only = aliases[0] if len(aliases) == 1 and not aliases[0].weights else None
    likely = only if only and same_code(subject, only) and not differing(subject, only) else None
    return (
        Field(
            name="publish",
            label="publish",
            kind="choice",
            value=likely.name if likely else "",
            hint="callers of an alias get the change only with a new version",
            options=(
                Choice("", "no, $LATEST alone"),
                *(Choice(alias.name, f"yes, and move {alias.name}") for alias in aliases),
            ),
            optional=True,
        ),
    )


def same_code(subject: Subject, alias: Alias) -> bool:
    """True if the alias's version is known to have the code that is in `$LATEST`."""
    versions = {each.version: each.code_sha256 for each in subject.controls.versions or ()}
    code = subject.controls.code_sha256
    return code is not None and versions.get(alias.version) == code


def differing(subject: Subject, alias: Alias) -> tuple[str, ...]:
    """What else `$LATEST` is configured to than the alias's version: `MemorySize 512 → 777`, `Environment`."""
    versions = {each.version: each.settings for each in subject.controls.versions or ()}
    theirs, ours = versions.get(alias.version) or {}, subject.controls.settings
    if not theirs or not ours:
        return ()
    names = [name for name in {**theirs, **ours} if theirs.get(name) != ours.get(name)]
    return tuple(name if _untold(theirs, ours, name) else f"{name} {theirs[name]} → {ours[name]}" for name in names)


def _untold(theirs: Mapping[str, str], ours: Mapping[str, str], name: str) -> bool:
    return name not in theirs or name not in ours or theirs[name].startswith(DIGEST)


def find_alias(subject: Subject, name: str) -> Alias | Refusal:
    """The alias of that name, or which there are."""
    aliases = subject.controls.aliases
    if not aliases:
        return no_alias(subject)
    there = listed([alias.name for alias in aliases], "and")
    found = next((alias for alias in aliases if alias.name == name), None)
    return found or Refusal(f"{subject.name} has no alias {name}; there is {there}")


def no_alias(subject: Subject) -> Refusal:
    """Why nothing can be done to an alias of the function."""
    if subject.controls.aliases is None:
        return Refusal(subject.unread("its aliases", "lambda:ListAliases"))
    return Refusal(f"{subject.name} has no alias: its callers use $LATEST, or a version by its number")


def pointed(version: str, weights: Facts) -> str:
    """`version 42`, `version 42 · 10 % 43`."""
    extra = "".join(f" · {100 * share:.3g} % {number}" for number, share in weights.items())
    return f"version {version}{extra}"
