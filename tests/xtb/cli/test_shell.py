"""The shell, typed at through a pipe."""

from pathlib import Path

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.support import write_run_folder
from warehouse.connect import open_for_writing
from warehouse.load import load_runs
from warehouse.migrate import migrate
from xtb.cli import shell


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "xtb.duckdb"
    write_run_folder(tmp_path / "runs")
    with open_for_writing(path) as con:
        migrate(con)
        load_runs(con, tmp_path / "runs")
    return path


def test_questions_are_answered_and_mistakes_do_not_end_it(
    db: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = [
        "select count(*) as scores from score;",
        "selekt 1;",
        "copy score to 'x.csv';",
        "leaderbord",
        "run",
        "\\d language",
        "\\q",
        "\\?",
        "exit",
    ]
    with create_pipe_input() as keys:
        keys.send_text("".join(f"{line}\r" for line in typed))
        session: PromptSession[str] = PromptSession(
            input=keys, output=DummyOutput(), multiline=True, key_bindings=shell._keys()
        )
        shell.run_shell(db, session=session)
    shown = capsys.readouterr()
    assert "scores\n------\n     6" in shown.out
    assert "r1" in shown.out
    assert "as the benchmarks write it" in shown.out
    assert "drop_by_language" in shown.out
    assert "Ctrl-D" in shown.out
    errors = shown.err.splitlines()
    assert len(errors) == 3
    assert "COPY" in errors[1]
    assert "Did you mean 'leaderboard'" in errors[2]
    assert not (db.parent / "x.csv").exists()


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("sel", "select"),
        ("from lead", "leaderboard"),
        ("select enc from run", None),
        ("drop_by_l", "drop_by_language"),
    ],
)
def test_names_are_completed(text: str, offered: str | None) -> None:
    names = shell.Names({"leaderboard": ["mean_value"], "run": ["encoder", "regime"]})
    document = Document(text, cursor_position=len("select enc") if offered is None else len(text))
    found = [one.text for one in names.get_completions(document, CompleteEvent())]
    assert (offered or "encoder") in found
