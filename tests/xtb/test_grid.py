"""The cells of a grid."""

import pytest

from ingest import catalog
from warehouse.errors import UnknownName, UsageError
from xtb.grid import Grid, default_split, grid_cells
from xtb.spec import Cell


def test_each_language_comes_clean_and_with_every_noise() -> None:
    grid = Grid(
        languages=("en", "sw"),
        perturbations=("typo_mix",),
        severities=(2, 4),
        noise_seeds=(0, 1),
        split="test",
    )
    cells = grid_cells("xnli", grid)
    assert len(cells) == len(set(cells)) == 2 * (1 + 2 * 2)
    assert cells[0] == Cell(task="xnli", split="test", language="en")
    assert {cell.clean for cell in cells} <= set(cells)


def test_clean_and_severity_0_are_the_clean_twin_and_repeated_values_count_once() -> None:
    grid = Grid(languages=("en",), perturbations=("clean", "typo_mix", "typo_mix"), severities=(0, 1, 1))
    assert [(cell.perturbation, cell.severity) for cell in grid_cells("xnli", grid)] == [
        ("clean", 0),
        ("typo_mix", 1),
    ]


def test_all_languages_of_the_split_by_default() -> None:
    assert len(grid_cells("xnli", Grid())) == 15
    assert default_split(catalog.task("mnli")) == "validation"


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        (Grid(languages=("qx",)), "unknown language 'qx'"),
        (Grid(languages=("fi",)), "unknown language of 'xnli' test 'fi'.*it has ar, bg"),
        (Grid(perturbations=("typo_mx",)), "unknown perturbation 'typo_mx'. Did you mean 'typo_mix'"),
        (Grid(split="tset"), "unknown split of 'xnli' 'tset'. Did you mean 'test'"),
    ],
)
def test_unknown_names_get_the_nearest(grid: Grid, message: str) -> None:
    with pytest.raises(UnknownName, match=message):
        grid_cells("xnli", grid)


def test_a_severity_out_of_range_is_refused() -> None:
    with pytest.raises(UsageError, match="severity 6 is not in 1 to 5"):
        grid_cells("xnli", Grid(severities=(6,)))
