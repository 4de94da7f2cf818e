"""`python -m lambdatop` and the installed command: parse, then import only what the chosen command needs."""

import sys
from collections.abc import Sequence

from lambdatop import crash

INTERRUPTED = 130
"""`cli.exits.Exit.INTERRUPTED`, which is not worth importing before the command is known."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `cli.exits`). What it raises is for `crash` to report.

    With words given it runs inside another program, whose hooks are left alone.
    """
    if argv is None:
        crash.watch()
    from lambdatop.cli.parser import parse

    command = parse(sys.argv[1:] if argv is None else argv)
    try:
        if argv is None:
            crash.watch_background()
        return command() or (crash.FAILED if crash.crashed() else 0)
    except KeyboardInterrupt:  # also while the command's own modules are still being imported
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
