"""What ships of others' results: every number with its source, none doubled, none changed."""

from pathlib import Path

import polars as pl
import pytest

from ingest import catalog
from ingest.published import make_tables, tables
from ingest.published.rows import published_rows
from warehouse.dimensions import DIMENSIONS
from warehouse.published_rows import FROM_OTHERS
from warehouse.rows import METRICS, RUN, SCORE, STAGE

Frames = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def frames() -> Frames:
    return published_rows()


@pytest.fixture(scope="module")
def shared() -> Path:
    folder = Path(__file__).resolve().parents[3] / "shared" / "published"
    if not folder.is_dir():
        pytest.skip("no folder of published numbers beside the checkout")
    return folder


def cell(frames: Frames, table: str, **wanted: str) -> list[float]:
    rows = frames["published"].filter(pl.col("table_name") == table)
    for column, value in wanted.items():
        rows = rows.filter(pl.col(column) == value)
    return rows["value"].to_list()


def test_every_number_of_the_sources_is_carried(shared: Path) -> None:
    """Row for row, but for the 105 that two tables have from one file."""
    printed = tables.printed()
    for path in shared.glob("*.csv*"):
        name = path.name.split(".csv")[0]
        if name == tables.MIXES:
            continue
        theirs = pl.read_csv(path, infer_schema=False)
        ours = printed.filter(pl.col("table_name") == name)
        if name == "xpos_udpos_xlmr_base_english_source":
            theirs = theirs.filter(pl.col("budget") != "10000")
        for column in ("model", "target_task", "language", "split"):
            assert ours[column].to_list() == theirs[column].to_list()
        assert ours["value"].to_list() == theirs["value"].cast(pl.Float64).to_list()


def test_the_tables_are_what_their_script_makes(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = {path.name: path.read_bytes() for path in make_tables.TABLES.iterdir()}
    monkeypatch.setattr(make_tables, "TABLES", tmp_path)
    make_tables.main(shared)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == carried


def test_every_number_names_its_source_and_no_source_is_idle(frames: Frames) -> None:
    published, sources = frames["published"], tables.sources()
    assert published["source"].null_count() == 0
    assert set(sources["table"]) == set(published["table_name"]) == set(tables.table_names())
    assert set(sources["source"]) == set(published["source"])
    assert published.filter(pl.col("url").is_null())["table_name"].unique().to_list() == ["tan_joty_2021"]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("run", RUN),
        ("score", SCORE),
        ("stage", STAGE),
        *((n, t) for n, t in FROM_OTHERS.items() if n in ("published", "training_mix")),
    ],
)
def test_rows_have_the_columns_of_their_table_and_no_key_twice(
    frames: Frames, name: str, table: object
) -> None:
    assert isinstance(table, type(RUN))
    frame = frames[name]
    assert frame.schema == table.schema
    assert frame.select(table.key).is_duplicated().sum() == 0
    assert frame.select(pl.col(table.key).is_null().any()).row(0) == (False,) * len(table.key)


def test_scores_name_what_the_warehouse_knows(frames: Frames) -> None:
    score = frames["score"]
    tasks = {*catalog.task_names(), *frames["task"]["task"]}
    languages = {*catalog.language_codes(), *frames["language"]["code"]}
    assert set(score["task"]) <= tasks
    assert set(frames["run"]["target"]) <= tasks
    assert set(score["language"]) <= languages
    assert set(frames["training_mix"]["language"]) <= languages
    assert set(score["metric"]) <= set(METRICS)
    assert score["value"].is_between(0, 1).all()
    assert set(score["run_id"]) == set(frames["run"]["run_id"])
    assert frames["task"].schema == DIMENSIONS["task"].schema
    assert frames["language"].schema == DIMENSIONS["language"].schema
    assert set(frames["task"]["metric"]) <= set(METRICS)


