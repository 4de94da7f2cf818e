"""Copying to the terminal's clipboard: by OSC 52, which has neither an answer nor a limit that terminals agree on."""

from typing import Any

from textual.app import App

from lambdatop.model.text import safe

MOST_BYTES = 74_000
"""What terminals are known to take."""


def copy(app: App[Any], text: str) -> None:
    """Copy the text, made harmless, as far as terminals take it, and tell the user what was copied."""
    whole = safe(text, newlines=True).encode()
    part = whole[:MOST_BYTES].decode(errors="ignore")
    app.copy_to_clipboard(part)
    size = f"{len(part.encode()):,} bytes"
    told = size if len(whole) <= MOST_BYTES else f"the first {size} of {len(whole):,}: a terminal takes no more"
    app.notify(told, title="copied", markup=False)
