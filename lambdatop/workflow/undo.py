"""The plan that takes a change back, asked for where it was made, and protected as the settings have it now."""

from collections.abc import Sequence

from lambdatop.actions.journal.journal import JournalEntry
from lambdatop.actions.journal.undo import plan_undo
from lambdatop.aws.gate import Gate
from lambdatop.model.changes.plan import Plan, Receipt, Refusal
from lambdatop.updates import IdentityKnown
from lambdatop.workflow.protection import ControlsOf, guarded


async def way_back(
    aws: Gate,
    who: IdentityKnown | None,
    receipt: Receipt,
    entries: Sequence[JournalEntry],
    protected: Sequence[str],
    controls_of: ControlsOf,
) -> Plan | Refusal:
    """Take back what a receipt tells, if it was made here. `protected` are the patterns of `config.toml`."""
    plan = plan_undo(receipt, who, entries)
    if isinstance(plan, Refusal):
        return plan
    noted = next((entry for entry in entries if entry.receipt.id == receipt.id), None)
    if noted is not None and noted.endpoint != aws.endpoint_url:
        return Refusal(f"it was made at {noted.endpoint or 'AWS itself'}, not here")
    return await guarded(aws, plan, protected, receipt.account, controls_of)
