"""Two runs of a warehouse, compared on examples whose results are written down."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reports.errors import Refused
from reports.run_pair import compare
from tests.support import write_run_folder
from warehouse.connect import Connection, open_for_writing
from warehouse.errors import UnknownName, UsageError
from warehouse.load import load_runs

# right (1) or wrong (0) of eight examples on clean text; noise spoils one more of run b
A = {"en": "11111100", "de": "11110000"}
B = {"en": "11000000", "de": "00000111"}


def results(table: dict[str, str]) -> Any:
    def correct(language: str, perturbation: str, severity: int, number: int) -> float:
        return float(table[language][number] == "1" and number >= severity * (table is B))

    return correct


@pytest.fixture
def con(template: Path, tmp_path: Path) -> Iterator[Connection]:
    for run_id, table, regime in (("aa1", A, "direct"), ("bb1", B, "stilts")):
        write_run_folder(
            tmp_path, run_id, examples=8, correct=results(table), regime=regime, intermediate="none"
        )
    with open_for_writing(Path(shutil.copy(template, tmp_path / "xtb.duckdb"))) as con:
        load_runs(con, tmp_path)
        yield con


def more(con: Connection, tmp_path: Path, run_id: str, **what: Any) -> None:
    write_run_folder(tmp_path / "more", run_id, **what)
    load_runs(con, tmp_path / "more")


def test_languages_are_compared_on_clean_text_and_averaged(con: Connection) -> None:
    """German: a alone right on 0-3, b alone on 5-7; English: a alone on 2-5, b never.

    McNemar: German 4 against 3, 2 P(X <= 3 of 7) = 1; English 4 against 0, 2 / 16 = .125; Holm 2 * .125 = .25
    Mean: items' differences over languages (1 1 2 2 1 0 -1 -1) / 2, mean .3125
    """
    german, english, mean = compare(con, "aa", "bb").table.to_dicts()
    assert (german["language"], german["examples"], german["cells"]) == ("de", 8, 1)
    assert (german["a"], german["b"], german["difference"]) == (4 / 8, 3 / 8, 1 / 8)
    assert (german["a_better"], german["b_better"], german["test"]) == (4, 3, "McNemar")
    assert (german["p"], german["p_holm"]) == (1.0, 1.0)
    assert (english["a_better"], english["b_better"]) == (4, 0)
    assert (english["p"], english["p_holm"]) == (pytest.approx(0.125), pytest.approx(0.25))
    item = [0.5, 0.5, 1.0, 1.0, 0.5, 0.0, -0.5, -0.5]
    variance = sum((d - 0.3125) ** 2 for d in item) / 7
    assert (mean["language"], mean["test"], mean["p_holm"]) == (None, "t", None)
    assert mean["difference"] == pytest.approx(0.3125)
    assert mean["std_error"] == pytest.approx((variance / 8) ** 0.5)
    # t with 7 degrees of freedom: 2.3646
    assert mean["high"] - mean["difference"] == pytest.approx(2.364624 * (variance / 8) ** 0.5, rel=1e-6)


def test_by_severity_has_a_family_for_each_level(con: Connection) -> None:
    table = compare(con, "aa1", "bb1", by="severity", language="de").table
    assert table.select("perturbation", "severity", "b").rows() == [
        ("clean", 0, 3 / 8),
        ("typo_mix", 1, 3 / 8),
        ("typo_mix", 3, 3 / 8),
    ]
    english = compare(con, "aa1", "bb1", by="severity", language="en", perturbation="typo_mix").table
    assert english["b"].to_list() == [1 / 8, 0.0]


def test_levels_of_one_perturbation_are_one_row_and_an_example_is_one_unit(con: Connection) -> None:
    """English under typo_mix: 6/8 against the mean of 1/8 and 0; item 1 differs by 1/2, 0 and 2-5 by 1."""
    [row] = compare(
        con, "aa1", "bb1", by="perturbation", language="en", perturbation="typo_mix"
    ).table.to_dicts()
    assert (row["examples"], row["cells"], row["test"]) == (8, 2, "t")
    item = [1.0, 0.5, 1, 1, 1, 1, 0, 0]
    assert row["difference"] == pytest.approx(sum(item) / 8)
    variance = sum((d - sum(item) / 8) ** 2 for d in item) / 7
    assert row["std_error"] == pytest.approx((variance / 8) ** 0.5)


def test_all_leaves_out_clean_and_controls(con: Connection, tmp_path: Path) -> None:
    for run_id in ("c1", "d1"):
        more(con, tmp_path, run_id, perturbations={"typo_mix": [1], "unicode_nfd": [1], "word_swap": [1]})
    row = compare(con, "c1", "d1", language="de", perturbation="all").table.to_dicts()[0]
    assert row["cells"] == 2
    assert (row["difference"], row["p"]) == (0.0, None)


def test_the_bootstrap_replaces_the_interval(con: Connection) -> None:
    plain = compare(con, "aa1", "bb1").table
    drawn = compare(con, "aa1", "bb1", draws=500).table
    assert drawn["difference"].to_list() == plain["difference"].to_list()
    assert drawn["low"].to_list() != plain["low"].to_list()
    assert compare(con, "aa1", "bb1", draws=500).table.equals(drawn)


def test_cells_of_one_run_only_are_left_out_and_counted(con: Connection, tmp_path: Path) -> None:
    more(con, tmp_path, "part", examples=8, languages=["de"])
    pair = compare(con, "aa1", "part")
    assert pair.table["language"].to_list() == ["de"]
    assert pair.notes[0] == "1 cells are left out that only aa1 has."


def test_what_cannot_be_paired_is_refused(con: Connection, tmp_path: Path) -> None:
    more(con, tmp_path, "small", examples=6)
    with pytest.raises(
        Refused, match="xnli test de clean 0 0: aa1 has 8 examples, small has 6, 6 are the same"
    ):
        compare(con, "aa1", "small")
    more(con, tmp_path, "hub", examples=8, data_source="hub")
    with pytest.raises(Refused, match="aa1 has data_source mini and hub hub"):
        compare(con, "aa1", "hub")
    more(con, tmp_path, "swahili", examples=8, languages=["sw"])
    with pytest.raises(Refused, match="no cell of perturbation clean in common"):
        compare(con, "aa1", "swahili")


def test_runs_are_named_by_unique_beginnings(con: Connection, tmp_path: Path) -> None:
    more(con, tmp_path, "aa2")
    with pytest.raises(UsageError, match="'aa' begins the ids of 2 runs"):
        compare(con, "aa", "bb")
    with pytest.raises(UsageError, match="the same run"):
        compare(con, "bb", "bb1")
    with pytest.raises(UnknownName, match="unknown run 'zz'"):
        compare(con, "aa1", "zz")
    more(con, tmp_path, "aa")
    assert compare(con, "aa", "aa2").a["run_id"] == "aa"


def test_results_between_0_and_1_are_tested_by_t(con: Connection, tmp_path: Path) -> None:
    more(con, tmp_path, "half", examples=8, languages=["de"], correct=lambda *cell: 0.5)
    [row] = compare(con, "aa1", "half").table.to_dicts()
    assert row["test"] == "t"
    assert row["difference"] == 0.0
    assert row["p"] == pytest.approx(1.0)
