"""Variance components: where the differences between scores come from."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def variance_shares(frame: pl.DataFrame, description: str) -> dict[str, Any]:
    """Share of the variance that each source of the model carries, largest first.

    Args:
        frame: ``source, sd, share`` in the order to draw.
    """
    order = frame["source"].to_list()
    base = theme.base(frame).encode(
        y=alt.Y("source:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False)),
        x=alt.X(
            "share:Q",
            title="share of the variance",
            axis=alt.Axis(format=".0%", tickCount=5),
            scale=alt.Scale(domain=[0, 1.2 * float(str(frame["share"].max() or 1.0))], nice=False),
        ),
        tooltip=[
            alt.Tooltip("source:N"),
            alt.Tooltip("sd:Q", title="standard deviation", format=".2%"),
            alt.Tooltip("share:Q", format=".1%"),
        ],
    )
    bars = base.mark_bar(color=theme.SERIES[0], height=14)
    labels = base.mark_text(align="left", dx=5, fontSize=11).encode(text=alt.Text("share:Q", format=".0%"))
    return theme.specification(
        alt.layer(bars, labels).properties(height=24 * frame.height), description=description
    )
