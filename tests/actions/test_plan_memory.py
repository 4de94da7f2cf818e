"""Memory: what is planned, what it should bring as far as anything tells, what it costs, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from lambdatop.actions.catalogue import form_of, plan_many, plan_of
from lambdatop.actions.planning.form import Form
from lambdatop.actions.planning.memory import plan_memory, suggested_mb
from lambdatop.actions.planning.subject import Subject
from lambdatop.actions.planning.timeout import plan_timeout
from lambdatop.model.changes.aws_cli import command_line
from lambdatop.model.changes.evidence import Evidence
from lambdatop.model.changes.plan import Cost, Plan, Refusal
from lambdatop.model.logs.report import ReportSample
from lambdatop.words.plan import cost as told
from lambdatop.words.plan import told as plan_words
from tests.actions.subjects import alias, only_step, planned, provisioned, refused, subject, usage, version
from tests.model.factories import function, metrics, sample


def test_the_step_is_one_member_of_the_configuration() -> None:
    plan = planned(plan_memory(subject(), 1536))

    assert plan.title == "checkout-api: memory 1,024 → 1,536 MB"
    assert (plan.action, plan.functions, plan.hurts) == ("memory", ("checkout-api",), False)
    step = only_step(plan)
    assert (step.before, step.after) == ({"MemorySize": 1024}, {"MemorySize": 1536})
    assert (step.shown_before, step.shown_after) == ("1,024 MB", "1,536 MB")
    assert command_line(step.call) == (
        "aws lambda update-function-configuration --function-name checkout-api --memory-size 1536"
    )


@pytest.mark.parametrize("mb", [127, 10_241, 0, -1, 32_768])
def test_what_is_out_of_range_is_refused_with_the_range(mb: int) -> None:
    assert "128 to 10,240 MB" in refused(plan_memory(subject(), mb))


def test_the_present_size_is_refused() -> None:
    assert refused(plan_memory(subject(), 1024)).startswith("checkout-api has 1,024 MB of memory already")


@pytest.mark.parametrize(
    ("release", "its_mb", "already"),
    [("", "512", True), ("live", "1024", True), ("live", "512", False), ("other", "1024", False)],
)
def test_all_is_so_already_only_if_the_alias_that_is_to_get_it_has_it(release: str, its_mb: str, already: bool) -> None:
    ours, its = {"MemorySize": "1024"}, {"MemorySize": its_mb}
    here = subject(aliases=(alias(),), settings=ours, versions=(version(42, settings=its),))
    refusal = plan_memory(here, 1024, release)

    assert isinstance(refusal, Refusal)
    assert refusal.already is already


def test_the_cost_is_that_of_a_month_at_the_windows_traffic() -> None:
    # 75 s in 15 min are 300 s/h: 300 x 1 GB x $0.0000166667 + 6,000 requests x $0.0000002 = $0.00620001/h; x 720 h.
    plan = planned(plan_memory(subject(), 2048))

    assert plan.cost is not None
    assert plan.cost.before_usd == pytest.approx(4.46400, abs=1e-4)
    assert plan.cost.after_usd == pytest.approx(8.06401, abs=1e-4)
    assert plan.cost.estimated


def test_a_cpu_bound_function_gets_faster_in_proportion_and_so_hardly_dearer() -> None:
    bound = usage(cpu_p95=100.0, busy=1024 / 1769)
    plan = planned(plan_memory(subject(usage=bound), 1536))

    assert plan.expect == "p95 about 200 ms → 130 ms (CPU-bound)"
    assert plan.cost is not None
    assert plan.cost.after_usd == pytest.approx(plan.cost.before_usd)
    assert "CPU-bound: its vCPU is 100 % busy" in str(plan.why)


def test_above_one_vcpu_a_single_thread_gains_nothing() -> None:
    one_thread = usage(cpu_p95=50.0, busy=1.0)
    plan = planned(plan_memory(subject(function(memory_mb=3538), usage=one_thread), 7076))

    assert plan.expect == "about as fast as before: it is not the CPU that it waits for"


def test_without_evidence_no_speed_is_promised() -> None:
    plan = planned(plan_memory(subject(), 1536))

    assert plan.expect == "faster only if it is CPU-bound, which is not known: Lambda Insights would tell"


LAYER = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:53"


def test_where_insights_is_attached_and_refused_the_plan_says_that_it_was_refused() -> None:
    attached = subject(replace(function(), layers=(LAYER,)))
    refusing = replace(attached, refused={Evidence.USAGE: "needs logs:FilterLogEvents on /aws/lambda-insights"})

    silent, denied = (planned(plan_of("memory", each, {"memory": "1536"})) for each in (attached, refusing))

    unknown = "faster only if it is CPU-bound, which is not known: Lambda Insights is attached, but"
    assert silent.expect == f"{unknown} has too few records of this size"
    assert denied.expect == f"{unknown} its records could not be read"
    refused_line = "its Lambda Insights records could not be read: needs logs:FilterLogEvents on /aws/lambda-insights"
    assert (refused_line in silent.warnings, refused_line in denied.warnings) == (False, True)


def test_memory_that_was_too_small_is_said_to_be_so() -> None:
    killed = subject(reports=sample(ooms=9, used_mb=1024))
    plan = planned(plan_memory(killed, 1536))

    assert plan.why == "out of memory, 9 in 15 min; used 1,024 of 1,024 MB"
    assert str(plan.expect).startswith("no kills, if 1,536 MB are enough")


def test_less_than_was_used_hurts() -> None:
    plan = planned(plan_memory(subject(), 512))

    assert plan.hurts
    assert plan.warnings[0] == "less than the 600 MB that were used: invocations will be killed"


def test_a_stack_an_alias_and_an_update_in_progress_are_warned_of() -> None:
    plan = planned(
        plan_memory(
            subject(
                aliases=(alias(),),
                tags={"aws:cloudformation:stack-name": "media"},
                update_status="InProgress",
            ),
            1536,
        )
    )

    assert plan.warnings == (
        "changes $LATEST alone: live (version 42) keeps 1,024 MB until a version is published",
        "an update of the function is in progress: AWS refuses another until it is through",
        "managed by CloudFormation stack media: the next deployment sets 1,024 MB again unless the template changes",
    )


def test_an_alias_that_follows_latest_gets_it_at_once() -> None:
    dev, live = alias("dev", "$LATEST"), alias("live", "42")
    following, both = (subject(aliases=each, versions=(version(42),)) for each in ((dev,), (dev, live)))

    plan, released = planned(plan_memory(following, 2048)), planned(plan_memory(following, 2048, "dev"))

    assert plan.warnings == ()
    assert plan.expect == "faster only if it is CPU-bound, which is not known: Lambda Insights would tell"
    assert plan.cost == planned(plan_memory(subject(), 2048)).cost
    assert released.warnings[0] == "dev follows $LATEST now, and no longer will"
    assert planned(plan_memory(both, 2048)).warnings == (
        "changes $LATEST alone: live (version 42) keeps 1,024 MB until a version is published",
    )
    asked = [form_of("memory", each) for each in (following, both)]
    assert [len(form.fields) if isinstance(form, Form) else 0 for form in asked] == [1, 2]


@pytest.mark.parametrize(
    ("of", "mb"),
    [
        (subject(reports=sample(ooms=1)), 1536),
        (subject(reports=sample(used_mb=212)), 320),
        (subject(reports=sample(used_mb=1000)), 1344),
        (subject(reports=sample(used_mb=212, count=9)), 1024),
        (subject(seen=False), 1024),
        (subject(usage=usage()), 1536),
        (subject(function(memory_mb=10_240), reports=sample(ooms=1)), 10_240),
        (subject(function(memory_mb=128), reports=sample(used_mb=40)), 128),
    ],
)
def test_the_form_proposes_what_the_evidence_speaks_for(of: Subject, mb: int) -> None:
    form = form_of("memory", of)

    assert isinstance(form, Form)
    assert form.proposed == {"memory": str(mb)}


def test_the_form_says_what_is_used() -> None:
    form = form_of("memory", subject())

    assert isinstance(form, Form)
    assert form.fields[0].hint == "now 1,024 MB; used 600 MB at most"
    assert form.fields[0].possible == "128 to 10,240 MB"


@pytest.mark.parametrize("text", ["2048", " 2,048 ", "2048 MB", "2048MB"])
def test_numbers_are_read_as_people_write_them(text: str) -> None:
    assert only_step(plan_of("memory", subject(), {"memory": text})).after == {"MemorySize": 2048}


@pytest.mark.parametrize("text", ["", "much", "1.5", "127", "10241", "-256", "²", "9" * 5000, "1\x1b[31m"])
def test_what_is_no_such_number_is_refused_with_the_range(text: str) -> None:
    assert "128 to 10,240 MB" in refused(plan_of("memory", subject(), {"memory": text}))


@given(st.integers(-(2**40), 2**40))
def test_a_plan_is_never_out_of_range(mb: int) -> None:
    answer = plan_memory(subject(), mb)

    assert isinstance(answer, Plan) is (128 <= mb <= 10_240 and mb != 1024)


@given(st.integers(128, 10_240), st.integers(0, 20_000), st.integers(0, 3))
def test_what_is_proposed_is_always_possible(present: int, used: int, ooms: int) -> None:
    of = subject(function(memory_mb=present), reports=sample(used_mb=used, ooms=ooms))

    assert 128 <= suggested_mb(of) <= 10_240


def test_where_callers_use_an_alias_no_cost_is_told_unless_it_reaches_them() -> None:
    aliased = subject(aliases=(alias(),), versions=(version(42),), usage=usage(cpu_p95=100.0, busy=1024 / 1769))

    alone, released = planned(plan_memory(aliased, 1536)), planned(plan_memory(aliased, 1536, "live"))

    assert alone.cost is None
    assert alone.expect == "of callers of $LATEST alone: p95 about 200 ms → 130 ms (CPU-bound)"
    assert released.cost is not None
    assert released.expect == "p95 about 200 ms → 130 ms (CPU-bound)"


def monthly_cost(of: Subject) -> Cost:
    """Of what changes nothing of it."""
    cost = planned(plan_timeout(of, 60)).cost
    assert cost is not None
    return cost


def test_provisioned_concurrency_costs_by_its_size_too() -> None:
    # Kept: 10 x 2,592,000 s x $0.0000046460 = $120.424 a month at 1 GB, twice that at 2 GB. Durations: 216,000 GB-s x
    # $0.0000108407 = $2.3416, twice that at 2 GB; requests: 6,000 x 720 x $0.0000002 = $0.864.
    aliased = subject(aliases=(alias(),), versions=(version(42),), provisioned=(provisioned(requested=10),))

    plan = planned(plan_memory(aliased, 2048, "live"))

    assert plan.cost is not None
    assert plan.cost.before_usd == pytest.approx(120.424 + 2.3416 + 0.864, abs=1e-3)
    assert plan.cost.after_usd == pytest.approx(2 * (120.424 + 2.3416) + 0.864, abs=1e-3)


def test_callers_of_an_alias_are_priced_by_the_size_that_they_run_with() -> None:
    small, large = version(41, settings={"MemorySize": "512"}), version(42)

    def before(*, reports: ReportSample | None = None, **weights: float) -> Cost:
        one = alias(version="41", weights={number.removeprefix("v"): share for number, share in weights.items()})
        return monthly_cost(subject(reports=reports, aliases=(one,), versions=(small, large)))

    # 216,000 GB-s a month at 1 GB x $0.0000166667 = $3.60, half of that at 512 MB; requests: $0.864.
    assert before().before_usd == pytest.approx(1.80 + 0.864, abs=1e-3)
    assert before(reports=sample(memory_mb=768.0), v42=0.5).before_usd == pytest.approx(2.70 + 0.864, abs=1e-3)
    assert before(v42=0.5) == Cost(
        before_usd=None, after_usd=None, unknown="checkout-api: which memory its callers run with was not seen"
    )


def test_a_smaller_size_says_what_it_is_enough_for() -> None:
    plan = planned(plan_memory(subject(reports=sample(used_mb=212)), 512))

    assert plan.expect == "enough for the 212 MB that were used at most"
    assert plan.why == "oversized: 212 of 1,024 MB used"


@pytest.mark.parametrize(("region", "prices"), [("eu-west-1", ""), ("il-central-1", ", us-east-1 prices")])
def test_a_cost_says_whose_prices_it_is_reckoned_with_where_the_region_has_none(region: str, prices: str) -> None:
    many = [subject(function(name=name, region=region)) for name in ("a", "b")]

    costs = [planned(plan_many("memory", some, {"memory": "2048"})).cost for some in (many[:1], many)]

    for cost in costs:
        assert cost is not None
        assert told(cost)[0][0].endswith(f" a month at the traffic of now{prices}")


def test_what_was_reckoned_some_time_ago_is_not_of_the_traffic_of_now() -> None:
    dearer = Cost(before_usd=1.0, after_usd=2.0)
    plan = replace(planned(plan_memory(subject(), 2048)), cost=dearer)

    for taken_back in (plan_words(replace(plan, undoes="20261001-120000-9f3a")), plan_words(plan, past=True)):
        assert any("at the traffic of then" in text for line in taken_back for text, _ in line)


def test_where_it_is_unknown_what_is_provisioned_the_cost_is_unknown_and_why() -> None:
    cost = planned(plan_memory(subject(provisioned=None), 2048)).cost

    assert cost is not None
    assert (cost.before_usd, cost.after_usd) == (None, None)
    assert told(cost) == [
        (
            "unknown: checkout-api: what is provisioned could not be read; "
            "needs lambda:ListProvisionedConcurrencyConfigs",
            "plain",
        )
    ]


def test_a_month_of_an_idle_function_is_unknown() -> None:
    plan = planned(plan_memory(subject(measured=metrics(invocations=None, duration_sum_ms=None)), 2048))

    assert plan.cost is not None
    assert (plan.cost.before_usd, plan.cost.after_usd, plan.cost.delta_usd) == (None, None, None)
    assert plan.cost.unknown == "checkout-api: no traffic was measured"
