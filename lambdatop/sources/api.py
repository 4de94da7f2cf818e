"""What the program itself asks of AWS and what that costs: the gate's meter, told now and then."""

from lambdatop.aws.gate import Gate
from lambdatop.updates import ApiUsed


def used(aws: Gate) -> ApiUsed:
    """The meter as it stands."""
    return ApiUsed(calls=aws.meter.calls.total(), cost_usd=aws.meter.cost_usd, usd_per_hour=aws.usd_per_hour())
