"""The questions of an action, in a dialog; what the answers lead to is shown while they are typed."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from lambdatop.actions.planning.form import OFF, ON, Choice, Field, Form, Values
from lambdatop.model.changes.plan import Plan, Refusal
from lambdatop.model.text import safe
from lambdatop.ui.screens.base import Dialog
from lambdatop.ui.widgets.options import Options
from lambdatop.ui.widgets.paragraphs import Paragraphs
from lambdatop.words import plan as plan_words
from lambdatop.words.spans import Span

Draft = Callable[[Values], Plan | Refusal]
"""The plan that these answers make, or why they make none."""
_SWITCH = (Choice(ON, ON), Choice(OFF, OFF))
_MOST_OPTIONS = 8


class FormScreen(Dialog[Plan | None]):
    """Dismissed with the plan, or None. Enter reviews the plan, Tab moves to the next question, Escape cancels."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", show=False)]

    def __init__(self, form: Form, draft: Draft) -> None:
        super().__init__()
        self._form = form
        self._draft = draft
        self._answers = {field.name: _answer(field) for field in form.fields}
        self._scroll = VerticalScroll(can_focus=False)
        self._preview = Paragraphs(indent=2, classes="preview")
        asked = (field for field in form.fields if field.kind in ("number", "text") and not field.optional)
        self._blank = {field.name for field in asked if not field.value}
        """The fields that nothing was proposed for, and nothing typed into yet."""

    def compose(self) -> ComposeResult:
        with Vertical(id="form") as box:
            box.border_title = Content(safe(self._form.title))
            box.border_subtitle = Content("Enter goes on to the plan · Escape gives up")
            with self._scroll:
                for field in self._form.fields:
                    yield Static(_question(field), classes="question")
                    yield self._answers[field.name]
                    if field.hint:
                        yield Static(Content(safe(field.hint)), classes="hint")
            yield self._preview

    def on_mount(self) -> None:
        for field in self._form.fields:
            answer = self._answers[field.name]
            if isinstance(answer, OptionList):
                proposed = (at for at, each in enumerate(_options(field)) if each.value == field.value)
                answer.highlighted = next(proposed, None if not field.value else 0)
        first = next(iter(self._answers.values()))
        first.focus()
        self.call_after_refresh(self._scroll.scroll_home, animate=False)  # its question is above it
        self._tell()

    @property
    def _values(self) -> Values:
        return {field.name: _value(field, self._answers[field.name]) for field in self._form.fields}

    def _tell(self) -> None:
        drafted = self._draft(self._values)
        awaits = isinstance(drafted, Refusal) and drafted.mistyped and bool(self._blank)
        self._preview.show(_told(drafted, awaits=awaits))

    @on(Input.Changed)
    @on(OptionList.OptionHighlighted)
    def _answered(self, message: Input.Changed | OptionList.OptionHighlighted) -> None:
        message.stop()
        self._blank -= {name for name, answer in self._answers.items() if isinstance(answer, Input) and answer.value}
        self._tell()

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _done(self, message: Input.Submitted | OptionList.OptionSelected) -> None:
        message.stop()
        drafted = self._draft(self._values)
        if isinstance(drafted, Plan):
            self.dismiss(drafted)
        else:
            self._blank.clear()
            self._tell()
            self.app.bell()

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss()


def _question(field: Field) -> Content:
    possible = f"   {safe(field.possible)}" if field.kind == "number" else ""  # the choices are listed below
    return Content.assemble((safe(field.label), "bold"), (possible, "$foreground 55%"))


def _answer(field: Field) -> Input | OptionList:
    if field.kind in ("choice", "toggle"):
        listed = Options(*(Option(Content(safe(each.label))) for each in _options(field)), compact=True)
        listed.styles.max_height = _MOST_OPTIONS
        return listed
    return Input(safe(field.value), compact=True, classes=field.kind)


def _options(field: Field) -> tuple[Choice, ...]:
    return field.options if field.kind == "choice" else _SWITCH


def _value(field: Field, answer: Widget) -> str:
    if isinstance(answer, OptionList):
        options = _options(field)
        return options[answer.highlighted].value if answer.highlighted is not None and options else field.value
    assert isinstance(answer, Input)
    return answer.value


def _told(drafted: Plan | Refusal, *, awaits: bool) -> Iterator[list[Span]]:
    """In a few lines: what will change and cost, or why nothing can; no trouble while something `awaits` an answer."""
    if isinstance(drafted, Refusal):
        yield (
            [("· ", "dim"), (safe(drafted.reason), "dim")]
            if awaits
            else [("▲ ", "warn"), (safe(drafted.reason), "warn")]
        )
        return
    yield [("→ ", "accent"), (safe(drafted.title), "strong")]
    if drafted.cost is not None:
        yield [("  ", "plain"), *plan_words.cost(drafted.cost)]
    for warning in drafted.warnings[:2]:
        yield [("· ", "dim"), (safe(warning), "dim")]
