import polars as pl
import pytest
from sklearn.metrics import accuracy_score

from warehouse.errors import UnknownName
from warehouse.rows import METRICS, OUTCOME
from xtb.metrics import score


def outcomes(**columns: list[float | int | None]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema={name: OUTCOME.columns[name] for name in columns})


def test_accuracy_is_the_mean() -> None:
    right = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0]
    value = score(outcomes(correct=right), "accuracy")
    assert value == pytest.approx(accuracy_score([1] * 6, right), abs=1e-12)


def test_exact_match_reads_its_own_column() -> None:
    frame = outcomes(correct=[0.5, 1.0], exact=[0.0, 1.0])
    assert (score(frame, "f1"), score(frame, "exact_match")) == (0.75, 0.5)


def test_token_accuracy_weighs_by_words() -> None:
    frame = outcomes(correct=[1.0, 1 / 3], units=[1, 3])
    assert score(frame, "token_accuracy") == pytest.approx(0.5)


def test_seqeval_f1_adds_counts() -> None:
    frame = outcomes(hits=[1, 2], predicted=[2, 2], gold=[1, 4])
    assert score(frame, "seqeval_f1") == pytest.approx(2 * 3 / 9)


def test_seqeval_f1_without_any_entity_is_0() -> None:
    assert score(outcomes(hits=[0], predicted=[0], gold=[0]), "seqeval_f1") == 0.0


def test_counts_beyond_32_bits_do_not_overflow() -> None:
    big = 2**31 - 1
    frame = outcomes(hits=[big] * 3, predicted=[big] * 3, gold=[big] * 3)
    assert score(frame, "seqeval_f1") == 1.0


@pytest.mark.parametrize("metric", [name for name, how in METRICS.items() if how != "none"])
def test_every_metric_of_the_warehouse_can_be_computed(metric: str) -> None:
    one = {"correct": [1.0], "exact": [1.0], "units": [2], "hits": [1], "predicted": [1], "gold": [1]}
    assert score(outcomes(**one), metric) == 1.0


@pytest.mark.parametrize("metric", [name for name, how in METRICS.items() if how == "none"])
def test_a_metric_that_is_only_stated_is_not_computed(metric: str) -> None:
    with pytest.raises(ValueError, match="stated by its source"):
        score(outcomes(correct=[1.0]), metric)


def test_an_unknown_metric_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'accuracy'"):
        score(outcomes(correct=[1.0]), "acuracy")


@pytest.mark.parametrize("frame", [outcomes(correct=[]), outcomes(correct=[None])])
def test_nothing_to_score_is_an_error_and_no_number(frame: pl.DataFrame) -> None:
    with pytest.raises(ValueError, match="outcomes"):
        score(frame, "accuracy")
