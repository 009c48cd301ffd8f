"""Interaction plot: marginal means of the regimes, clean and under each perturbation."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def interaction(frame: pl.DataFrame, regimes: list[str], description: str) -> dict[str, Any]:
    """A line per regime over the perturbations; lines that run apart are an interaction.

    Args:
        frame: ``regime, perturbation, estimate, conf_low, conf_high``; perturbations in the order to draw.
    """
    order = frame["perturbation"].unique(maintain_order=True).to_list()
    x = alt.X(
        "perturbation:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelAngle=-30, labelLimit=140, labelOverlap=False),
    )
    y = alt.Y(
        "estimate:Q",
        title="estimated mean score",
        axis=alt.Axis(format=".0%", tickCount=6),
        scale=alt.Scale(zero=False),
    )
    base = theme.base(frame).encode(
        x=x,
        color=theme.colours(regimes),
        xOffset=alt.XOffset("regime:N", sort=regimes, scale=alt.Scale(paddingOuter=1)),
    )
    tooltip = [
        alt.Tooltip("regime:N"),
        alt.Tooltip("perturbation:N"),
        alt.Tooltip("estimate:Q", title="mean", format=".1%"),
        alt.Tooltip("conf_low:Q", title="low", format=".1%"),
        alt.Tooltip("conf_high:Q", title="high", format=".1%"),
    ]
    line = base.mark_line(strokeWidth=1.5, opacity=0.7).encode(y=y)
    interval = base.mark_rule(strokeWidth=2).encode(
        y=alt.Y("conf_low:Q", title="estimated mean score"), y2="conf_high:Q"
    )
    point = base.mark_point(filled=True, size=70, opacity=1).encode(
        y=y, shape=theme.shapes(regimes), tooltip=tooltip
    )
    return theme.specification(
        alt.layer(line, interval, point).properties(height=300), description=description
    )
