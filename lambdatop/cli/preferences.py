"""What stands in config.toml: read and checked by hand, so that a mistake is told with its line."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs
from msgspec import Struct
from msgspec.structs import replace

from lambdatop.config import Config

DEFAULT = """\
# lambdatop's settings. What the command line says goes before what stands here.

# Refuse every call that changes something, as --read-only does.
read_only = false

# Regular expressions. Where the account's id, an alias of the function or one of its tags ("stage=prod") matches, a
# change asks for the function's name to be typed.
protected = []

# What the slowest requests may take, in milliseconds: regular expressions of functions' names, of which the first that
# is found counts. Alarms on duration propose it.
[objectives_ms]
# "^checkout-" = 800
"""


class PreferencesError(Exception):
    """The file cannot be used; the message names file and line."""


class Preferences(Struct, frozen=True, kw_only=True):
    """The settings of the file, or their defaults."""

    read_only: bool = False
    protected: tuple[str, ...] = ()
    objectives_ms: tuple[tuple[str, float], ...] = ()


def path() -> Path:
    """Where the file is looked for: `$XDG_CONFIG_HOME/lambdatop/config.toml`, or what the platform has instead."""
    return platformdirs.user_config_path("lambdatop") / "config.toml"


def load(file: Path | None = None) -> Preferences:
    """The settings of the file; the defaults where there is none. Raises PreferencesError."""
    file = path() if file is None else file
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Preferences()
    except (OSError, UnicodeDecodeError) as error:
        raise PreferencesError(f"{file}: cannot be read: {error}") from error
    try:
        return decode(text)
    except ValueError as error:
        raise PreferencesError(f"{file}{error}") from error


def preferred(config: Config) -> Config:
    """These settings with the file's beside them; not for the embedded account, which is nobody's. Raises as `load`."""
    if config.demo:
        return config
    found = load()
    return replace(
        config,
        read_only=config.read_only or found.read_only,
        protected=found.protected,
        objectives_ms=found.objectives_ms,
    )


def decode(text: str) -> Preferences:
    """The settings in a file's text. Raises ValueError with a message that begins with the line: `:3: …`."""
    import tomllib  # 15 ms, for those who have a file

    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+)", str(error))
        raise ValueError(f":{at[1] if at else 1}: {error}") from error
    for name in raw.keys() - set(Preferences.__struct_fields__):
        raise ValueError(f":{_line_of(name, text)}: there is no setting {name!r}; see: lambdatop config default")
    return Preferences(
        read_only=_flag(raw, "read_only", text),
        protected=_patterns(raw, "protected", text),
        objectives_ms=_objectives(raw, "objectives_ms", text),
    )


def _flag(raw: Mapping[str, Any], name: str, text: str) -> bool:
    value = raw.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f":{_line_of(name, text)}: {name} is true or false, not {value!r}")
    return value


def _patterns(raw: Mapping[str, Any], name: str, text: str) -> tuple[str, ...]:
    values = raw.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f":{_line_of(name, text)}: {name} is a list of regular expressions, each in quotes")
    for value in values:
        _check(value, name, text)
    return tuple(values)


def _objectives(raw: Mapping[str, Any], name: str, text: str) -> tuple[tuple[str, float], ...]:
    values = raw.get(name, {})
    if not isinstance(values, dict):
        raise ValueError(f':{_line_of(name, text)}: {name} is a table: "EXPRESSION" = MILLISECONDS')
    for pattern, ms in values.items():
        _check(pattern, pattern, text)
        if isinstance(ms, bool) or not isinstance(ms, int | float) or not 0 < ms < math.inf:
            raise ValueError(f":{_line_of(pattern, text)}: an objective is a number of milliseconds, not {ms!r}")
    return tuple((pattern, float(ms)) for pattern, ms in values.items())


def _check(pattern: str, name: str, text: str) -> None:
    """Raise ValueError with the line of `name` if the pattern is none."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f":{_line_of(name, text)}: {pattern!r} is no regular expression: {error}") from error


def _line_of(name: str, text: str) -> int:
    """The line on which a setting begins."""
    lines = text.splitlines()
    return next((at for at, line in enumerate(lines, 1) if re.match(rf"\s*[\[\"']*{re.escape(name)}(?!\w)", line)), 1)
