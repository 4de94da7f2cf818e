"""The rules of the house that a program can check; who may import whom is import-linter's part."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "lambdatop").rglob("*.py"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if "bench" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def handlers(path: Path) -> Iterator[ast.ExceptHandler]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ExceptHandler))


@pytest.mark.parametrize("path", [path for path in PACKAGE if path.read_text().strip()], ids=name_of)
def test_every_module_says_why_it_exists(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_nothing_catches_whatever_happens() -> None:
    broad = {"Exception", "BaseException"}

    caught = [
        f"{name_of(path)}:{handler.lineno}"
        for path in PACKAGE
        for handler in handlers(path)
        if handler.type is None or broad & {each.id for each in ast.walk(handler.type) if isinstance(each, ast.Name)}
    ]

    assert caught == []


TELLING_TIME = ("datetime.now", "datetime.utcnow", "time.time", "time.monotonic", "asyncio.sleep")


def test_only_the_clock_and_the_emulator_tell_the_time() -> None:
    asked = [
        f"{name_of(path)}:{node.lineno}"
        for path in PACKAGE
        if "emulator" not in path.parts and path.name != "clock.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in ("datetime.now", "datetime.utcnow", "time.time", "time.monotonic", "asyncio.sleep")
        and ast.unparse(node) != "asyncio.sleep(0)"  # waits for no time: it lets the others have their turn
    ]

    assert asked == []


def test_no_test_sleeps() -> None:
    sleeping = [
        f"{name_of(path)}:{node.lineno}"
        for path in TESTS
        if path.name != "followed.py"  # holds a clock that runs faster than the world's
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("time.sleep", "asyncio.sleep")
        and ast.unparse(node.args[0]) != "0"
    ]

    assert sleeping == []


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")

    assert [name_of(path) for path in (*PACKAGE, *TESTS) if any(mark in path.read_text() for mark in marks)] == []


def test_every_class_name_means_one_thing() -> None:
    named = Counter(
        node.name for path in PACKAGE for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)
    )

    assert {name for name, times in named.items() if times > 1} == set()
