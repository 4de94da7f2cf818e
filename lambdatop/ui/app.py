"""The application: it begins and ends, asks the account, opens screens, and knows the commands of every screen.

Nothing slow is imported or asked before the first frame; then each source runs as one worker of this loop.
"""

import asyncio
import gc
import signal
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, assert_never

from msgspec.structs import replace
from textual.binding import BindingType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.worker import WorkType

from lambdatop.aws.gate import Gate
from lambdatop.clock import Clock
from lambdatop.config import Config
from lambdatop.model.focus import Focus, Sought
from lambdatop.model.text import safe
from lambdatop.sources.fleet.account import used
from lambdatop.ui.app_parts.alarms import AlarmingApp
from lambdatop.ui.app_parts.changes import PLANS
from lambdatop.ui.app_parts.follow_up import (
    NOTICE_S,
    End,
    FinishStart,
    FollowUp,
    MeasureFleet,
    Notify,
    OpenFunction,
    ReadJournal,
    RereadAlarms,
)
from lambdatop.ui.commands import Area, bindings
from lambdatop.ui.feeds.feeds import InView
from lambdatop.ui.messages import (
    FocusWanted,
    FunctionOpened,
    InvocationOpened,
    LogEventOpened,
    PaneName,
    RequestWanted,
    TraceOpened,
)
from lambdatop.ui.screens.base import DIALOGS
from lambdatop.ui.screens.fleet import FleetScreen
from lambdatop.ui.terminal import TerminalDriver
from lambdatop.ui.theme import THEME
from lambdatop.updates import FocusMoved, FocusSource, IdentityKnown

METER_S = 5.0
"""An hourly rate moves slowly, and each update reaches every pane."""


