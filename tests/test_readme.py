"""README names what the program's reading of traces, Insights and cold starts needs, and what its JSON holds."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
ASKING = {"call", "pages", "stream"}
SOURCES = (
    *(f"traces/{name}" for name in ("recent", "summaries", "segments", "otel_spans", "destination", "downstream")),
    *("traces/service_map", "function/deployments", "function/insights", "logs_insights", "logs/log_group"),
    *(f"cold_starts/{name}" for name in ("cold_starts", "by_insights", "by_query", "by_reports", "by_traces")),
)


def actions(source: str) -> Iterator[str]:
    """What a source asks AWS for, as IAM names it: `xray:BatchGetTraces`."""
    for node in ast.walk(ast.parse((ROOT / "lambdatop" / "sources" / f"{source}.py").read_text())):
        match node:
            case ast.Call(
                func=ast.Attribute(attr=asks),
                args=[ast.Constant(value=str(service)), ast.Constant(value=str(operation)), *_],
            ) if asks in ASKING:
                yield f"{service}:{operation}"


def named() -> set[str]:
    """The actions in README; those behind the first of a service leave its name out."""
    found, service = set(), ""
    for word in re.findall(r"`([a-z-]+:)?([A-Z][A-Za-z]+)`", README):
        service = word[0].removesuffix(":") or service
        found.add(f"{service}:{word[1]}")
    return found


@pytest.mark.parametrize("source", SOURCES)
def test_readme_names_the_iam_actions_of_each_source(source: str) -> None:
    assert set(actions(source)) <= named()


def test_the_sources_do_ask_for_something() -> None:
    assert "xray:BatchGetTraces" in {action for source in SOURCES for action in actions(source)}


def test_readme_documents_the_json_of_traces() -> None:
    from tests.cli.test_traces_command import LISTED, WHOLE

    assert all(f"`{member}`" in README for member in LISTED | WHOLE)
