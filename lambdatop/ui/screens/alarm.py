"""The alarm dialog: metric, threshold, topics; what it would have done last week follows the typing."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Input, Static

from lambdatop.actions.alarms.basis import expected
from lambdatop.actions.alarms.form import answered
from lambdatop.model.alarms.condition_text import amount, condition
from lambdatop.model.alarms.definition import Definition, problem
from lambdatop.model.alarms.evaluation import Ringing, evaluate, fired
from lambdatop.model.alarms.suggestions import stepped
from lambdatop.model.changes.plan import Plan, Refusal
from lambdatop.model.metrics import Series
from lambdatop.model.text import safe
from lambdatop.state import State
from lambdatop.ui.content import alarms as alarm_words
from lambdatop.ui.content.alarm_offers import Offer, Offering, Tell, past
from lambdatop.ui.screens.base import Dialog
from lambdatop.ui.widgets.charts import Chart
from lambdatop.ui.widgets.columns import Column
from lambdatop.ui.widgets.paragraphs import Paragraphs
from lambdatop.ui.widgets.table import Table
from lambdatop.words.spans import Cell, Span

OFTEN: Final = 14
"""Twice a day is more than anybody answers."""
MOST_TOPICS, FIELDS = 4, 3
"""Lines for the topics unless there are more offers, and for what is above and below the lists."""
DATA: Final = "alarm data"
"""The source of what was."""


class AlarmScreen(Dialog[Plan | None]):
    """Dismissed with the plan, or None. Enter reviews the plan from anywhere, Tab moves on, Escape cancels."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("up", "step(1)", show=False),
        Binding("down", "step(-1)", show=False),
    ]

    state: reactive[State] = reactive(State(), repaint=False, init=False)

    def __init__(self, offering: Offering) -> None:
        super().__init__()
        self._offering = offering
        self._offers: Table[Offer] = Table(_columns(offering.stands), key=lambda offer: offer.key, gap=1, id="offers")
        self._tells: Table[Tell] = Table(_TELLS, key=lambda tell: tell.key, gap=1, id="tells")
        self._threshold, self._datapoints = Input(compact=True, id="threshold"), Input(compact=True, id="datapoints")
        self._arn = Input(placeholder="or the ARN of a topic", compact=True, id="arn")
        self._asked = Horizontal(id="alarm-asked")
        self._chart, self._said = Chart(), Paragraphs(indent=2)
        self._begun = False
        self._typed: dict[str, tuple[str, str]] = {}
        """What was typed for each offer, instead of its suggestion."""

    def compose(self) -> ComposeResult:
        with Vertical(id="alarm") as box:
            box.border_title = Content(safe(self._offering.title))
            box.border_subtitle = Content("Enter plan · Tab next field · ↑↓ choose, or step · Escape gives up")
            with self._asked:
                with Vertical(id="alarm-what"):
                    yield self._offers
                    with Horizontal(id="alarm-fields"):
                        yield Static("threshold")
                        yield self._threshold
                        yield Static("data points")
                        yield self._datapoints
                with Vertical(id="alarm-whom"):
                    yield self._tells
                    yield self._arn
            yield self._chart
            yield self._said

    def on_mount(self) -> None:
        self._show()
        (self._offers if self._offering.several else self._threshold).focus()

    def watch_state(self, old: State, new: State) -> None:
        """A week of minutes is evaluated again only when something has changed."""
        fleet, was = new.fleet, old.fleet
        slices = ((new.alarm_basis, old.alarm_basis), (fleet.alarms, was.alarms), (new.health, old.health))
        known = bool(fleet.rows) is bool(was.rows) and fleet.concurrency_limit == was.concurrency_limit
        if not known or any(its is not was for its, was in slices):
            self._show()

    # What is shown

    def _show(self) -> None:
        self._offers.show(self._offering.offers(self.state))
        self._tells.show(self._offering.tells(self.state))
        if not self._begun and self.state.fleet.rows:
            self._begun = True
            self._begin_with_what_is_lacking()
        topics = self.state.alarm_basis.topics
        self._arn.display = topics is not None and (topics.refused is not None or not topics.complete)
        rows = max(len(self._offers.rows), min(len(self._tells.rows), MOST_TOPICS))
        self._asked.styles.height = rows + FIELDS
        self._fill()
        self._tell()

    def _begin_with_what_is_lacking(self) -> None:
        lacking = next((offer.key for offer in self._offers.rows if offer.together), None)
        if lacking is not None:
            self._offers.move_to(lacking)

    def _fill(self) -> None:
        """Put into the fields what was typed for this offer, else what is suggested."""
        offer = self._offers.cursor_row
        single = offer is not None and offer.definition is not None
        for field in (self._threshold, self._datapoints):
            field.disabled = not single
        if offer is None or offer.definition is None:
            return
        wanted = offer.definition
        suggested = (amount(wanted.watched, wanted.threshold), f"{wanted.datapoints} of {wanted.periods}")
        threshold, datapoints = self._typed.get(offer.key, suggested)
        with self.prevent(Input.Changed):
            self._threshold.value, self._datapoints.value = threshold, datapoints

    def _wanted(self) -> Definition | Refusal | None:
        """The definition as typed; None where several are made at once."""
        offer = self._offers.cursor_row
        if offer is None or offer.definition is None:
            return None
        wanted = answered(offer.definition, self._threshold.value, self._datapoints.value)
        if isinstance(wanted, Refusal):
            return wanted
        refused = problem(wanted)
        return Refusal(refused) if refused is not None else wanted

    def _tell(self) -> None:
        """What it would have done, on the chart and in a sentence."""
        wanted = self._wanted()
        known = wanted if isinstance(wanted, Definition) else None
        series = past(self.state.alarm_basis.past, known)
        ringing = evaluate(series, known) if series is not None and known is not None else ()
        self._chart.display = wanted is not None
        self._chart.show(alarm_words.plot(series, known, ringing) if series is not None and known else None)
        self._said.show(self._sentences(wanted, series, ringing))

    def _sentences(
        self, wanted: Definition | Refusal | None, series: Series | None, ringing: Sequence[Ringing]
    ) -> Iterator[list[Span]]:
        offer = self._offers.cursor_row
        if isinstance(wanted, Refusal):
            yield [("▲ ", "warn"), (safe(wanted.reason), "warn")]
        elif wanted is None:
            yield from self._several()
        elif series is None:
            yield [self._waiting()]
        else:
            said = fired(ringing, series.end - series.start)
            yield [(f"{condition(wanted)}: ", "plain"), (said, "warn" if len(ringing) >= OFTEN else "strong")]
        if offer is not None and offer.why:
            yield [(safe(offer.why), "dim")]
        if offer is not None and offer.there:
            yield [(safe(", ".join(offer.there)), "warn"), (" watches it already", "dim")]
        topics = self.state.alarm_basis.topics
        if topics is not None and topics.refused:
            yield [("topics cannot be listed: ", "dim"), (safe(topics.refused), "dim")]

    def _several(self) -> Iterator[list[Span]]:
        """Each of those that are lacking, and what it would have done."""
        for offer in self._offers.rows:
            if offer.together and offer.definition is not None:
                would = expected(self.state.alarm_basis.past, offer.definition)
                said: Span = (would, "strong") if would is not None else self._waiting()
                yield [(f"{condition(offer.definition)}: ", "plain"), said]

    def _waiting(self) -> Span:
        failed = self.state.health.get(DATA)
        return (safe(failed.error), "warn") if failed is not None else ("asking for the last 7 days …", "dim")

    # The answers

    @on(Table.Moved, "#offers")
    def _chosen(self, message: Table.Moved) -> None:
        message.stop()
        self._fill()
        self._tell()

    @on(Table.Moved, "#tells")
    def _told(self, message: Table.Moved) -> None:
        message.stop()

    @on(Input.Changed)
    def _being_typed(self, message: Input.Changed) -> None:
        message.stop()
        offer = self._offers.cursor_row
        if offer is not None and message.input is not self._arn:
            self._typed[offer.key] = (self._threshold.value, self._datapoints.value)
            self._tell()

    def action_step(self, direction: int) -> None:
        """The threshold to the next round number, while it has the keyboard."""
        wanted = self._wanted()
        if self._threshold.has_focus and isinstance(wanted, Definition):
            self._threshold.value = amount(wanted.watched, stepped(wanted.threshold, direction))

    @on(Table.Opened)
    @on(Input.Submitted)
    def _done(self, message: Table.Opened | Input.Submitted) -> None:
        message.stop()
        offer, wanted = self._offers.cursor_row, self._wanted()
        if offer is None:
            return
        topic = self._arn.value.strip() if self._arn.display and self._arn.value.strip() else self._tells.cursor_key
        drafted: Plan | Refusal
        if isinstance(wanted, Refusal):
            drafted = wanted
        else:
            drafted = self._offering.plan(self.state, offer.key, wanted, topic or "")
        if isinstance(drafted, Refusal):
            self.notify(safe(drafted.reason), severity="warning", markup=False)
        else:
            self.dismiss(drafted)


def _suggested(offer: Offer) -> Cell:
    """`> 25 · 3/3`: short enough for a timeout of 15 minutes."""
    wanted = offer.definition
    if wanted is None:
        return ""
    limit = f"{wanted.operator.sign} {amount(wanted.watched, wanted.threshold)}"
    return f"{limit} · {wanted.datapoints}/{wanted.periods}"


def _there(offer: Offer) -> Cell:
    if offer.definition is None or offer.there is None:
        return ""
    return (("● ", "good"), (safe(", ".join(offer.there)), "plain")) if offer.there else (("○ none", "warn"),)


def _columns(stands: str) -> tuple[Column[Offer], ...]:
    """`stands` names the thresholds in the list: suggested or current."""
    return (
        Column(
            key="words", title="ALARM ON", width=13, cell=lambda each: safe(each.words), align="left", importance=100
        ),
        Column(key="suggested", title=stands, width=20, cell=_suggested, align="left", importance=90),
        Column(key="there", title="", width=10, cell=_there, align="left", importance=80, flex=True),
    )


_TELLS: tuple[Column[Tell], ...] = (
    Column(key="words", title="TELLS", width=12, cell=lambda tell: safe(tell.words), align="left", flex=True),
)
