"""Calls as lines for the AWS CLI, quoted for a shell: a person can read, copy and run what a plan would send."""

import json
import re
import shlex
from typing import Any

from lambdatop.model.changes.plan import PUBLISHED, Call


def command_line(call: Call) -> str:
    """The call as a line for the AWS CLI; a published version's number is kept in `$VERSION`."""
    words = ["aws", call.service, _dashed(call.operation)]
    if any(_names_a_file(value) for value in call.params.values()):
        words += ["--cli-input-json", _quoted(_compact(dict(call.params)))]
    else:
        for name, value in call.params.items():
            words += _option(name, value)
    line = " ".join(words)
    return f"VERSION=$({line} --query Version --output text)" if call.operation == "PublishVersion" else line


def _dashed(name: str) -> str:
    """`UpdateFunctionConfiguration` -> `update-function-configuration`, as the AWS CLI names it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def _names_a_file(value: Any) -> bool:
    """True for text that the CLI would take for the name of a file to read."""
    return isinstance(value, str) and value.startswith(("file://", "fileb://"))


def _option(name: str, value: Any) -> list[str]:
    option = f"--{_dashed(name)}"
    if isinstance(value, bool):
        return [option if value else f"--no-{_dashed(name)}"]
    if isinstance(value, list | tuple) and value and all(isinstance(each, str) for each in value):
        simple = not any(each.startswith(("-", "[", "{", "file:", "fileb:")) for each in value)
        return [option, *map(_quoted, value)] if simple else [option, _quoted(_compact(value))]
    text = value if isinstance(value, str) else _compact(value)
    return [f"{option}={_quoted(text)}"] if text.startswith("-") else [option, _quoted(text)]


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _quoted(text: str) -> str:
    """For a shell; the version that is published by then is read from its variable."""
    if text == PUBLISHED:
        return '"$VERSION"'
    return shlex.quote(text).replace(PUBLISHED, "'\"$VERSION\"'")
