"""A study: many runs and their cells. ``xtb.studyfile`` reads one from TOML, ``xtb.plan`` orders its work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xtb.encoderfacts import EncoderFacts
from xtb.grid import Grid, grid_cells
from xtb.nullmodel import null_spec
from xtb.recipe import NO_ROBUSTNESS, Masking, Recipe, Robustness
from xtb.regimes import run_spec
from xtb.spec import Cell, RunSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One regime of a study, with its intermediate tasks, its targets and its robustness."""

    regime: str
    intermediate: tuple[str, ...] = ()
    language: str | None = None
    robust: Robustness = NO_ROBUSTNESS
    masking: Masking | None = None
    translator: str | None = None
    targets: tuple[str, ...]

    def options(self) -> dict[str, Any]:
        """What ``xtb.regimes.stages`` takes by name."""
        return {
            "language": self.language,
            "robust": self.robust,
            "masking": self.masking,
            "translator": self.translator,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What a study file says.

    Attributes:
        encoders: folders or hub ids.
        data: ``mini``, a mirror folder, or None for the hub.
        grids: by target.
        information: measure the V-usable information of every intermediate stage (``xtb.information``).
    """

    name: str
    encoders: tuple[str, ...]
    data: str | None
    seeds: tuple[int, ...]
    ways: tuple[Way, ...]
    recipe: Recipe
    grids: Mapping[str, Grid] = field(default_factory=dict)
    information: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """A run of a study.

    Attributes:
        encoder: where its encoder lies.
        cells: what to measure.
        limit: examples of a cell, None for all.
        information: measure the information of its intermediate stages too. Of runs that share one, one does.
    """

    spec: RunSpec
    encoder: str
    cells: tuple[Cell, ...]
    limit: int | None
    information: bool = False

    @property
    def trainings(self) -> list[tuple["PlannedRun", int]]:
        """What has to be trained for it, in order: (run, position) of its stages and of their null models."""
        stages = [(self, position) for position in range(len(self.spec.stages))]
        return stages + [(null, len(null.spec.stages) - 1) for null in self.null_models]

    @property
    def null_models(self) -> list["PlannedRun"]:
        """The trainings without inputs that its information is measured against."""
        positions = self.spec.intermediate_positions if self.information else ()
        nulls = [null_spec(self.spec, position) for position in positions]
        return [replace(self, spec=null, cells=(), information=False) for null in nulls]


def planned_runs(study: Study, encoders: Sequence[EncoderFacts], data_source: str) -> list[PlannedRun]:
    """Every run of a study with its cells, each once; seeds innermost.

    Args:
        study: a checked study.
        encoders: of the study.
        data_source: name of the source.
    """
    planned: dict[str, PlannedRun] = {}
    told: set[str] = set()  # intermediate stages whose information some run measures
    cells = {target: tuple(grid_cells(target, grid)) for target, grid in study.grids.items()}
    for encoder in encoders:
        for way in study.ways:
            for target in way.targets:
                for seed in study.seeds:
                    spec = run_spec(
                        way.regime,
                        target,
                        way.intermediate,
                        encoder=encoder,
                        data_source=data_source,
                        seed=seed,
                        recipe=study.recipe,
                        **way.options(),
                    )
                    first = {spec.stage_id(position) for position in spec.intermediate_positions}
                    one = PlannedRun(
                        spec=spec,
                        encoder=encoder.location,
                        cells=cells[target],
                        limit=study.grids[target].limit,
                        information=study.information and not first <= told,
                    )
                    told |= first
                    planned.setdefault(spec.run_id, one)
    return list(planned.values())
