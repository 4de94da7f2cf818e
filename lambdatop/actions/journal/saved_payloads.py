"""Test events of functions: payloads that were saved under a name, and the one used last. On this machine only.

A file for each function, readable by its owner alone, since a payload may hold what others must not see.
"""

import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from lambdatop.actions.journal.journal import default_path

MOST_SAVED = 50
_FUNCTION = re.compile(r"[\w-]{1,140}", re.ASCII)


class Events(Struct, frozen=True):
    """What is kept for one function."""

    last: str | None = None
    """The payload that was sent last."""
    saved: Mapping[str, str] = field(default_factory=dict)
    """Payloads by name, in the order in which they were saved first."""


class EventStore(Struct):
    """The events in a folder; without one they last as long as the program.

    What cannot be read is as if it had never been saved; what cannot be written raises OSError.
    """

    folder: Path | None = None
    _kept: dict[str, Events] = field(default_factory=dict)

    def of(self, function: str) -> Events:
        """The function's events."""
        path = self._path(function)
        if path is None:
            return self._kept.get(function, Events())
        try:
            return _read(json.loads(path.read_text(encoding="utf-8", errors="replace")))
        except (OSError, ValueError, RecursionError):
            return Events()

    def used(self, function: str, payload: str) -> None:
        """Remember what was sent."""
        self._keep(function, replace(self.of(function), last=payload))

    def save(self, function: str, name: str, payload: str) -> None:
        """Keep a payload under a name, in place of what had it. Raises OSError; ValueError if there are many."""
        events = self.of(function)
        if name not in events.saved and len(events.saved) >= MOST_SAVED:
            raise ValueError(f"{MOST_SAVED} test events are saved already; delete one first")
        self._keep(function, replace(events, saved={**events.saved, name: payload}))

    def delete(self, function: str, name: str) -> None:
        """Forget a saved payload."""
        events = self.of(function)
        self._keep(function, replace(events, saved={key: each for key, each in events.saved.items() if key != name}))

    def _path(self, function: str) -> Path | None:
        return self.folder / f"{function}.json" if self.folder is not None and _FUNCTION.fullmatch(function) else None

    def _keep(self, function: str, events: Events) -> None:
        path = self._path(function)
        if path is None:
            self._kept[function] = events
            return
        text = json.dumps({"last": events.last, "saved": dict(events.saved)}, indent=1)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(file, "w", encoding="utf-8", errors="backslashreplace") as writing:
                writing.write(text)
            new.replace(path)
        except OSError:
            new.unlink(missing_ok=True)
            raise


def default_folder() -> Path:
    """Beside the journal."""
    return default_path().parent / "events"


def _read(record: Any) -> Events:
    if not isinstance(record, dict):
        return Events()
    last, saved = record.get("last"), record.get("saved")
    texts = saved.items() if isinstance(saved, dict) else ()
    return Events(
        last=last if isinstance(last, str) else None,
        saved={name: text for name, text in texts if isinstance(text, str)},
    )
