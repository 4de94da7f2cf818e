"""The questions before a plan: fields, so that one dialog and one command line serve every action.

A form is data, as a plan is. Values come back as the text that was typed, and are read here: what cannot be one is
refused in a line that says what can.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from lambdatop.model.changes.plan import Refusal

Values = Mapping[str, str]
"""What was typed or chosen, by the fields' names; `on` or `off` for a toggle."""

ON, OFF = "on", "off"
_WHOLE = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)", re.ASCII)


class Choice(Struct, frozen=True):
    """One of the answers to a question."""

    value: str
    label: str


class Field(Struct, frozen=True, kw_only=True):
    """One question. `value` is the answer that the program proposes."""

    name: str
    label: str
    kind: Literal["number", "choice", "toggle", "text"]
    value: str
    hint: str = ""
    """What is known that helps to answer; one line."""
    now: int | None = None
    """What a number is now; None where there is none, or the question is about something else."""
    options: tuple[Choice, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""
    optional: bool = False
    """True if an empty answer is one too; the hint says what it means."""

    @property
    def possible(self) -> str:
        """What can be answered: `128 to 10,240 MB`, `live or beta`, `on or off`."""
        match self.kind:
            case "number":
                low = self.minimum or 0
                if self.maximum is not None and self.maximum < low:
                    return "nothing"
                said = (
                    f"{low:,} or more" if self.maximum is None else f"{low:,} to {self.maximum:,} {self.unit}".rstrip()
                )
                return f"{said}, or nothing" if self.optional else said
            case "toggle":
                return f"{ON} or {OFF}"
            case "choice":
                return listed([option.value for option in self.options if option.value])
            case "text":
                return "a text"


class Form(Struct, frozen=True, kw_only=True):
    """The questions of an action, in order."""

    action: str
    title: str
    fields: tuple[Field, ...]

    @property
    def proposed(self) -> Values:
        """The answers as they stand when the form opens."""
        return {field.name: field.value for field in self.fields}


def whole(field: Field, values: Values) -> int | Refusal:
    """The answer to a field of numbers: `1536`, `1,536`, `1536 MB`."""
    text = values.get(field.name, "").strip()
    digits = text.removesuffix(field.unit).strip()
    try:
        number = int(digits.replace(",", "")) if _WHOLE.fullmatch(digits) else None
    except ValueError:  # Python reads no number of more than 4,300 digits
        number = None
    low, high = field.minimum, field.maximum
    fits = number is not None and (low is None or number >= low) and (high is None or number <= high)
    return number if fits and number is not None else _impossible(field, text)


def whole_or_none(field: Field, values: Values) -> int | Refusal | None:
    """The same where an empty answer is one too; no answer at all is none, as it would mean to remove something."""
    return None if values.get(field.name, "?").strip() == "" else whole(field, values)


def chosen(field: Field, values: Values) -> str | Refusal:
    """The answer to a field of choices; where only one is possible it need not be given."""
    text = values.get(field.name, "").strip()
    possible = [option.value for option in field.options]
    if not text and len(possible) == 1:
        return possible[0]
    return text if text in possible or (not text and field.optional) else _impossible(field, text)


def switched(field: Field, values: Values) -> bool | Refusal:
    """The answer to a toggle."""
    text = values.get(field.name, "").strip().lower()
    return text == ON if text in (ON, OFF) else _impossible(field, text)


def written(field: Field, values: Values) -> str | Refusal:
    """The answer to a field of text."""
    text = values.get(field.name, "").strip()
    return text if text or field.optional else _impossible(field, text)


def listed(names: Sequence[str], word: str = "or") -> str:
    """`live`, `live or beta`, `live, beta or 12`."""
    if len(names) < 2:
        return names[0] if names else "none"
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def _impossible(field: Field, text: str) -> Refusal:
    said = f", not {text[:40]}" if text else ""
    return Refusal(f"{field.label}: {field.possible}{said}", mistyped=True)
