"""``xtb train``."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from warehouse.errors import KnownError, UnknownName, UsageError
from xtb.cli import train

app = typer.Typer()
app.command()(train.command)
QUICK = ["--data", "mini", "--steps", "3", "--limit", "30", "--dev-limit", "10", "--evaluations", "1"]


def run(encoder: Path, runs: Path, *more: str) -> str:
    arguments = ["--encoder", str(encoder), "--runs", str(runs), *QUICK, *more]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_prints_the_run_and_its_folder_and_does_nothing_twice(tiny_encoder: Path, tmp_path: Path) -> None:
    arguments = ["--regime", "stilts", "--intermediate", "mini_copa", "--target", "mini_nli", "--seed", "2"]
    line = run(tiny_encoder, tmp_path, *arguments)
    run_id = line.split()[0]
    assert (tmp_path / run_id / "run.json").is_file()
    assert "mini_copa: 3 steps, dev accuracy" in line
    result = json.loads(run(tiny_encoder, tmp_path, *arguments, "--json"))
    assert (result["run_id"], result["status"], result["seed"]) == (run_id, "trained", 2)
    assert [stage["role"] for stage in result["stages"]] == ["intermediate", "target"]


def test_hyperparameters_and_noise_reach_the_stages(tiny_encoder: Path, tmp_path: Path) -> None:
    more = ["--lr", "0.001", "--batch-tokens", "512", "--warmup", "0.5", "--robust", "augment"]
    noise = [
        "--robust-stage",
        "target",
        "--noise",
        "char_swap",
        "--noise-severity",
        "3",
        "--noise-rate",
        "0.3",
    ]
    result = json.loads(run(tiny_encoder, tmp_path, "--target", "mini_nli", "--json", *more, *noise))
    stage = result["stages"][0]
    assert (stage["learning_rate"], stage["batch_tokens"]) == (0.001, 512)
    assert (stage["robust"], stage["perturbation"], stage["severity"]) == ("augment", "char_swap", 3)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (["--target", "xnil"], UnknownName, "unknown task 'xnil'. Did you mean 'xnli'"),
        (["--target", "mini_nli", "--regime", "dirct"], UnknownName, "unknown regime 'dirct'. Did you mean"),
        (["--target", "mini_nli", "--regime", "stilts"], UsageError, "takes one intermediate task; 0 given"),
        (
            ["--target", "mini_nli", "--robust", "fgn"],
            UnknownName,
            "unknown robust method 'fgn'. Did you mean",
        ),
        (["--target", "mini_nli", "--device", "gpu"], UsageError, "device 'gpu' is none of auto, cpu, cuda"),
        (
            ["--target", "mini_nli", "--precision", "f"],
            UsageError,
            "precision 'f' is none of auto, fp32, bf16",
        ),
        (["--target", "mini_nli", "--lr", "nan"], UsageError, "learning rate nan is not a number from 0 on"),
        (["--target", "mini_nli", "--epochs", "inf"], UsageError, "epochs inf is not a number above 0"),
    ],
)
def test_bad_input_gets_one_line(
    arguments: list[str], kind: type[KnownError], message: str, tiny_encoder: Path, tmp_path: Path
) -> None:
    with pytest.raises(kind, match=message) as raised:
        run(tiny_encoder, tmp_path, *arguments)
    assert raised.value.exit_code == 2
    assert "\n" not in str(raised.value)


def test_a_missing_encoder_is_told(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="no encoder '/nowhere'") as raised:
        run(Path("/nowhere"), tmp_path, "--target", "mini_nli")
    assert raised.value.exit_code == 1


def test_missing_and_damaged_data_fail_the_run_in_one_line(tiny_encoder: Path, tmp_path: Path) -> None:
    (tmp_path / "data/mnli_taxinli/train").mkdir(parents=True)
    data = ["--data", str(tmp_path / "data"), "--target", "xnli"]
    with pytest.raises(KnownError) as raised:
        run(tiny_encoder, tmp_path / "runs", *data)
    assert "mnli" in str(raised.value)
    assert "\n" not in str(raised.value)
    (record,) = [json.loads(path.read_text()) for path in (tmp_path / "runs").glob("*/run.json")]
    assert (record["status"], record["error"]) == ("failed", str(raised.value))
    (tmp_path / "data/mnli_taxinli/train/en.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(KnownError, match=r"en\.parquet"):
        run(tiny_encoder, tmp_path / "runs", *data)
