"""Metrics over outcomes: one file for each way of judging an example, and the aggregates of the warehouse."""

import polars as pl


def score(outcomes: pl.DataFrame, metric: str) -> float:
    """A metric's value over outcomes, by the aggregate that ``warehouse.rows.METRICS`` names.

    Raises:
        UnknownName: no such metric.
        ValueError: there is no outcome.
    """
    raise NotImplementedError
