"""No module imports itself through others, nor does a package; imports in functions or only for types count, too."""

from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter

import grimp

ROOT = "lambdatop"


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """Every module with those that it imports."""
    graph = grimp.build_graph(ROOT, cache_dir=None)
    return {module: frozenset(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def circle(arrows: Mapping[str, frozenset[str]]) -> list[str]:
    """One circle of the graph, empty if there is none."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def packages() -> Iterator[str]:
    """The packages: what has modules below it."""
    yield from sorted({module.rpartition(".")[0] for module in imports() if "." in module})


def between_children(package: str) -> Mapping[str, frozenset[str]]:
    """The imports among what lies directly in a package, each with all that lies below it."""

    def child(module: str) -> str | None:
        inside = module.startswith(f"{package}.")
        return module[len(package) + 1 :].partition(".")[0] if inside else None

    arrows: dict[str, set[str]] = {}
    for module, others in imports().items():
        if (here := child(module)) is not None:
            arrows.setdefault(here, set()).update(
                there for other in others if (there := child(other)) is not None and there != here
            )
    return {name: frozenset(targets) for name, targets in arrows.items()}


def test_no_module_imports_itself_through_others() -> None:
    assert circle(imports()) == []


def test_what_lies_in_a_package_imports_one_another_in_one_direction() -> None:
    assert {package: found for package in packages() if (found := circle(between_children(package)))} == {}


def test_a_circle_is_found() -> None:
    assert circle({"a": frozenset({"b"}), "b": frozenset({"a"})}) != []
