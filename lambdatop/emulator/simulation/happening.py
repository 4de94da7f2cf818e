"""Full invocations out of what ran: versions, traces, errors and the calls downstream."""

from lambdatop.emulator.invocation import EmulatedInvocation, InvocationStep, Outcome
from lambdatop.emulator.simulation.course import Course
from lambdatop.emulator.simulation.profile import DownstreamCall, PlantedFault, Profile
from lambdatop.emulator.simulation.run import Ran, ran


def happened(name: str, course: Course, minute: int) -> list[EmulatedInvocation]:
    """The minute's invocations in order of start, those still to come included; throttled callers never ran."""
    return [invocation(name, each) for each in ran(name, course, minute)]


def invocation(name: str, run: Ran) -> EmulatedInvocation:
    """All that is to be told of one invocation."""
    fate, bits = run.fate, run.bits
    assert fate.outcome != "throttled"
    behaviour = fate.lane.behaviour
    profile = behaviour.profile
    fault = _fault(profile, bits >> 200 & 0xFFFF) if fate.outcome == "error" else None
    return EmulatedInvocation(
        function_name=name,
        request_id=run.request_id,
        version=fate.lane.version,
        stream=run.stream,
        start=fate.start,
        duration_ms=run.duration_ms,
        billed_ms=run.billed_ms,
        memory_mb=behaviour.memory_mb,
        max_used_mb=run.used_mb,
        init_ms=run.init_ms,
        outcome=fate.outcome,
        error=(fault.type, fault.message) if fault else None,
        trace_id=run.trace_id,
        steps=steps_of(profile.calls, fate.outcome, run.duration_ms) if run.sampled or fate.outcome != "ok" else (),
        http=profile.routes[(bits >> 216) % len(profile.routes)] if profile.routes else None,
    )


def _fault(profile: Profile, chance: int) -> PlantedFault:
    """One of the profile's faults, by weight; `chance` is 16 bits."""
    left = chance / 65536 * sum(fault.weight for fault in profile.faults)
    for fault in profile.faults:
        left -= fault.weight
        if left < 0:
            return fault
    return profile.faults[-1]


def steps_of(calls: tuple[DownstreamCall, ...], outcome: Outcome, duration_ms: float) -> tuple[InvocationStep, ...]:
    """The calls downstream, to the scale of the handler; a timeout cuts the last one off, a failing one says why."""
    steps = []
    for index, call in enumerate(calls):
        last = index == len(calls) - 1
        cut_off = outcome == "timeout" and last
        error = "ReadTimeout" if cut_off else call.fails_with if outcome == "error" else None
        steps.append(
            InvocationStep(
                name=call.name,
                namespace=call.namespace,
                operation=call.operation,
                resource=call.resource,
                start_ms=round(call.start * duration_ms, 2),
                duration_ms=round(duration_ms * ((1 - call.start) if cut_off else call.share), 2),
                status=504 if cut_off else (400 if call.namespace == "aws" else 502) if error else 200,
                error=error,
                retries=call.retries,
            )
        )
    return tuple(steps)
