"""The embedded account of `--demo`: the emulator in a child process that ends with this one, however this one ends."""

import subprocess
import sys
from types import TracebackType

DEMO_REGION = "eu-west-1"
DEMO_CREDENTIALS = ("demo", "demo")
FUNCTIONS = 142
SEED = 7


class DemoAccount:
    """Starts at once and is asked for its URL later, so that both processes come up side by side.

    The child ends when its standard input does, which the kernel closes even if this process is killed.
    """

    def __init__(self, functions: int = FUNCTIONS, seed: int = SEED) -> None:
        command = [sys.executable, "-m", "lambdatop", "emulator", "--port", "0", "--until-stdin-closes"]
        command += ["--functions", str(functions), "--seed", str(seed)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is the app's affair
        )

    def endpoint_url(self) -> str:
        """Wait until the account answers; its URL. Raises OSError if it could not start."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().strip()
        if not line:
            raise OSError("the embedded account did not start")
        return line

    def close(self) -> None:
        """End the account and wait for its process."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> "DemoAccount":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
