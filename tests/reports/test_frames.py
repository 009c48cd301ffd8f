import polars as pl
from polars.testing import assert_frame_equal

from reports.frames import compared, read, text
from reports.question import names, question
from tests.reports.synthetic import NOISELESS, Truth, data, insert, warehouse
from warehouse.connect import open_sandboxed
from warehouse.query import query
from warehouse.rows import SCORE

KEYS = ["task", "language", "perturbation", "severity", "regime", "run_id"]


def test_cells_are_the_perturbed_scores_beside_their_clean_twins():
    truth = Truth(regimes=("direct", "stilts", "noisy stilts"), control=True)
    asked = question("noisy_intermediate")
    with warehouse(truth) as con:
        got = read(asked, con).cells
    want = data(truth).cells
    texts = pl.selectors.by_dtype(pl.Enum)
    assert_frame_equal(
        got.with_columns(texts.cast(pl.String)).sort(KEYS), want.sort(KEYS), check_dtypes=False
    )


def test_coverage_expects_of_every_run_what_any_run_has():
    truth = NOISELESS
    asked = question("english_intermediate")
    with warehouse(truth) as con:
        con.execute("delete from score where run_id = 'direct-none-task_a-1' and language = 'de'")
        coverage = read(asked, con).coverage
    gaps = coverage.filter(pl.col("scores") < pl.col("expected"))
    cells = 1 + len(truth.perturbations) * len(truth.severities)
    assert gaps.select("regime", "task", "language").rows() == [("direct", "task_a", "de")]
    assert gaps.select("expected", "scores").rows() == [(3 * cells, 2 * cells)]


def test_cells_that_no_run_has_a_value_in_are_not_expected():
    row = {
        "run_id": "direct-none-task_a-1",
        "task": "task_a",
        "split": "test",
        "language": "zh",
        "perturbation": "uppercase",
        "severity": 1,
        "noise_seed": 0,
        "metric": "accuracy",
        "error": "not applicable: no case in this script",
    }
    asked = question("english_intermediate")
    with warehouse(NOISELESS) as con:
        before = read(asked, con).coverage
        insert(con, SCORE, [row])
        assert_frame_equal(read(asked, con).coverage, before)


def test_noise_seeds_are_averaged_and_the_test_split_is_chosen():
    asked = question("english_intermediate")
    with warehouse(NOISELESS) as con:
        before = read(asked, con).cells.sort(KEYS)
        con.execute(
            "insert into score select * replace (noise_seed + 1 as noise_seed, value - 0.1 as value) "
            "from score where perturbation <> 'clean'"
        )
        con.execute("insert into score select * replace ('validation' as split, 0.0 as value) from score")
        after = read(asked, con).cells.sort(KEYS)
    assert after.height == before.height
    assert_frame_equal(after.select(pl.col("value") + 0.05), before.select("value"))
    assert_frame_equal(after.select("clean"), before.select("clean"))


def test_every_query_runs_as_shown_in_the_sandbox(tmp_path):
    path = tmp_path / "xtb.duckdb"
    with warehouse(NOISELESS, path):
        pass
    with open_sandboxed(path) as con:
        for name in names():
            for file in ("cells", "coverage", "runs"):
                assert query(con, compared(question(name), file)).columns


def test_a_query_begins_with_its_grain():
    for name in ("cells", "coverage", "runs"):
        assert text(name).startswith("-- One row per ")
