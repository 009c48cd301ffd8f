"""Metrics: how single examples are judged, one way a file, and the aggregates over a cell's outcomes."""

import polars as pl

from warehouse.errors import UnknownName
from warehouse.rows import METRICS, Aggregate

__all__ = ["score"]


def score(outcomes: pl.DataFrame, metric: str) -> float:
    """A metric's value over the outcomes of a cell, in [0, 1].

    Args:
        outcomes: columns of the warehouse table ``outcome``.
        metric: a name of ``warehouse.rows.METRICS``, which says how it follows from the outcomes.

    Raises:
        UnknownName: no such metric.
        ValueError: there are no outcomes, they lack what the metric counts, or no outcomes give it.
    """
    if metric not in METRICS:
        raise UnknownName("metric", metric, METRICS, "xtb names metrics")
    if METRICS[metric] == "none":
        raise ValueError(f"{metric} is stated by its source, outcomes do not give it")
    if outcomes.is_empty():
        raise ValueError(f"no outcomes to compute {metric} from")
    value = outcomes.select(value=_EXPRESSIONS[METRICS[metric]]).item()
    if value is None:
        raise ValueError(f"the outcomes lack what {metric} counts")
    return float(value)


_COUNTED = pl.col("predicted").cast(pl.Int64).sum() + pl.col("gold").cast(pl.Int64).sum()

_EXPRESSIONS: dict[Aggregate, pl.Expr] = {
    "mean_correct": pl.col("correct").mean(),
    "mean_exact": pl.col("exact").mean(),
    "unit_correct": (pl.col("correct") * pl.col("units")).sum() / pl.col("units").sum(),
    "count_f1": pl.when(_COUNTED > 0).then(2 * pl.col("hits").cast(pl.Int64).sum() / _COUNTED).otherwise(0.0),
}
