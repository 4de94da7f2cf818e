"""Where the account's traces are kept: in X-Ray, or with Transaction Search in a log group. Read once; free."""

from msgspec import Struct

from lambdatop.aws.errors import AwsError, CredentialsError, SettingsError, Throttled, Unreachable
from lambdatop.aws.gate import Gate
from lambdatop.model.traces.why_no_traces import Destination


class TraceDestination(Struct):
    """What is known of it; shared by the sources of one account."""

    known: Destination | None = None
    asked: bool = False

    async def find(self, aws: Gate) -> Destination | None:
        """The destination; None if the caller may not read it, or the endpoint does not say."""
        if not self.asked:
            try:
                answer = await aws.call("xray", "GetTraceSegmentDestination")
            except (CredentialsError, SettingsError, Throttled, Unreachable):
                return None  # for now
            except AwsError:
                answer = {}
            self.asked, self.known = True, _destination(str(answer.get("Destination")))
        return self.known

    def forget(self) -> None:
        """Read it again: the user may just have switched Transaction Search on."""
        self.asked = False


def _destination(named: str) -> Destination | None:
    return Destination(named) if named in list(Destination) else None
