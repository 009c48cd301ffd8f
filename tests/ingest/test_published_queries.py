"""The named queries on published results, against numbers read in the sources."""

from pathlib import Path
from typing import Any

import pytest

from warehouse.check import check
from warehouse.connect import open_for_reading
from warehouse.query import query, resolve


def ask(db: Path, name: str, **given: str) -> list[dict[str, Any]]:
    with open_for_reading(db) as con:
        return query(con, *resolve(con, name, given)).to_dicts()


def test_what_ships_passes_every_check(published_db: Path) -> None:
    with open_for_reading(published_db) as con:
        assert check(con) == []


def test_xnli_sets_the_mean_of_the_cells_beside_the_printed_average(published_db: Path) -> None:
    rows = ask(published_db, "xnli_published", encoder="XLM-R Large", regime="direct")
    [paper] = [row for row in rows if "arXiv:1911.02116" in row["source"] and "Conneau" in row["source"]]
    assert (paper["languages"], paper["english"], paper["printed_average"]) == (15, 0.891, 0.809)
    assert round(paper["mean"], 3) == 0.809
    assert (paper["lowest"], paper["lowest_language"]) == (0.738, "ur")


def test_the_exchanged_averages_of_the_xlmr_paper_show(published_db: Path) -> None:
    """Cells average 70.7 and 71.3, printed are 71.3 and 70.7."""
    rows = ask(published_db, "xnli_published", encoder="XLM MLM (100 languages)", regime="direct")
    rows = [row for row in rows if "1911.02116" in row["source"]]
    assert sorted((round(row["mean"], 3), round(row["printed_average"], 3)) for row in rows) == [
        (0.707, 0.713),
        (0.713, 0.707),
    ]


def test_headline_gains_keep_their_editions(published_db: Path) -> None:
    rows = ask(published_db, "stilts_headline_gains")
    printed = {(row["intermediate"], row["edition"]): row["gain"] for row in rows if row["how"] == "printed"}
    assert printed == {
        ("SQuAD", "version 1"): 8.4,
        ("SQuAD", "version 2"): 8.2,
        ("MNLI", "version 2"): 7.5,
        ("HellaSwag", "version 2"): 7.0,
        ("multi-task (9 tasks)", "version 2"): 8.7,
        ("best per target", "version 1"): 6.1,
        ("best per target", "version 2"): 5.4,
    }
    xnli = sorted(row["gain"] for row in rows if row["target"] == "xnli")
    assert xnli == pytest.approx([80.0 - 79.2, 80.4 - 79.2])


def test_seed_spread_is_over_five_seeds(published_db: Path) -> None:
    """English XQuAD F1 of XLM-R Base, five seeds; sd by hand from the five printed values."""
    rows = ask(published_db, "seed_spread_published", task="xquad", encoder="XLM-R Base")
    assert len(rows) == 2 * 11
    assert {row["seeds"] for row in rows} == {5}
    with open_for_reading(published_db) as con:
        values = query(
            con,
            "select value from published where table_name = 'xlmv_experiments_xquad_seeds' "
            "and model = 'XLM-R Base' and language = 'en' and metric = 'f1'",
        )["value"].to_list()
    [english] = [row for row in rows if row["language"] == "en" and row["metric"] == "f1"]
    mean = sum(values) / 5
    assert english["mean"] == pytest.approx(mean / 100)
    assert english["sd"] == pytest.approx((sum((v - mean) ** 2 for v in values) / 4) ** 0.5 / 100)


def test_editions_that_differ_are_named(published_db: Path) -> None:
    """XLM-R Large, MLQA, Hindi F1: 62.9 in ERNIE-M's README, 69.2 in fairseq's."""
    rows = ask(published_db, "editions", task="mlqa", encoder="XLM-R Large")
    [hindi] = [row for row in rows if (row["language"], row["metric"]) == ("hi", "mlqa_f1")]
    assert (hindi["lowest"], hindi["lowest_in"]) == (0.629, "ernie_m_readme")
    assert hindi["highest"] == pytest.approx(0.692)
    assert ask(published_db, "editions", least="0.5") == []


def test_transfer_and_training_mixes_know_the_languages_trained_on(published_db: Path) -> None:
    [german] = ask(published_db, "transfer_published", language="de")
    assert (german["sources"], german["best_source"] != "de") == (65, True)
    assert german["own"] > german["best"] > german["from_english"] - 1e-12
    mixes = ask(published_db, "training_mix_published", task="panx")
    assert {row["mixes_with"] + row["mixes_without"] for row in mixes} == {500}
