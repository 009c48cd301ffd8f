"""Per-language chart: what noise costs in each language, one mark per regime."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def language_changes(frame: pl.DataFrame, regimes: list[str], description: str) -> dict[str, Any]:
    """Mean change from clean to perturbed by language, with intervals, hardest hit at the bottom.

    Args:
        frame: ``language, name, regime, estimate, conf_low, conf_high`` in the order to draw.
    """
    order = frame["name"].unique(maintain_order=True).to_list()
    axis = alt.Axis(labelExpr=theme.POINTS_AXIS, tickCount=6)
    title = "change from clean to perturbed, points"
    marks = theme.base(frame).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(ticks=False, grid=True)),
        yOffset=alt.YOffset("regime:N", sort=regimes),
        color=theme.colours(regimes),
        tooltip=[
            alt.Tooltip("name:N", title="language"),
            alt.Tooltip("regime:N"),
            alt.Tooltip("estimate:Q", title="change", format="+.1%"),
            alt.Tooltip("conf_low:Q", title="low", format="+.1%"),
            alt.Tooltip("conf_high:Q", title="high", format="+.1%"),
        ],
    )
    interval = marks.mark_rule(strokeWidth=2).encode(
        x=alt.X("conf_low:Q", title=title, axis=axis), x2="conf_high:Q"
    )
    point = marks.mark_point(filled=True, size=75, opacity=1).encode(
        x=alt.X("estimate:Q", title=title, axis=axis), shape=theme.shapes(regimes)
    )
    pixels = 10 + 12 * len(regimes)
    chart = alt.layer(interval, point).properties(height=pixels * len(order))
    return theme.specification(chart, description=description, rows=("name", pixels))
