"""Where an emulated function's code breaks: the stack that log lines and trace segments both show."""

from msgspec import Struct

from lambdatop.emulator.invocation import EmulatedInvocation

_SOURCES = {
    "python": ("/var/task/app.py", "/var/task/{module}/service.py", "handler", "process"),
    "nodejs": ("/var/task/index.mjs", "/var/task/src/{module}.mjs", "Runtime.handler", "process"),
    "java": ("Handler.java", "{module}.java", "shop.Handler.handleRequest", "shop.Service.process"),
    "dotnet": ("/src/Function.cs", "/src/{module}.cs", "Shop.Function.Handler", "Shop.Service.Process"),
    "ruby": ("/var/task/app.rb", "/var/task/lib/{module}.rb", "handler", "process"),
}
_COMPILED = ("main.go", "{module}.go", "handler", "process")


class Frame(Struct, frozen=True):
    """One call, outermost first in a stack."""

    path: str
    line: int
    label: str


def family(runtime: str | None) -> str:
    """`python3.13` is python; images and custom runtimes are `provided`."""
    return next((name for name in _SOURCES if (runtime or "").startswith(name)), "provided")


def stack(invocation: EmulatedInvocation, runtime: str | None) -> tuple[Frame, ...]:
    """The frames of the exception; one exception of a function is always raised in the same place."""
    outer, inner, handler, process = _SOURCES.get(family(runtime), _COMPILED)
    kind = invocation.error[0] if invocation.error else ""
    line = 12 + sum(map(ord, invocation.function_name + kind)) % 160
    module = invocation.function_name.replace("-", "_")
    return Frame(outer, 9 + line % 23, handler), Frame(inner.format(module=module), line, process)
