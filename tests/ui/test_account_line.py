"""The header in words: who, where, and by whose prices."""

import pytest

from lambdatop.state import State
from lambdatop.ui.content.account_line import header
from lambdatop.updates import IdentityKnown
from tests.ui.driving import AT


@pytest.mark.parametrize(("region", "told"), [("eu-west-1", ""), ("il-central-1", " at us-east-1 prices")])
def test_where_the_prices_of_the_region_are_not_known_the_header_says_whose_they_are(region: str, told: str) -> None:
    here = State(identity=IdentityKnown("123456789012", "arn:aws:iam::123456789012:user/eve", region))
    refused = State(region=region)

    left = [
        "".join(text for text, _ in header(state, AT, width=80, paused=False, read_only=False)[0])
        for state in (here, refused)
    ]

    assert left == [f" λtop  123456789012 · {region}{told} · eve", f" λtop  account unknown · {region}{told}"]
