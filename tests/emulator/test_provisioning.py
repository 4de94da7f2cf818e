"""Provisioned environments: their init is told once in INIT_REPORT, and never in a REPORT."""

import json
from typing import Any

from tests.emulator.simulated import NOON, Simulated
from tests.emulator.test_logs import events

GROUP, NOON_MS = "/aws/lambda/shipping-quote-api", int(NOON * 1000)


def provision(demo: Simulated, name: str, count: int) -> None:
    demo.call(
        "lambda.PutProvisionedConcurrencyConfig",
        FunctionName=name,
        Qualifier="live",
        ProvisionedConcurrentExecutions=count,
    )


def written(demo: Simulated, group: str, word: str) -> list[dict[str, Any]]:
    return [each for each in events(demo, logGroupName=group, startTime=NOON_MS) if word in each["message"]]


def test_every_provisioned_environment_reports_its_init_before_it_is_ready() -> None:
    demo = Simulated()
    provision(demo, "shipping-quote-api", 40)
    demo.clock.pass_(120)

    told = written(demo, GROUP, "INIT_REPORT")

    assert len({each["logStreamName"] for each in told}) == len(told) == 40
    assert all(each["message"].startswith("INIT_REPORT Init Duration: ") for each in told)
    assert all(each["message"].endswith(" ms\tPhase: init\n") for each in told)
    assert all(NOON_MS < each["timestamp"] <= NOON_MS + 3000 for each in told)
    streams = {each["logStreamName"] for each in told}
    used = {each.stream for each in demo.account.invocations("shipping-quote-api", NOON + 3, NOON + 60)}
    assert used <= streams


def test_on_demand_starts_report_no_init_of_their_own() -> None:
    demo = Simulated()
    demo.clock.pass_(120)

    assert written(demo, GROUP, "INIT_START")
    assert not written(demo, GROUP, "INIT_REPORT")


def test_in_json_the_init_says_that_it_was_provisioned() -> None:
    demo = Simulated()
    demo.call(
        "lambda.UpdateFunctionConfiguration", FunctionName="shipping-quote-api", LoggingConfig={"LogFormat": "JSON"}
    )
    demo.clock.pass_(5)
    provision(demo, "shipping-quote-api", 3)
    demo.clock.pass_(60)

    told = [json.loads(each["message"]) for each in written(demo, GROUP, "platform.initReport")]

    assert len(told) == 3
    for each in told:
        record = each["record"]
        assert record["initializationType"] == "provisioned-concurrency"
        assert (record["phase"], record["status"]) == ("init", "success")
        assert record["metrics"]["durationMs"] > 0
