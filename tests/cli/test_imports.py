"""What each command may import: --help answers at once, and the first frame does not wait for AWS's SDK."""

import sys

import pytest

from tests.cli.programs import lambdatop, python

HEAVY = {"asyncio", "aiobotocore", "aiohttp", "boto3", "botocore", "json", "plotext", "rich", "ssl", "textual"}


EVERY_MODULE = """
import importlib, pkgutil
for place in {places}:
    package = importlib.import_module(place)
    for each in pkgutil.walk_packages(getattr(package, "__path__", ()), place + "."):
        importlib.import_module(each.name)
"""


def imported(code: str) -> set[str]:
    ran = python(f"import sys\n{code}\nprint('\\n'.join(name for name in sys.modules if '.' not in name))")
    assert ran.code == 0, ran.err
    return set(ran.out.split())


@pytest.mark.parametrize(
    "word", ["--help", "--version", "emulator --help", "set --help", "undo --help", "journal --help", "invoke --help"]
)
def test_help_and_version_import_nothing_heavy(word: str) -> None:
    code = f"""
from lambdatop.__main__ import main
try:
    main({word.split()!r})
except SystemExit as ended:
    assert ended.code == 0
"""
    assert imported(code) & HEAVY == set()


def test_the_screens_are_there_before_the_sdk_and_the_charts() -> None:
    modules = imported("import lambdatop.ui.app, lambdatop.cli.monitor")

    assert "textual" in modules
    assert modules & {"aiobotocore", "aiohttp", "boto3", "botocore", "plotext", "numpy", "statistics"} == set()


def test_the_screens_are_there_before_what_the_panes_will_need() -> None:
    ran = python("import sys, lambdatop.ui.app, lambdatop.cli.monitor\nprint(*sys.modules)")
    models = {
        f"lambdatop.model.{name}"
        for name in (
            "changes.plan",
            "insights.insights",
            "invocations.cold_starts",
            "traces.critical_path",
            "traces.downstream",
            "traces.segments",
        )
    }
    widgets = {f"lambdatop.ui.widgets.{name}" for name in ("charts", "loglines", "timeline", "waterfall")}

    assert (models | widgets) & set(ran.out.split()) == set()


@pytest.mark.parametrize(
    "place",
    [
        "lambdatop.cli.change",
        "lambdatop.cli.fleet_table",
        "lambdatop.cli.logs",
        "lambdatop.cli.once",
        "lambdatop.cli.traces",
        "lambdatop.updates_codec",
        "lambdatop.words",
        "lambdatop.workflow",
    ],
)
def test_commands_and_words_do_not_import_the_screens(place: str) -> None:
    modules = imported(EVERY_MODULE.format(places=[place]))

    assert "lambdatop" in modules
    assert modules & {"textual", "rich", "plotext"} == set()


def test_model_needs_only_the_standard_library_and_msgspec() -> None:
    modules = imported(EVERY_MODULE.format(places=["lambdatop.model", "lambdatop.updates"]))

    at_start = imported("")  # what the interpreter itself and an editable installation bring
    assert modules - at_start - sys.stdlib_module_names - {"lambdatop", "msgspec", "typing_extensions"} == set()


def test_the_version_is_one_line() -> None:
    ran = lambdatop("--version")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("lambdatop ")
    assert ran.out.count("\n") == 1
