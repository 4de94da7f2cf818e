"""AWS trouble as typed values that name the remedy, so that every pane and exit code can say what to do."""

from lambdatop.model.text import safe


class AwsError(Exception):
    """Something AWS, or the way to it, refused. `str()` is one harmless line; `remedy` says what to do, if known."""

    certain = False
    """True if it is certain that the call took no effect: AWS answered that it refuses, or it was never sent."""

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(safe(message))
        self.remedy = remedy

    def line(self) -> str:
        """What happened and what to do, in one line."""
        return f"{self}; {self.remedy}" if self.remedy else str(self)


class AccessDenied(AwsError):
    """The caller lacks an IAM action; asking again soon is pointless."""


class CredentialsError(AwsError):
    """There are no credentials, or they are expired or wrong."""


class SettingsError(AwsError):
    """The profile, Region or endpoint is not what AWS's SDK accepts."""


class Throttled(AwsError):
    """AWS throttles: it demands fewer calls."""


class Unreachable(AwsError):
    """The endpoint does not answer, or not in time."""


class NotFound(AwsError):
    """The function, log group or trace does not exist."""


class Conflict(AwsError):
    """The resource is busy with another change; the call may be repeated once that is done."""


class Stale(AwsError):
    """The thing is no longer in the revision that the call named."""


class BadAnswer(AwsError):
    """Something answered, but not in AWS's shape: a captive portal, a proxy, a broken body."""


class ReadOnly(AwsError):
    """A write was attempted in read-only mode."""

    certain = True
