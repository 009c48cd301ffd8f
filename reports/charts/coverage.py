"""Coverage map: which cells were measured, by task and language, one panel per regime."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def coverage_map(frame: pl.DataFrame, panels: list[str], description: str) -> dict[str, Any]:
    """Share of the planned scores that are there, with the number of runs in each tile.

    Args:
        frame: ``regime, task, language, runs, scores, expected, share``.
    """
    base = alt.Chart().encode(
        x=alt.X("language:N", title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("task:N", title=None),
    )
    tile = base.mark_rect(stroke=theme.SURFACE, strokeWidth=1).encode(
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(domain=[0, 1], range=["#fddbc7", "#d1e5f0", "#4393c3"], clamp=True),
            legend=alt.Legend(title="scores present", orient="top", format=".0%"),
        ),
        tooltip=[
            alt.Tooltip("regime:N"),
            alt.Tooltip("task:N"),
            alt.Tooltip("language:N"),
            alt.Tooltip("runs:Q"),
            alt.Tooltip("scores:Q"),
            alt.Tooltip("expected:Q"),
            alt.Tooltip("share:Q", format=".0%"),
        ],
    )
    number = base.mark_text(fontSize=11, color="#1a1a1a").encode(text="runs:Q")
    chart = (
        alt.layer(tile, number)
        .properties(width=300, height=alt.Step(24))
        .facet(facet=alt.Facet("regime:N", sort=panels, title=None), columns=2, data=theme.base(frame).data)
    )
    return theme.specification(chart, description=description, panels=min(2, len(panels)), labels=110)
