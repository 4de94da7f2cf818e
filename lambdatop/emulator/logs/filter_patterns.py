"""CloudWatch Logs filter patterns, in all three forms: terms, `{ JSON conditions }` and `[words]`.

Source of the rules: CloudWatch Logs user guide, Filter pattern syntax. Everything is case-sensitive.
"""

import functools
import json
import re
from collections.abc import Callable
from typing import Any

from lambdatop.emulator.logs.filter_conditions import condition, invalid, regular_expression, unquoted

Matcher = Callable[[str], bool]

_TERM = re.compile(
    r'\s*(?P<sign>[?-]?)(?:(?P<quoted>"(?:\\.|[^"\\])*")|%(?P<regex>(?:\\.|[^%\\])+)%|(?P<bare>[^\s"%]+))'
)
_MAX_REGEXES = 2
_WORDS = re.compile(r'"([^"]*)"|\[([^\]]*)\]|(\S+)')
_ELLIPSIS = "..."


@functools.lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Matcher:
    """A pattern as a test of one log event's message; raises `InvalidParameterException`.

    An empty pattern matches everything.
    """
    text = pattern.strip()
    if not text:
        return lambda message: True
    if text[0] == "{":
        return _json(text)
    if text[0] == "[":
        return _words(text)
    return _terms(text)


def _terms(text: str) -> Matcher:
    """Plain terms must all be there, `-` ones must not; `?` ones are any-of, and ignored beside the other kinds."""
    terms: dict[str, list[Matcher]] = {"": [], "-": [], "?": []}
    at = regexes = 0
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None:
            raise invalid(f"unbalanced quotes or percent signs in {text[at:]!r}")
        terms[found["sign"]].append(_term(found))
        regexes += found["regex"] is not None
        at = found.end()
    if regexes > _MAX_REGEXES:
        raise invalid(f"{regexes} regular expressions, and {_MAX_REGEXES} are allowed")
    wanted, unwanted, optional = terms[""], terms["-"], terms["?"]
    if not wanted and not unwanted:
        return lambda message: any(term(message) for term in optional)
    return lambda message: all(term(message) for term in wanted) and not any(term(message) for term in unwanted)


def _term(found: re.Match[str]) -> Matcher:
    if found["regex"] is not None:
        expression = regular_expression(found["regex"])
        return lambda message: expression.search(message) is not None
    term = unquoted(found["quoted"]) if found["quoted"] else found["bare"]
    if found["bare"] and not re.fullmatch(r"\w+", term):
        raise invalid(f"Invalid character(s) in term {term!r}")
    return lambda message: term in message


def _json(text: str) -> Matcher:
    if text[-1] != "}":
        raise invalid("the brace is not closed")
    test = condition(text[1:-1])

    def matches(message: str) -> bool:
        record = _parsed(message)
        return record is not None and test(record)

    return matches


def _parsed(message: str) -> Any:
    """The message's JSON object or array; None if it is none. Most lines are not: they must cost next to nothing."""
    if message[:1] not in ("{", "[", " "):
        return None
    try:
        record = json.loads(message)
    except ValueError:
        return None
    return record if isinstance(record, dict | list) else None


def _words(text: str) -> Matcher:
    """`[ip, status = 4*, ...]`: one field a word, quoted or bracketed parts being one; `...` stands for any number."""
    if text[-1] != "]":
        raise invalid("the bracket is not closed")
    fields = [field.strip() for field in text[1:-1].split(",")]
    if fields.count(_ELLIPSIS) > 1 or not all(fields):
        raise invalid("fields are separated by commas, and ... may stand once")
    names = [re.split(r"[\s=!<>]", field, maxsplit=1)[0] for field in fields]
    tests = [condition(field, bare=True) for field, name in zip(fields, names, strict=True) if field != name]

    def matches(message: str) -> bool:
        record = _named(names, ["".join(groups) for groups in _WORDS.findall(message)])
        return record is not None and all(test(record) for test in tests)

    return matches


def _named(names: list[str], words: list[str]) -> dict[str, str] | None:
    """The words under the pattern's names, or None if they are too many or too few."""
    if _ELLIPSIS not in names:
        return dict(zip(names, words, strict=True)) if len(names) == len(words) else None
    before = names.index(_ELLIPSIS)
    after = len(names) - before - 1
    if before + after > len(words):
        return None
    tail = words[len(words) - after :]
    return dict(zip(names[:before], words, strict=False)) | dict(zip(names[before + 1 :], tail, strict=True))
