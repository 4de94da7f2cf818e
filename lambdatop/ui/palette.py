"""The command palette: every command of the screen, every theme and every function, found by typing."""

from collections.abc import Iterator, Mapping
from functools import partial

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode
from textual.worker import Worker

from lambdatop.model.text import safe
from lambdatop.ui.commands import Area, Command, at, target
from lambdatop.ui.messages import FunctionOpened
from lambdatop.ui.panes.cold_starts import StartsPane
from lambdatop.ui.panes.invocations import InvocationsPane
from lambdatop.ui.panes.log.pane import LogPane
from lambdatop.ui.panes.pane import Pane
from lambdatop.ui.panes.traces import TracesPane
from lambdatop.ui.screens.base import LeftOnce

MOST_FUNCTIONS = 50
_PANES: Mapping[Area, type[Pane]] = {
    Area.LOG: LogPane,
    Area.INVOCATIONS: InvocationsPane,
    Area.STARTS: StartsPane,
    Area.TRACES: TracesPane,
}
"""Whose commands are only offered to who works in that pane."""


class Commands(Provider):
    """The commands that work on the screen below."""

    async def discover(self) -> Hits:
        for command in self._here():
            yield DiscoveryHit(command.help, partial(self._run, command), help=command.shown)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._here():
            score = matcher.match(command.help)
            if score:
                yield Hit(score, matcher.highlight(command.help), partial(self._run, command), help=command.shown)

    def _here(self) -> Iterator[Command]:
        places = getattr(self.screen, "PLACES", (Area.ANYWHERE,))
        here = (place for place in places if place not in _PANES or self._is_in(_PANES[place]))
        return at(*here, read_only=getattr(self.app, "read_only", False))

    def _is_in(self, pane: type[Pane]) -> bool:
        """True if that pane has the keyboard."""
        return self.focused is not None and any(isinstance(node, pane) for node in self.focused.ancestors)

    async def _run(self, command: Command) -> None:
        await self.app.run_action(target(command), self._doer(command))

    def _doer(self, command: Command) -> DOMNode:
        """Who has the command's action: the focused widget, what it is in, or the screen."""
        name = f"action_{command.action.partition('(')[0]}"
        around = self.focused.ancestors_with_self if self.focused is not None else ()
        return next((node for node in around if hasattr(node, name)), self.screen)


class Themes(Provider):
    """Textual's themes and the program's own."""

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name in self.app.available_themes:
            title = f"theme {name}"
            score = matcher.match(title)
            if score:
                yield Hit(score, matcher.highlight(title), partial(setattr, self.app, "theme", name))


class Functions(Provider):
    """The account's functions; choosing one opens it."""

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        found = 0
        for name in getattr(self.app, "function_names", ()):
            score = matcher.match(name)
            if score and found < MOST_FUNCTIONS:
                found += 1
                yield Hit(score, matcher.highlight(safe(name)), partial(self._open, name), help="open this function")

    def _open(self, name: str) -> None:
        self.screen.post_message(FunctionOpened(name))


class Palette(LeftOnce, CommandPalette):
    """Textual's palette, which is left once, and searches for nothing any more once it is left."""

    def _gather_commands(self, search_value: str) -> Worker[None] | None:  # type: ignore[override]  # a worker or none
        """Search, unless this was typed just before Escape: there is no list any more, and Textual would end for it."""
        return None if self._left else super()._gather_commands(search_value)


def palette() -> Palette:
    """A palette over the current screen."""
    return Palette([Commands, Themes, Functions], placeholder="a command, a theme or a function …")
