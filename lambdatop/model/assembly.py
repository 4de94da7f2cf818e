"""From X-Ray's segment documents to one tree: any order, either style, parts missing, malformed or sent on their own."""

from collections.abc import Sequence

from lambdatop.model.segments import Trace


def assemble(trace_id: str, documents: Sequence[str], *, limited: bool = False) -> Trace:
    """The trace that these documents (JSON text) tell, as far as they can be read. Never raises."""
    raise NotImplementedError
