"""Quantile plot: standardised residuals against those of a normal distribution."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def quantile_plot(frame: pl.DataFrame, description: str) -> dict[str, Any]:
    """A mark per residual beside the line on which a normal distribution lies.

    Args:
        frame: ``normal, standardised, language, run_id, fitted``.
    """
    x_title, y_title = "quantile of a normal distribution", "standardised residual"
    points = (
        theme.base(frame)
        .mark_point(filled=True, size=40, opacity=0.8, color=theme.SERIES[0])
        .encode(
            x=alt.X("normal:Q", title=x_title, axis=alt.Axis(tickCount=6)),
            y=alt.Y("standardised:Q", title=y_title, axis=alt.Axis(tickCount=6)),
            tooltip=[
                alt.Tooltip("language:N"),
                alt.Tooltip("run_id:N", title="run"),
                alt.Tooltip("standardised:Q", title="residual", format="+.2f"),
                alt.Tooltip("fitted:Q", title="fitted", format="+.1%"),
            ],
        )
    )
    reach = frame["normal"].max()
    ends = pl.DataFrame({"normal": [frame["normal"].min(), reach]}).with_columns(
        standardised=pl.col("normal")
    )
    line = (
        theme.base(ends)
        .mark_line(strokeDash=[5, 4], color=theme.INK, strokeWidth=1.5)
        .encode(x=alt.X("normal:Q", title=x_title), y=alt.Y("standardised:Q", title=y_title))
    )
    return theme.specification(alt.layer(line, points).properties(height=260), description=description)
