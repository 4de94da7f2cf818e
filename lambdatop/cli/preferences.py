"""What stands in config.toml: read and checked by hand, so that a mistake is told with its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import platformdirs

from lambdatop.config import Config

DEFAULT = """\
# lambdatop's settings. What the command line says goes before what stands here.

# Refuse every call that changes something, as --read-only does.
read_only = false

# Regular expressions. Where the account's id, an alias of the function or one of its tags ("stage=prod") matches, a
# change asks for the function's name to be typed.
protected = []
"""


class PreferencesError(Exception):
    """The file cannot be used; the message names file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The settings of the file, or their defaults."""

    read_only: bool = False
    protected: tuple[str, ...] = ()


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
    return replace(config, read_only=config.read_only or found.read_only, protected=found.protected)


def decode(text: str) -> Preferences:
    """The settings in a file's text. Raises ValueError with a message that begins with the line: `:3: …`."""
    import tomllib  # 15 ms, for those who have a file

    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+)", str(error))
        raise ValueError(f":{at[1] if at else 1}: {error}") from error
    for name in raw.keys() - {"read_only", "protected"}:
        raise ValueError(f":{_line_of(name, text)}: there is no setting {name!r}; see: lambdatop config default")
    return Preferences(read_only=_flag(raw, "read_only", text), protected=_patterns(raw, "protected", text))


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
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f":{_line_of(name, text)}: {value!r} is no regular expression: {error}") from error
    return tuple(values)


def _line_of(name: str, text: str) -> int:
    """The line on which a setting begins."""
    lines = text.splitlines()
    return next((at for at, line in enumerate(lines, 1) if re.match(rf"\s*[\"']?{re.escape(name)}\b", line)), 1)
