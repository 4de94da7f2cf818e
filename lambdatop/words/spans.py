"""Pieces of text that say what they mean: `(text, tone)` pairs.

A tone names a meaning (`bad`, `dim`); the screen's stylesheet gives it a colour, the command line leaves it out. No
markup is ever parsed, so text from AWS can be nothing but text.
"""

from typing import Literal, TypeAlias

Tone = Literal["plain", "strong", "dim", "faint", "good", "warn", "bad", "accent", "hit"]
Span: TypeAlias = tuple[str, Tone]
Cell: TypeAlias = str | tuple[Span, ...]
