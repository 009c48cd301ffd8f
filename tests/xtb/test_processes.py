"""Several processes train as one does."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import load_file

from tests.xtb.workshop import SMALL, place_in, small_spec
from xtb.fit import train_run
from xtb.run import read_table
from xtb.spec import RunSpec

CODE = """
import sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from ingest.source import open_source
from xtb.fit import train_run
from xtb.place import Place
from xtb.processes import join
from xtb.spec import RunSpec
together = join("cpu")
assert together.count == 2
source = open_source("mini")
place = Place(runs=Path(sys.argv[3]), source=source, device="cpu", processes=together, save_steps=2)
train_run(RunSpec.from_json(sys.argv[1]), sys.argv[2], place)
together.end()
"""


def train_together(spec: RunSpec, encoder: Path, runs: Path, **more: str) -> None:
    """Train a run in two processes, as torchrun would start them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CODE, spec.to_json(), str(encoder), str(runs)],
            cwd=Path(__file__).parents[2],
            env=os.environ | shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)} | more,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    errors = [process.communicate(timeout=300)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(errors)


def compare(spec: RunSpec, encoder: Path, tmp_path: Path, **more: str) -> None:
    train_together(spec, encoder, tmp_path / "two", **more)
    train_run(spec, str(encoder), place_in(tmp_path / "one"))
    logs, stages = [], []
    for name in ("one", "two"):
        folder = tmp_path / name / spec.run_id
        logs.append(read_table(folder, "training_log").sort("position", "step"))
        stages.append(read_table(folder, "stage").drop("seconds").to_dicts())
        assert json.loads((folder / "run.json").read_text())["status"] == "trained"
    assert logs[0]["loss"].to_list() == pytest.approx(logs[1]["loss"].to_list(), rel=1e-4)
    for one, two in zip(*stages, strict=True):
        assert one == {**two, "train_loss": one["train_loss"]}
    place = Path("checkpoints", spec.stage_ids[-1], "encoder", "model.safetensors")
    last = [load_file(tmp_path / name / place) for name in ("one", "two")]
    assert last[0].keys() == last[1].keys()
    assert all((last[0][name] - last[1][name]).abs().max() < 2e-4 for name in last[0])


def spec_of(encoder: Path) -> RunSpec:
    settings = replace(SMALL, accumulation=2, learning_rate=1e-4)
    mixture = ("mini_copa", "mini_pos")
    return small_spec(encoder, "mini_nli", mixture, regime="multitask", settings=settings)


@pytest.mark.slow
def test_two_processes_take_the_steps_of_one_with_accumulation(tiny_encoder: Path, tmp_path: Path) -> None:
    compare(spec_of(tiny_encoder), tiny_encoder, tmp_path)


@pytest.mark.slow
def test_sharded_layers_take_the_same_steps(tiny_encoder: Path, tmp_path: Path) -> None:
    compare(spec_of(tiny_encoder), tiny_encoder, tmp_path, ACCELERATE_USE_FSDP="true")


@pytest.mark.slow
@pytest.mark.parametrize(
    "launcher",
    [
        ("torchrun", "--standalone", "--nproc_per_node", "2", "--no-python"),
        ("accelerate", "launch", "--cpu", "--num_processes", "2", "--no_python"),
        ("accelerate", "launch", "--use_fsdp", "--num_processes", "2", "--no_python"),
    ],
    ids=["torchrun", "accelerate", "fsdp"],
)
def test_launchers_train_one_run(launcher: tuple[str, ...], tiny_encoder: Path, tmp_path: Path) -> None:
    """As people start them: ``LAUNCHER xtb train ...`` writes and tells one run, the one of one process."""
    program = tmp_path / "xtb"
    program.write_text(f"#!{sys.executable}\nfrom xtb.cli.main import run\nrun()\n")
    program.chmod(0o755)
    task = "--regime direct --target mini_nli --data mini --seed 1 --steps 4 --limit 40 --batch-tokens 256"
    more = "--accumulation 2 --evaluations 1 --dev-limit 10 --json"
    train = [str(program), "train", *task.split(), *more.split(), "--encoder", str(tiny_encoder), "--runs"]
    launch = [str(Path(sys.executable).parent / launcher[0]), *launcher[1:]]
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}
    env["CUDA_VISIBLE_DEVICES"] = ""  # no --device: what is there is found out
    told, losses = [], []
    for begin, name in (([], "one"), (launch, "two")):
        command = [*begin, *train, str(tmp_path / name)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout))  # one document: one process tells
        (folder,) = [path.parent for path in (tmp_path / name).glob("*/run.json")]
        losses.append(read_table(folder, "training_log").sort("step")["loss"].to_list())
    assert told[0]["run_id"] == told[1]["run_id"]
    assert {one["status"] for one in told} == {"trained"}
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
