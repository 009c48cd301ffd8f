"""``xtb attack``."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from warehouse.errors import KnownError
from xtb.cli import attack

app = typer.Typer()
app.command()(attack.command)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def row(**values: Any) -> dict[str, Any]:
    counts = {"n": 10, "clean_right": 8, "verified": 4, "error": None, "median_queries": 20.0}
    rates = {"attack_success_rate": 0.5, "robust_accuracy": 0.4}
    return {"language": "de", "attack": "hotflip", **counts, **rates, **values}


def test_a_line_says_what_a_rate_is_of_and_what_is_not_known() -> None:
    assert attack._line(row()) == (
        "  de    hotflip: success 50.0% (4 of 8 right clean), robust accuracy 40.0% of 10, median 20 queries"
    )
    none = row(clean_right=0, verified=0, attack_success_rate=None, robust_accuracy=0.0, median_queries=None)
    assert attack._line(none) == (
        "  de    hotflip: success - (0 of 0 right clean), robust accuracy 0.0% of 10"
    )
    assert attack._line(row(error="not applicable: no lexicon")) == (
        "  de    hotflip: not applicable: no lexicon"
    )


@pytest.mark.slow
def test_texts_are_made_once_saved_and_replayed(trained: Path, tmp_path: Path) -> None:
    texts = str(tmp_path / "texts.parquet")
    asked = ["--attack", "worst_of_k", "--language", "en", "--limit", "8", "--save", texts]
    assert "1 attacks: 1 done now, 0 were there" in run(str(trained), *asked)
    again = json.loads(run(trained.name[:6], *asked, "--runs", str(trained.parent), "--json"))
    assert (again["attacks"], again["done_before"], again["done_now"]) == (1, 1, 0)
    (result,) = again["results"]
    assert result["n"] == 8
    assert "1 were there" in run(str(trained), "--replay", texts)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "name at least one attack"),
        (["--attack", "greedy_chr"], 2, "unknown attack 'greedy_chr'. Did you mean 'greedy_char'"),
        (["--attack", "worst_of_k", "--set", "k=0"], 2, "k=0 is not a whole number from 1"),
        (["--attack", "worst_of_k", "--set", "goal=top20"], 2, "no goal 'top20'"),
        (["--attack", "mlm_substitute"], 2, "give one with --mlm"),
        (
            ["--attack", "worst_of_k", "--save", "/nowhere/at/all.parquet"],
            2,
            "there is no folder /nowhere/at",
        ),
        (["--replay", "nothing"], 1, "no run 'nothing'"),
    ],
)
def test_bad_input_is_told_in_one_line(trained: Path, arguments: list[str], code: int, message: str) -> None:
    with pytest.raises(KnownError, match=message) as problem:
        run(str(trained), *arguments)
    assert problem.value.exit_code == code
    assert "\n" not in str(problem.value)
