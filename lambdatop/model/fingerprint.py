"""What equal errors have in common: their text without the numbers, ids and long values that differ each time.

Forty lines of `order 1841 not found`, each with another number, are one trouble and are counted as one.
"""

import re

_LONGEST = 300
_VARYING = re.compile(
    r"(?P<id>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"  # UUID
    r"|\b0x[0-9a-fA-F]+\b"
    r"|\b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{8,}\b"
    r"|\b(?=[A-Za-z_-]*\d)[\w-]{16,}(?!\w))"  # tokens, stream and message ids
    r"|'(?P<single>[^']{24,})'|\"(?P<double>[^\"]{24,})\""
    r"|(?P<number>(?<![A-Za-z\d])\d+(?:[.,:]\d+)*|\d{4,})"  # S3 and Int32 are names
)


def fingerprint(error: str) -> str:
    """Return the error with what varies replaced, so that equal errors are equal text.

    UUIDs, hexadecimal and other long ids become `<id>`, quoted values of 24 characters and more `'…'`, numbers `#`.
    Only the first line counts, and of it the first 300 characters.
    """
    return _VARYING.sub(_replaced, error.partition("\n")[0][:_LONGEST].strip())


def _replaced(match: re.Match[str]) -> str:
    match match.lastgroup:
        case "id":
            return "<id>"
        case "single":
            return "'…'"
        case "double":
            return '"…"'
        case _:
            return "#"
