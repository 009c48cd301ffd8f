"""What was measured."""

import polars as pl

from reports.answer import MOST_ROWS, Answer
from reports.charts.coverage import coverage_map
from reports.figures import base
from reports.wording import count


def figures(answer: Answer) -> list[base.Figure]:
    """What was measured."""
    return base.made(answer, (_coverage,))


def _coverage(answer: Answer) -> base.Figure | None:
    table = base.found(answer, "coverage")
    if table is None or table.frame.height > MOST_ROWS:
        return None
    return base.figure(
        "coverage",
        "What was measured",
        coverage_caption(table.frame),
        coverage_map(base.plain(table.frame), base.regimes(table.frame), ""),
        table,
    )


def coverage_caption(frame: pl.DataFrame) -> str:
    """How complete the scores are."""
    have, expected = int(frame["scores"].sum()), int(frame["expected"].sum())
    gaps = frame.filter(pl.col("share") < 1).height
    told = f"{have:,} of {expected:,} expected scores are there. "
    return (
        told
        + (
            f"{count(gaps, 'tile')} of {frame.height} {'is' if gaps == 1 else 'are'} incomplete."
            if gaps
            else "No tile is incomplete."
        )
        + " The number in a tile counts runs."
    )
