"""config.toml: what it may say, and that a mistake is told with file and line."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdatop.__main__ import main
from lambdatop.cli.preferences import DEFAULT, Preferences, PreferencesError, decode, load, preferred
from lambdatop.config import Config


def test_the_default_file_says_what_holds_without_one(tmp_path: Path) -> None:
    assert decode(DEFAULT) == load(tmp_path / "none.toml") == Preferences()


def test_settings_are_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("""
read_only = true
protected = ["^stage=prod$", "1234"]
[objectives_ms]
"^checkout-" = 800
api = 1500.5
""")

    assert load(file) == Preferences(
        read_only=True,
        protected=("^stage=prod$", "1234"),
        objectives_ms=(("^checkout-", 800.0), ("api", 1500.5)),
    )


def test_of_the_objectives_the_first_that_is_found_in_the_name_counts() -> None:
    config = Config(objectives_ms=(("^checkout-", 800.0), ("api", 1500.0)))

    assert [config.objective_ms(name) for name in ("checkout-api", "cart-api", "worker")] == [800.0, 1500.0, None]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("read_only = maybe", ":1: "),
        ("\nread_only = 1", ":2: read_only is true or false, not 1"),
        ("\n\nprotected = 'prod'", ":3: protected is a list of regular expressions"),
        ("protected = ['(']", ":1: '(' is no regular expression"),
        ("# x\ncolour = 'red'", ":2: there is no setting 'colour'"),
        ("\nobjectives_ms = 800", ":2: objectives_ms is a table"),
        ("[objectives_ms]\n'a(' = 800", ":2: 'a(' is no regular expression"),
        ("[objectives_ms]\n'^a' = 5\n'^b-' = 0", ":3: an objective is a number of milliseconds, not 0"),
        ("[objectives_ms]\na = true", ":2: an objective is a number of milliseconds, not True"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)

    with pytest.raises(PreferencesError) as refused:
        load(file)

    assert str(refused.value).startswith(f"{file}{told}")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(PreferencesError, match=r"cannot be read"):
        load(file)


@given(st.text())
def test_any_text_is_settings_or_a_mistake(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(decode(text), Preferences)


def test_the_command_tells_path_default_and_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    file = tmp_path / "lambdatop" / "config.toml"

    assert [main(["config", what]) for what in ("path", "default", "check")] == [0, 0, 0]
    out = capsys.readouterr().out
    assert out.startswith(f"{file}\n{DEFAULT}{file}: is not there")

    file.parent.mkdir()
    file.write_text("read_only = 3\n")
    assert main(["config", "check"]) == 1
    assert capsys.readouterr().err == f"lambdatop: {file}:1: read_only is true or false, not 3\n"


def test_the_monitor_does_not_start_on_a_broken_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "lambdatop").mkdir()
    (tmp_path / "lambdatop" / "config.toml").write_text("protected = 3\n")

    with pytest.raises(PreferencesError, match=":1: protected"):
        preferred(Config())
    assert preferred(Config(demo=True)) == Config(demo=True)
