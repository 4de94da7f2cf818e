"""Which aliases were rolled back from here: what is wrong with the version that was left is no reason to go further."""

import math
from collections.abc import Mapping, Sequence

from lambdatop.actions.journal.journal import ChangeSite, JournalEntry
from lambdatop.actions.planning.configuration_steps import pointed
from lambdatop.actions.planning.subject import RolledBack
from lambdatop.actions.settings.alias import AliasTarget
from lambdatop.model.changes.plan import Facts, Receipt, Result, Step


def rolled_back(entries: Sequence[JournalEntry], name: str, here: ChangeSite) -> Mapping[str, RolledBack]:
    """The function's aliases that the journal last knows to be moved to an older version, by whatever plan."""
    newest: dict[str, RolledBack | None] = {}
    for entry in reversed(entries):
        for outcome in reversed(entry.receipt.outcomes if entry.place == here else ()):
            setting = outcome.step.setting
            if isinstance(setting, AliasTarget) and setting.function == name and outcome.result is Result.APPLIED:
                newest.setdefault(setting.alias, _back(entry.receipt, outcome.step))
    return {alias: moved for alias, moved in newest.items() if moved is not None}


def _back(receipt: Receipt, step: Step) -> RolledBack | None:
    was, now = step.before, step.after
    if was is None or now is None or _weights(now) or max(map(_age, _versions(was))) <= max(map(_age, _versions(now))):
        return None
    before = pointed(str(was.get("FunctionVersion")), _weights(was))
    return RolledBack(at=receipt.begun, before=before, version=str(now.get("FunctionVersion")))


def _versions(facts: Facts) -> Sequence[str]:
    return [str(facts.get("FunctionVersion")), *_weights(facts)]


def _weights(facts: Facts) -> Mapping[str, float]:
    weights: Mapping[str, float] = (facts.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return weights


def _age(version: str) -> float:
    """Higher is newer; `$LATEST` is newest."""
    return int(version) if version.isdecimal() else math.inf
