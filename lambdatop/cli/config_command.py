"""`lambdatop config`: where the settings file is, whether it can be used, and one to start from."""

from typing import Literal

from lambdatop.cli.exits import Exit, complain
from lambdatop.cli.preferences import DEFAULT, PreferencesError, load, path


def run(what: Literal["path", "check", "default"]) -> int:
    """Print it; 1 if the file cannot be used."""
    match what:
        case "path":
            print(path())
        case "default":
            print(DEFAULT, end="")
        case "check":
            try:
                load()
            except PreferencesError as error:
                return complain(str(error), Exit.FAILED)
            print(f"{path()}: {'all right' if path().exists() else 'is not there, so the defaults hold'}")
    return Exit.OK
