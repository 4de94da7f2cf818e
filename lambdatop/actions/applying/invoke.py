"""Invokes a function once, by hand and after a yes: recorded before and after, and never retried."""

from msgspec.structs import replace

from lambdatop.actions.applying.caller import caller, new_id
from lambdatop.actions.journal.journal import Journal, Unwritable
from lambdatop.actions.settings.invocation import InvokedFunction
from lambdatop.aws.errors import AwsError
from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.model.changes.plan import Plan, Receipt, Result, Step, StepOutcome
from lambdatop.model.invocations.by_hand import EMPTY, Invoked, ManualInvocation, decode_invoked
from lambdatop.updates import IdentityKnown


async def invoke(
    aws: Gate, clock: Clock, invocation: ManualInvocation, journal: Journal, who: IdentityKnown | None = None
) -> Invoked:
    """Send it, wait for the answer (AWS: up to 15 minutes), and tell what came back.

    Nothing is raised for what AWS, the network or the disk may do: it is in `refused`, and `certain` tells whether the
    function may have run nevertheless.
    """
    begun = clock.now()
    try:
        receipt = _receipt(clock, invocation, await caller(aws, who))
        journal.begun(receipt, aws.endpoint_url)
        journal.sending(receipt.id, 0, receipt.plan.steps[0], clock.now())
    except AwsError as error:
        return Invoked(invocation=invocation, took_s=0.0, refused=error.line())
    except Unwritable as error:
        return Invoked(invocation=invocation, took_s=0.0, refused=f"nothing was sent: {error}")
    try:
        answer = await aws.call("lambda", "Invoke", **_params(invocation))
    except AwsError as error:
        took_s = (clock.now() - begun).total_seconds()
        done = Invoked(invocation=invocation, took_s=took_s, refused=error.line(), certain=error.certain)
    else:
        done = decode_invoked(invocation, answer, (clock.now() - begun).total_seconds())
    return _noted(journal, clock, receipt, done)


def _params(invocation: ManualInvocation) -> dict[str, object]:
    payload = invocation.payload if invocation.payload.strip() else EMPTY
    qualified = {} if invocation.qualifier is None else {"Qualifier": invocation.qualifier}
    return {
        "FunctionName": invocation.function,
        **qualified,
        "InvocationType": "RequestResponse",
        "LogType": "Tail",
        "Payload": payload.encode("utf-8", "replace"),
    }


def _receipt(clock: Clock, invocation: ManualInvocation, who: IdentityKnown) -> Receipt:
    now = clock.now()
    step = Step(
        setting=InvokedFunction(invocation.function, invocation.qualifier or ""),
        before=None,
        after={"PayloadBytes": invocation.bytes},
        label="invoke",
        shown_before="none",
        shown_after=f"{invocation.bytes:,} bytes sent",
    )
    plan = Plan(action="invoke", title=f"{invocation.named}: invoke", functions=(invocation.function,), steps=(step,))
    return Receipt(
        id=new_id(now),
        plan=plan,
        outcomes=(),
        begun=now,
        ended=now,
        account=who.account,
        region=who.region,
        caller=who.arn,
    )


def _noted(journal: Journal, clock: Clock, receipt: Receipt, done: Invoked) -> Invoked:
    """What became of it is in the journal, or the answer says that it is not."""
    ran = done.refused is None
    result = Result.APPLIED if ran else Result.NOT_APPLIED if done.certain else Result.UNKNOWN
    outcome = StepOutcome(step=receipt.plan.steps[0], result=result, error=done.refused or done.error)
    try:
        journal.told(receipt.id, 0, outcome, clock.now())
        journal.ended(replace(receipt, outcomes=(outcome,), ended=clock.now()))
    except Unwritable as error:
        return replace(done, log=f"{done.log}\nlambdatop: {error}")
    return done
