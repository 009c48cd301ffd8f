"""Small runs on the built-in benchmark, for tests of training, checkpoints, runs and studies."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.source import Source, open_source
from xtb.encoderfacts import look_at
from xtb.place import Place
from xtb.recipe import Recipe, Settings
from xtb.regimes import run_spec
from xtb.spec import RunSpec

SMALL = Settings(
    limit=40,
    steps=6,
    batch_tokens=256,
    max_length=64,
    learning_rate=1e-3,
    warmup=0.0,
    evaluations=2,
    dev_limit=20,
)


@lru_cache(maxsize=1)
def mini() -> Source:
    return open_source("mini")


def small_spec(
    encoder: Path,
    target: str = "mini_nli",
    intermediate: tuple[str, ...] = (),
    *,
    regime: str = "direct",
    seed: int = 1,
    settings: Settings = SMALL,
    **more: Any,
) -> RunSpec:
    return run_spec(
        regime,
        target,
        intermediate,
        encoder=look_at(str(encoder)),
        data_source=mini().name,
        seed=seed,
        recipe=Recipe(everywhere=settings),
        **more,
    )


def place_in(runs: Path, **more: Any) -> Place:
    return Place(runs=runs, source=mini(), device="cpu", **more)


def weights(runs: Path, stage_id: str) -> dict[str, bytes]:
    """The weight files of a finished stage."""
    folder = runs / "checkpoints" / stage_id
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.safetensors"))
    }


def flip_a_bit(path: Path) -> None:
    """Damage a file in its middle, as a bad disk would."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
