"""Every key, declared once: bindings, footer, palette, help and README follow from this table."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct
from textual.binding import Binding

from lambdatop.ui.widgets.bar import Item


class Area(StrEnum):
    """Where a command can be given."""

    ANYWHERE = "Anywhere"
    FLEET = "Fleet"
    FUNCTION = "Function"
    REMEDY = "Remedies, on both of them"
    CHARTS = "Charts"
    LOG = "Log pane"
    INVOCATIONS = "Invocations pane"
    STARTS = "Cold starts pane"
    TRACES = "Traces pane"
    TRACE = "Trace"
    ALARMS = "Alarms"
    ALARM_CHANGES = "Alarms, to change them"
    JOURNAL = "Journal"
    REQUEST = "Log of a request"


class Command(Struct, frozen=True, kw_only=True):
    """One thing the user can do. `keys` as Textual names them; `shown` as people read them."""

    place: Area
    keys: str
    shown: str
    action: str
    title: str
    """One or two words for the footer."""
    help: str
    footer: bool = False
    always: bool = False
    """Also in dialogs, and whatever has the keyboard."""

    @property
    def method(self) -> str:
        """The action without its namespace and arguments: `app.remedy('memory')` is `remedy`."""
        return self.action.partition("(")[0].rpartition(".")[2]

    @property
    def writes(self) -> bool:
        """True if it leads to a change of something; there are no such commands in read-only mode."""
        changes = self.place in (Area.REMEDY, Area.ALARM_CHANGES) and not self.action.startswith(_LOOKING)
        return changes or self.action in _WRITING


_LOOKING = ("app.show_",)
"""What among the remedies only shows something."""
_WRITING = ("undo_entry",)
"""What changes something among commands that only show."""
_STAYING = ("help", "back", "app.quit", "app.menu")
"""How to learn the rest, what can be done and how to get out stand in every footer, however narrow."""


def _at(
    place: Area,
    keys: str,
    shown: str,
    action: str,
    title: str,
    text: str,
    *,
    footer: bool = False,
    always: bool = False,
) -> Command:
    return Command(
        place=place, keys=keys, shown=shown, action=action, title=title, help=text, footer=footer, always=always
    )


_PANES = (
    _at(Area.FLEET, "1", "1", "toggle_tiles", "tiles", "Show or hide the account's tiles"),
    _at(Area.FLEET, "2", "2", "toggle_pane('charts')", "charts", "Show or hide the charts of the selected function"),
    _at(Area.FLEET, "3", "3", "toggle_pane('log')", "log", "Show or hide its log"),
    _at(Area.FLEET, "4", "4", "toggle_pane('traces')", "traces", "Show or hide its traces"),
    _at(Area.FLEET, "5", "5", "toggle_pane('invocations')", "invocations", "Show or hide its invocations"),
    _at(Area.FLEET, "z", "z", "maximise", "maximise", "Give the focused pane the whole screen, and back"),
    _at(Area.FUNCTION, "1", "1", "toggle_pane('charts')", "charts", "Show or hide the charts"),
    _at(Area.FUNCTION, "2", "2", "toggle_pane('log')", "log", "Show or hide the log"),
    _at(Area.FUNCTION, "3", "3", "toggle_pane('traces')", "traces", "Show or hide the traces"),
    _at(Area.FUNCTION, "4", "4", "toggle_pane('invocations')", "invocations", "Show or hide the invocations"),
    _at(Area.FUNCTION, "5", "5", "toggle_pane('downstream')", "downstream", "Show or hide where its time goes"),
    _at(Area.FUNCTION, "6", "6", "toggle_pane('insights')", "insights", "Show or hide Lambda Insights"),
    _at(Area.FUNCTION, "7", "7", "toggle_pane('starts')", "cold starts", "Show or hide its cold starts"),
    _at(
        Area.FUNCTION,
        "z",
        "z",
        "maximise",
        "maximise",
        "Give the focused pane the whole screen, and back",
        footer=True,
    ),
)

_SORTS = (
    _at(Area.FLEET, "f6", "F6", "choose_sort", "sort", "Choose the column to sort by", footer=True),
    _at(Area.FLEET, "less_than_sign", "<", "step_sort(-1)", "sort left", "Sort by the column to the left"),
    _at(Area.FLEET, "greater_than_sign", ">", "step_sort(1)", "sort right", "Sort by the column to the right"),
    _at(Area.FLEET, "I", "I", "invert_sort", "invert", "Turn the order round"),
    _at(Area.FLEET, "N", "N", "sort('name')", "by name", "Sort by name"),
    _at(Area.FLEET, "E", "E", "sort('errors')", "by errors", "Sort by error rate"),
    _at(Area.FLEET, "P", "P", "sort('p95')", "by p95", "Sort by the 95th percentile of duration"),
    _at(Area.FLEET, "M", "M", "sort('memory')", "by memory", "Sort by memory size"),
    _at(Area.FLEET, "T", "T", "sort('throttles')", "by throttles", "Sort by throttles"),
    _at(Area.FLEET, "C", "C", "sort('cost')", "by cost", "Sort by cost"),
)


def _cursor(place: Area) -> tuple[Command, ...]:
    """The time cursor goes by the same keys on any chart and, where nothing else wants them, on the whole screen."""
    return (
        _at(
            place,
            "left",
            "←",
            "app.move_cursor(-1)",
            "time",
            "The time cursor one period back; the panes follow it",
            footer=True,
        ),
        _at(place, "right", "→", "app.move_cursor(1)", "later", "The time cursor one period on"),
        _at(place, "shift+left,ctrl+left", "⇧←", "app.move_cursor(-10)", "10 back", "Ten periods back (also ctrl)"),
        _at(place, "shift+right,ctrl+right", "⇧→", "app.move_cursor(10)", "10 on", "Ten periods on (also ctrl)"),
    )


_CHARTS = (
    *_cursor(Area.CHARTS),
    _at(Area.CHARTS, "home,g", "Home", "app.cursor_end(-1)", "first", "The first period of the window"),
    _at(Area.CHARTS, "end,G", "End", "app.cursor_end(1)", "last", "The last period of the window"),
    _at(
        Area.CHARTS,
        "enter",
        "Enter",
        "app.pin",
        "pin",
        "Log, invocations and traces of that period at once",
        footer=True,
    ),
    _at(Area.CHARTS, "escape", "Esc", "app.unpin", "all time", "All time again; then leave the pane", footer=True),
)

_WINDOW = (
    *_cursor(Area.FUNCTION),
    _at(Area.FUNCTION, "plus", "+", "window(1)", "longer", "A longer time window", footer=True),
    _at(Area.FUNCTION, "minus", "-", "window(-1)", "shorter", "A shorter time window"),
    _at(
        Area.FUNCTION,
        "left_square_bracket",
        "[",
        "step(-1)",
        "earlier",
        "The window half its length back in time",
    ),
    _at(Area.FUNCTION, "right_square_bracket", "]", "step(1)", "later", "Half its length on, at last to the present"),
    _at(Area.FUNCTION, "0", "0", "now", "now", "The window ends now again, and all panes are live"),
)

_LOG = (
    _at(Area.LOG, "enter", "Enter", "open", "open", "Open the whole event, JSON indented", footer=True),
    _at(Area.LOG, "G,end", "G", "newest", "follow", "Go to the newest line and follow; going up pauses"),
    _at(Area.LOG, "g,home,1", "g", "oldest", "oldest", "Go to the oldest line (also 1)"),
    _at(Area.LOG, "slash", "/", "search", "search", "Find text or /regex/; hits are marked and counted", footer=True),
    _at(Area.LOG, "n", "n", "hit(1)", "next", "The next hit"),
    _at(Area.LOG, "N", "N", "hit(-1)", "previous", "The previous hit"),
    _at(
        Area.LOG,
        "f,ampersand",
        "f",
        "filter",
        "filter",
        "Only lines with words, /regex/, level:warn; !… inverts",
        footer=True,
    ),
    _at(Area.LOG, "v", "v", "level", "level", "Only lines of INFO, WARN, ERROR and louder; all again", footer=True),
    _at(Area.LOG, "e", "e", "error(1)", "error", "The next error; the newest while it follows", footer=True),
    _at(Area.LOG, "E", "E", "error(-1)", "error before", "The previous error"),
    _at(Area.LOG, "o", "o", "request", "request", "Only the lines of this line's request, or all again", footer=True),
    _at(
        Area.LOG,
        "x",
        "x",
        "trace",
        "trace",
        "The trace of the line's request; while it follows, the list of traces",
        footer=True,
    ),
    _at(Area.LOG, "w", "w", "toggle_wrap", "wrap", "Wrap long lines, or cut them", footer=True),
    _at(Area.LOG, "y,c", "y", "copy", "copy", "Copy the line's message"),
    _at(Area.LOG, "0", "0", "range", "newest", "Read the newest lines of the last 15 minutes"),
    _at(Area.LOG, "2", "2", "range(1)", "1 min", "Read all lines of the last minute"),
    _at(Area.LOG, "3", "3", "range(5)", "5 min", "Read all lines of the last 5 minutes"),
    _at(Area.LOG, "4", "4", "range(15)", "15 min", "Read all lines of the last 15 minutes"),
    _at(Area.LOG, "5", "5", "range(30)", "30 min", "Read all lines of the last 30 minutes"),
    _at(Area.LOG, "6", "6", "range(60)", "1 h", "Read all lines of the last hour"),
    _at(Area.LOG, "T", "T", "live", "live", "Live Tail on or off: at once, sampled above 500 lines/s, billed"),
    _at(Area.LOG, "escape", "Esc", "clear", "clear", "Clear search, filter, level and request; then leave the pane"),
)

_INVOCATIONS = (
    _at(Area.INVOCATIONS, "enter", "Enter", "open", "lines", "All lines of the invocation", footer=True),
    _at(Area.INVOCATIONS, "x", "x", "trace", "trace", "Its trace, or why it has none", footer=True),
)

_TRACES = (
    _at(Area.TRACES, "enter", "Enter", "open", "open", "Open the trace: its bottleneck and its waterfall", footer=True),
    _at(Area.TRACES, "e", "e", "only('failed')", "errors", "Only the traces that failed, or all again", footer=True),
    _at(Area.TRACES, "f", "f", "only('slow')", "slow", "Only the slowest tenth, or all again", footer=True),
    _at(Area.TRACES, "c", "c", "only('cold')", "cold", "Only the cold starts, or all again", footer=True),
    _at(Area.TRACES, "s", "s", "turn_order", "sort", "Sort by duration, or by time again", footer=True),
    _at(Area.TRACES, "escape", "Esc", "clear", "clear", "Show all traces; then leave the pane"),
)

_TRACE = (
    _at(Area.TRACE, "escape,q", "Esc", "back", "back", "Back to the traces", footer=True),
    _at(Area.TRACE, "enter", "Enter", "open", "details", "All that is known of the segment", footer=True),
    _at(Area.TRACE, "b", "b", "bottleneck", "bottleneck", "Where most of the time went; again goes on", footer=True),
    _at(Area.TRACE, "e", "e", "error(1)", "next error", "The next segment that failed", footer=True),
    _at(Area.TRACE, "E", "E", "error(-1)", "error before", "The previous segment that failed"),
    _at(Area.TRACE, "o", "o", "log", "log lines", "The log lines of its request", footer=True),
    _at(
        Area.TRACE,
        "n,J",
        "n",
        "step(1)",
        "next trace",
        "The next trace of the list as it was shown (also J)",
        footer=True,
    ),
    _at(Area.TRACE, "N,K", "N", "step(-1)", "trace before", "The previous trace of the list (also K)"),
    _at(Area.TRACE, "space", "Space", "turn", "open/close", "Open or close what hangs under the row", footer=True),
    _at(Area.TRACE, "right,plus", "→", "unfold", "open", "Open it; then go into it (also +)"),
    _at(Area.TRACE, "left,minus", "←", "fold", "close", "Close it; then go to what it hangs under (also -)"),
    _at(Area.TRACE, "y", "y", "copy", "copy id", "Copy the trace's id"),
)

_ALARMS = (
    _at(Area.ALARMS, "escape,q", "Esc", "back", "back", "Clear the filter; then back", footer=True),
    _at(Area.ALARMS, "enter", "Enter", "open", "function", "Open the function that it watches", footer=True),
    _at(Area.ALARMS, "slash", "/", "filter", "filter", "Filter by words; !word inverts; Escape clears", footer=True),
    _at(Area.ALARMS, "y", "y", "copy", "copy name", "Copy the alarm's name"),
    _at(Area.ALARM_CHANGES, "e", "e", "edit", "edit", "Another threshold, other data points or topics", footer=True),
    _at(Area.ALARM_CHANGES, "o", "o", "turn_actions", "actions", "Its actions off, or on again", footer=True),
    _at(Area.ALARM_CHANGES, "t", "t", "test", "test", "Let it go off, to see who is told", footer=True),
    _at(Area.ALARM_CHANGES, "d", "d", "delete", "delete", "Delete it", footer=True),
)

_JOURNAL = (
    _at(Area.JOURNAL, "escape,q", "Esc", "back", "back", "Back to where you were", footer=True),
    _at(
        Area.JOURNAL,
        "enter",
        "Enter",
        "open",
        "open",
        "The whole plan, its calls, what became of each",
        footer=True,
    ),
    _at(Area.JOURNAL, "u", "u", "undo_entry", "undo", "Make the plan that takes it back, and ask", footer=True),
    _at(Area.JOURNAL, "f", "f", "only", "this function", "Only the selected function's, or all again", footer=True),
    _at(Area.JOURNAL, "y", "y", "copy_id", "copy id", "Copy its id, as lambdatop undo takes it", footer=True),
)

MENU = "F9"
"""What is shown of a command without a key of its own."""


def _remedy(keys: str, name: str, title: str, text: str, *, footer: bool = False) -> Command:
    """A change of the tagged functions or the selected one; without a key it is in the menu alone."""
    return _at(Area.REMEDY, keys, keys or MENU, f"app.remedy('{name}')", title, text, footer=footer)


_REMEDIES = (
    _at(Area.REMEDY, "a", "a", "app.alarm", "alarm", "A new alarm, with what it would have done", footer=True),
    _remedy("m", "memory", "memory", "Memory size", footer=True),
    _remedy("t", "timeout", "timeout", "Timeout"),
    _remedy("c", "provisioned", "concurrency", "Provisioned concurrency of an alias or version", footer=True),
    _remedy("B", "brake", "brake", "Brake: reserve no concurrency, so that nothing runs; and release it", footer=True),
    _remedy("r", "rollback", "roll back", "Roll an alias back to the version before", footer=True),
    _remedy("e", "event_source", "event source", "Pause or resume an event source"),
    _remedy("X", "tracing", "tracing", "X-Ray tracing on or off"),
    _remedy("L", "insights", "Insights", "Lambda Insights on or off"),
    _remedy("", "reserved", "reserved", "Reserved concurrency"),
    _remedy("", "weights", "weights", "Shift an alias's traffic to another version by weight"),
    _remedy("", "publish", "publish", "Publish a version"),
    _remedy("", "logging", "logging", "Log format and levels"),
    _remedy("", "retention", "retention", "How long its log is kept"),
    _at(Area.REMEDY, "", MENU, "app.invoke", "invoke", "Invoke it by hand, with a payload"),
    _at(Area.REMEDY, "u", "u", "app.undo", "undo", "Undo the last change, if nothing has changed since", footer=True),
    _at(Area.REMEDY, "f9", "F9", "app.menu", "menu", "All that can be done to the function", footer=True),
)

COMMANDS: tuple[Command, ...] = (
    _at(Area.FLEET, "enter", "Enter", "open", "open", "Open the selected function", footer=True),
    _at(Area.FLEET, "slash", "/", "filter", "filter", "Filter by words; !word inverts; Escape clears", footer=True),
    *_SORTS,
    _at(Area.FLEET, "s", "s", "only_sick", "sick", "Show only the sick functions, or all again", footer=True),
    _at(Area.FLEET, "l", "l", "open('log')", "log", "Open the selected function on its log", footer=True),
    _at(Area.FLEET, "i", "i", "open('invocations')", "invocations", "Open the selected function on its invocations"),
    _at(Area.FLEET, "x", "x", "open('traces')", "traces", "Open the selected function on its traces", footer=True),
    _at(
        Area.FLEET,
        "space",
        "Space",
        "tag",
        "tag",
        "Tag the function, or take its tag away: a remedy is for all tagged",
    ),
    _at(Area.FLEET, "U", "U", "untag", "untag", "Take all tags away"),
    *_PANES,
    _at(Area.FUNCTION, "escape,q", "Esc", "back", "back", "Back to all panes, to all time, to the fleet", footer=True),
    _at(Area.FUNCTION, "l", "l", "look('log')", "log", "The log on the whole screen, and back", footer=True),
    _at(
        Area.FUNCTION,
        "i",
        "i",
        "look('invocations')",
        "invocations",
        "The invocations on the whole screen, and back; Enter opens one's lines",
        footer=True,
    ),
    _at(Area.FUNCTION, "x", "x", "look('traces')", "traces", "The traces on the whole screen, and back", footer=True),
    _at(
        Area.FUNCTION,
        "d",
        "d",
        "look('downstream')",
        "downstream",
        "Where its time goes, across traces, and the service map",
        footer=True,
    ),
    _at(
        Area.FUNCTION,
        "n",
        "n",
        "look('insights')",
        "insights",
        "Lambda Insights: CPU, memory, network, /tmp",
        footer=True,
    ),
    _at(
        Area.FUNCTION,
        "S",
        "S",
        "look('starts')",
        "cold starts",
        "Its cold starts by version and by minute",
        footer=True,
    ),
    *_WINDOW,
    *_REMEDIES,
    *_CHARTS,
    *_LOG,
    *_INVOCATIONS,
    *_TRACES,
    *_TRACE,
    *_ALARMS,
    *_JOURNAL,
    _at(Area.REQUEST, "escape,q", "Esc", "back", "back", "Back to where it was opened", footer=True),
    _at(
        Area.STARTS,
        "Q",
        "Q",
        "query",
        "count all",
        "Count every cold start by Logs Insights; tells its price and asks",
        footer=True,
    ),
    _at(Area.FLEET, "escape", "Esc", "clear", "clear", "Leave a maximised pane; then clear filter and sick-only"),
    _at(Area.ANYWHERE, "A", "A", "show_alarms", "alarms", "All alarms: states, conditions, history"),
    _at(Area.ANYWHERE, "J", "J", "show_journal", "journal", "What was changed, by whom, and what became of it"),
    _at(Area.ANYWHERE, "y", "y", "copy('name')", "copy name", "Copy the function's name"),
    _at(Area.ANYWHERE, "Y", "Y", "copy('arn')", "copy ARN", "Copy the function's ARN"),
    _at(Area.ANYWHERE, "ctrl+r", "^R", "refresh_now", "refresh", "Ask AWS again at once"),
    _at(Area.ANYWHERE, "p,Z", "p", "pause", "pause", "Stop asking AWS, or go on", footer=True),
    _at(Area.ANYWHERE, "ctrl+p,colon", ":", "commands", "commands", "Find a command, a theme or a function by name"),
    _at(Area.ANYWHERE, "question_mark,f1", "?", "help", "help", "This help", footer=True),
    _at(Area.FLEET, "q", "q", "app.quit", "quit", "Quit", footer=True),
    _at(Area.ANYWHERE, "f10,ctrl+q", "F10", "app.quit", "quit", "Quit, from any screen", always=True),
)


_WRITERS = frozenset(command.method for command in COMMANDS if command.writes)


def writes(action: str) -> bool:
    """True if this action, by the name of its method, leads to a change: read-only mode takes its keys away."""
    return action in _WRITERS


MOVING = (
    ("↑ ↓ k j", "One line"),
    ("PgUp PgDn", "One page; ^U and ^D half a page"),
    ("g G", "The first and the last line, as Home and End"),
    ("Tab", "The next pane; Shift+Tab the one before"),
)
"""The keys that the lists themselves know, for help and README."""


def at(*places: Area, read_only: bool = False) -> Iterator[Command]:
    """The commands of these places, in the order of the declaration."""
    return (command for command in COMMANDS if command.place in places and not (read_only and command.writes))


def footer(*places: Area, read_only: bool = False) -> list[Item]:
    """The words of the bottom line on one screen, most useful first."""
    return [
        Item(command.shown, command.title, target(command), stays=command.action in _STAYING)
        for place in (*places, Area.ANYWHERE)
        for command in at(place, read_only=read_only)
        if command.footer
    ]


def tabs(place: Area, names: Iterable[str]) -> list[Item]:
    """The keys that lead from one of these panes to another, where there is room for one."""
    by_action = {f"toggle_pane('{name}')": name for name in names}
    return [Item(each.shown, by_action[each.action], each.action) for each in at(place) if each.action in by_action]


def hints(place: Area) -> list[str]:
    """The keys of a pane for its frame, most useful first: `Enter open`, `e errors`."""
    return [f"{command.shown} {command.title}" for command in at(place) if command.footer]


def remedy_key(name: str) -> str | None:
    """The key that mends something of the function in focus; None if there is none."""
    return next((command.shown for command in COMMANDS if command.action == f"app.remedy('{name}')"), None)


def target(command: Command) -> str:
    """The command's action as a screen can run it: what can be done anywhere is the app's to do."""
    return f"app.{command.action}" if command.place is Area.ANYWHERE and "." not in command.action else command.action


def bindings(place: Area) -> list[Binding]:
    """The commands of one place as Textual's bindings."""
    return [
        Binding(command.keys, command.action, command.title, show=False, priority=command.always)
        for command in at(place)
        if command.keys
    ]


def markdown() -> str:
    """The keys as README shows them: a table for each place, in the order of the declaration."""
    return "\n".join((*(_section(place) for place in Area), _rows("Moving, in any list", MOVING)))


def _section(place: Area) -> str:
    return _rows(place.value, [(command.shown, command.help) for command in at(place)])


def _rows(title: str, lines: Iterable[tuple[str, str]]) -> str:
    rows = "\n".join(f"| `{key}` | {text} |" for key, text in lines)
    return f"### {title}\n\n| key | what |\n|---|---|\n{rows}\n"