def test_editions_of_one_number_stay_apart(frames: Frames) -> None:
    """The two printed XNLI averages of X-STILTs, and the protocols of XLM-R Large (80.9 and 79.2)."""
    stilts = {"task": "xnli", "language": "avg", "regime": "stilts"}
    assert cell(frames, "rembert_2010.12821_xtreme_leaderboard", **stilts) == [80.0]
    assert cell(frames, "mt5_readme_xtreme", **stilts) == [80.4]
    large = {"task": "xnli", "encoder": "XLM-R Large", "language": "avg", "regime": "direct"}
    assert cell(frames, "xlmr_1911.02116", **large) == [80.9]
    assert cell(frames, "rembert_2010.12821_xtreme_leaderboard", **large) == [79.2]
    assert sorted(cell(frames, "phang2020_headline_gains", intermediate="squad_v2")) == [8.2, 8.4]
    runs = frames["run"].filter(pl.col("source") == "published:r3f_2008.03156", pl.col("target") == "cola")
    by_system = runs.filter(robust="r3f").sort("data_source")["data_source"].to_list()
    assert by_system == ["best (maximum of 10 seeds, or as published by the method)", "median of 10 runs"]


def test_averages_are_no_scores_of_a_language(frames: Frames) -> None:
    published = frames["published"]
    assert published.filter(pl.col("language").str.starts_with("avg"))["run_id"].null_count() > 300
    assert published.filter(
        pl.col("language").str.starts_with("avg"), pl.col("run_id").is_not_null()
    ).is_empty()


def test_printed_cells_give_their_printed_average(frames: Frames) -> None:
    """XLM-R paper, Table 1: XLM-R Large zero-shot prints 80.9, translate-train-all 83.6."""
    rows = frames["published"].filter(table_name="xlmr_1911.02116", task="xnli", encoder="XLM-R Large")
    means = rows.filter(pl.col("language") != "avg").group_by("regime").agg(pl.mean("value"), pl.len())
    found = {regime: (round(mean, 1), n) for regime, mean, n in means.iter_rows()}
    assert found == {"direct": (80.9, 15), "translate-train-all": (83.6, 15)}


def test_seeds_are_runs_of_their_own(frames: Frames) -> None:
    runs = frames["run"].filter(pl.col("source") == "published:xlmv_experiments_wikiann_seeds")
    assert sorted(runs.select("encoder", "seed").rows()) == [
        (encoder, seed) for encoder in ("XLM-R Base", "XLM-V Base") for seed in range(1, 6)
    ]
    scores = frames["score"].join(runs, on="run_id")
    assert scores.group_by("run_id", "split").len()["len"].unique().to_list() == [48]
    assert frames["run"].filter(pl.col("source").str.contains("seeds").not_())["seed"].null_count() == (
        frames["run"].height - 30
    )


def test_a_training_mix_is_one_run_on_seen_and_unseen_languages(frames: Frames) -> None:
    runs = frames["run"].filter(pl.col("source").str.starts_with("published:sumeval"))
    stages = frames["stage"].join(runs, on="run_id", how="semi")
    assert runs.height == stages.height == 1158  # 500 of UDPOS, 500 of WikiANN, 100 of XNLI, 58 of TyDiQA
    mix = frames["training_mix"].join(runs, on="run_id", how="semi")
    sums = mix.group_by("run_id").agg(pl.sum("train_examples"), pl.len())
    both = stages.join(sums, on="run_id")
    assert (both["train_examples"] == both["train_examples_right"]).all()
    assert (both["languages"].str.count_matches(",") + 1 == both["len"]).all()
    panx = frames["score"].join(runs.filter(target="panx"), on="run_id").group_by("run_id").len()
    assert panx["len"].unique().to_list() == [39 + 17]
    assert runs.filter(regime="direct").join(mix, on="run_id")["language"].unique().to_list() == ["en"]


def test_languages_go_by_one_code(frames: Frames) -> None:
    african = frames["score"].filter(task="masakhaner")["language"].unique().sort().to_list()
    assert african == ["am", "ha", "ig", "lg", "luo", "pcm", "rw", "sw", "wo", "yo"]


@pytest.mark.parametrize(
    ("words", "edition", "note"),
    [
        ("median of 10 runs", "median of 10 runs", ""),
        ("standard deviation over runs 0.33", "", "standard deviation over runs 0.33"),
        (
            "5000 English training examples; standard deviation 0.36",
            "5000 English training examples",
            "standard deviation 0.36",
        ),
        (
            "; average over tasks, retrieval tasks excluded",
            "",
            "average over tasks, retrieval tasks excluded",
        ),
        ("", "", ""),
    ],
)
def test_words_are_told_apart(words: str, edition: str, note: str) -> None:
    assert make_tables.told(words) == (edition, note)
