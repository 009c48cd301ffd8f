"""Figures of the question about published scores: shares of variance, one figure a design."""

import polars as pl

from reports.answer import Answer
from reports.charts.variance import variance_shares
from reports.figures import base
from reports.wording import NBSP, listing, points


def figures(answer: Answer) -> list[base.Figure]:
    """A figure for each design that the answer has the frame of."""
    return [
        base.figure(name, table.title, shares_caption(table.frame), variance_shares(table.frame, ""), table)
        for name, table in answer.tables.items()
        if name.startswith("variance_")
    ]


def shares_caption(frame: pl.DataFrame) -> str:
    """The sources with their shares, and whether the first is sure to be the largest."""
    told = [f"{row['source']} {points(row['share'])}{NBSP}%" for row in frame.to_dicts()]
    first, *others = frame.to_dicts()
    sure = all(first["conf_low"] > other["conf_high"] for other in others)
    apart = (
        "the interval of the largest lies above all others"
        if sure
        else "the interval of the largest overlaps another"
    )
    return f"{listing(told)}; {apart}. Lines are 95{NBSP}% intervals by simulation."
