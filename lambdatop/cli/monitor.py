"""`lambdatop`: the live monitor."""

import os
import sys

from lambdatop.cli.connect import gate
from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.preferences import PreferencesError, preferred
from lambdatop.clock import SystemClock
from lambdatop.config import Config
from lambdatop.updates import SourceFailed, Trouble


def run(config: Config) -> int:
    """Run the program until the user quits; 0, or the code of what made it end."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return complain("standard output is not a terminal; for a snapshot use: lambdatop --once [--json]", Exit.USAGE)
    if os.environ.get("TERM", "dumb") == "dumb":
        return complain("this terminal (TERM=dumb) cannot show screens; use: lambdatop --once [--json]", Exit.USAGE)
    try:
        config = preferred(config)
    except PreferencesError as error:
        return complain(str(error), Exit.USAGE)
    clock = SystemClock()
    with gate(config, clock) as aws:
        from lambdatop.ui.app import LambdatopApp

        app = LambdatopApp(aws, config, clock)
        ended = app.run(mouse=True)
    if app.failure is not None:
        raise app.failure  # the terminal is restored by now; `crash` reports it
    if isinstance(ended, SourceFailed):
        return complain(ended.error, Exit.CREDENTIALS if ended.trouble is Trouble.CREDENTIALS else Exit.USAGE)
    if ended is not None:
        return complain(ended, Exit.FAILED)
    return app.return_code or Exit.OK