class LambdatopApp(AlarmingApp):
    """One account's functions, live. `run()` returns what made it end, or None if the user did."""

    CSS_PATH = "lambdatop.tcss"
    TITLE = "lambdatop"
    ENABLE_COMMAND_PALETTE = False  # ours is imported when first asked for: it would cost the first frame 20 ms
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Area.ANYWHERE)]

    def __init__(self, aws: Gate, config: Config, clock: Clock) -> None:
        super().__init__(aws, config, clock)
        self.fleet_screen = FleetScreen(config, clock)
        self.register_theme(THEME)
        self.set_reactive(LambdatopApp.theme, THEME.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self._styled_for = THEME.name

    def get_default_screen(self) -> Screen[None]:
        self.fleet_screen.fit(self.size)
        return self.fleet_screen.data_bind(LambdatopApp.state, LambdatopApp.paused)

    def get_driver_class(self) -> type[Driver]:
        chosen = super().get_driver_class()
        return TerminalDriver if chosen is LinuxDriver else chosen

    def on_load(self) -> None:
        if not self.is_headless:
            self._end_on_signals()

    def _end_on_signals(self) -> None:
        """A signal that ends the program leaves the terminal restored and no child process, as a key does."""
        loop = asyncio.get_running_loop()
        for sent in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(sent, self.exit, None, 128 + sent)

    def on_mount(self) -> None:
        self.set_interval(METER_S, lambda: self.take(used(self._aws)))

    def refresh_css(self, animate: bool = True) -> None:
        """Style everything again for another theme; not for the first one, though Textual asks for it (80 ms CPU)."""
        if self._styled_for != self.theme:
            self._styled_for = self.theme
            super().refresh_css(animate)
            self.screen.refresh()

    def on_ready(self) -> None:
        """Ask as soon as the first frame stands, and not only once Textual has settled down, 20 ms later."""
        self._start(self._feeds.functions())

    def _finish_start(self) -> None:
        """Ask for the rest once the first rows are shown: at the same time it would delay them by 150 ms CPU."""
        if not gc.isenabled():  # the command line has put it off
            gc.freeze()  # what was imported will not become garbage
            gc.enable()
        self.stylesheet.read(DIALOGS)
        self.fleet_screen.furnish()
        self._start(self._feeds.account())

    async def on_unmount(self) -> None:
        await self._aws.close()

    # Sources

    def follow_up(self, wanted: FollowUp) -> None:
        """Do what follows from an update; what can wait lets what is new be painted before."""
        match wanted:
            case FinishStart():
                self.call_after_refresh(self._finish_start)
            case MeasureFleet():
                self.call_after_refresh(lambda: self._start(self._feeds.fleet()))
            case OpenFunction(function):
                self.open_function(function)
            case ReadJournal(who):
                work: WorkType[None] = partial(self._follow_journal, who)
                self.run_worker(work, name="journal", group="journal", exclusive=True)
            case RereadAlarms(history):
                self.reread_alarms(history)
            case Notify(text, title, severity):
                self.notify(text, title=title, severity=severity, timeout=NOTICE_S, markup=False)
            case End(result):
                self.exit(result)
            case _:
                assert_never(wanted)

    async def _follow_journal(self, who: IdentityKnown) -> None:
        from lambdatop.actions.applying.follow_journal import remembered

        await self._pump(remembered(self.journal, self.clock, who, self._aws.endpoint_url))

    def _in_view(self) -> InView:
        """By name: a table that is covered by another screen may show rows of a while ago."""
        known = self.state.fleet.rows
        shown = (row.name for row in self.fleet_screen.visible_rows())
        names = dict.fromkeys((self.state.focus.function or "", *shown))
        return InView(tuple(known[name] for name in names if name in known), tuple(known))

    # Screens

    def on_function_opened(self, message: FunctionOpened) -> None:
        self.open_function(message.function, message.pane)

    def open_function(self, function: str, pane: PaneName | None = None) -> None:
        """Bring a function into focus, on its own screen."""
        from lambdatop.ui.screens.function import FunctionScreen

        self.fleet_screen.stand_on(function)
        self.on_focus_wanted(FocusWanted(function))
        if any(isinstance(screen, FunctionScreen) for screen in self.screen_stack):
            return  # it shows whatever is in focus
        screen = FunctionScreen(self.clock, pane, read_only=self.config.read_only)
        self.push_screen(screen.data_bind(LambdatopApp.state, LambdatopApp.paused))

    def on_invocation_opened(self, message: InvocationOpened) -> None:
        from lambdatop.ui.screens.invocation import InvocationScreen

        self.push_screen(InvocationScreen(message.invocation, message.lines, message.no_trace))

    def on_log_event_opened(self, message: LogEventOpened) -> None:
        from lambdatop.ui.screens.log_event import EventScreen

        self.push_screen(EventScreen(message.line))

    def on_trace_opened(self, message: TraceOpened) -> None:
        from lambdatop.ui.screens.trace import TraceScreen

        before = self.state.focus.trace_id
        self.take(FocusMoved(replace(self.state.focus, trace_id=message.trace_id)))
        if isinstance(self.screen, TraceScreen):
            self._start_focus({"trace"})
            return
        screen = TraceScreen(self.clock, message.among, read_only=self.config.read_only)
        self._push_over(screen, lambda focus: replace(focus, trace_id=before), "trace")

    def on_request_wanted(self, message: RequestWanted) -> None:
        from lambdatop.ui.screens.request import RequestScreen

        before = self.state.focus.request
        sought = Sought(message.request_id, message.within, message.around)
        self.take(FocusMoved(replace(self.state.focus, request=sought)))
        screen = RequestScreen(self.clock, read_only=self.config.read_only)
        self._push_over(screen, lambda focus: replace(focus, request=before), "logs")

    def _push_over(self, screen: Screen[None], back: Callable[[Focus], Focus], source: FocusSource) -> None:
        """Open a screen that looks at something else, and afterwards look at what was looked at before."""

        def left(_: None) -> None:
            self.take(FocusMoved(back(self.state.focus)))
            self.call_after_refresh(lambda: self._start_focus(self._sources_in_view & {source}))

        self.push_screen(screen.data_bind(LambdatopApp.state, LambdatopApp.paused), left)

    # Commands that hold on every screen

    def action_pause(self) -> None:
        self.paused = not self.paused
        if self.paused:
            for worker in (each for each in self.workers if each.node is self and each.group not in PLANS):
                worker.cancel()
        else:
            self._restart()

    def refresh_soon(self) -> None:
        """A change is in the list, in the alarms and in the figures only once they are asked for again."""
        if not self.paused:
            self._start({**self._feeds.functions(), **self._feeds.account()})

    def action_refresh_now(self) -> None:
        if not self.paused:
            self._feeds.forget()
            self._restart()

    def _restart(self) -> None:
        self._start({**self._feeds.functions(), **self._feeds.account()})
        if self.state.fleet.rows:
            self._start(self._feeds.fleet())
        self._focus(replace(self.state.focus, moment=self.state.focus.cursor))

    def action_copy(self, what: str) -> None:
        row = self.state.fleet.rows.get(self._selected or "")
        if row is not None:
            text = row.function.arn if what == "arn" else row.function.name
            self.copy_to_clipboard(text)
            self.notify(safe(text), title="copied", markup=False)

    @property
    def _selected(self) -> str | None:
        """The function the user means. The focus follows the fleet's cursor only once that rests."""
        if self.fleet_screen.is_active:
            return self.fleet_screen.selected
        return self.state.focus.function

    @property
    def meant(self) -> Sequence[str]:
        """The tagged functions where they are seen, else the selected one."""
        tagged = self.fleet_screen.tagged if self.fleet_screen.is_active else ()
        return tagged or ((self._selected,) if self._selected is not None else ())

    def action_help(self) -> None:
        from lambdatop.ui.screens.help import HelpScreen

        places = getattr(self.screen, "PLACES", (Area.ANYWHERE,))
        self.push_screen(HelpScreen(places, read_only=self.config.read_only))

    def action_commands(self) -> None:
        from lambdatop.ui.palette import palette

        self.push_screen(palette())

    @property
    def function_names(self) -> Sequence[str]:
        """The functions there are; for the palette."""
        return tuple(self.state.fleet.rows)
