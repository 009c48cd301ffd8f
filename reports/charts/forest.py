"""Forest plot: estimates with their intervals, one a line, against no difference."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def forest(frame: pl.DataFrame, description: str, *, title: str, zero: str) -> dict[str, Any]:
    """Differences in points with intervals, in the order of the frame; pooled ones as diamonds.

    Args:
        frame: ``label, group, estimate, conf_low, conf_high, p_adjusted, pooled`` (bool).
        title: of the axis: what is measured.
        zero: what lies on the two sides of nought, e.g. ``"direct better | STILTs better"``.
    """
    order = frame["label"].to_list()
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, ticks=False, domain=False))
    axis = alt.Axis(labelExpr=theme.POINTS_AXIS, tickCount=6)
    scale = alt.Scale(nice=True, padding=6)
    words = [title, zero]
    chart = theme.base(frame).encode(
        y=y,
        tooltip=[
            alt.Tooltip("group:N"),
            alt.Tooltip("label:N", title="of"),
            alt.Tooltip("estimate:Q", format="+.2%"),
            alt.Tooltip("conf_low:Q", title="low", format="+.2%"),
            alt.Tooltip("conf_high:Q", title="high", format="+.2%"),
            alt.Tooltip("p_adjusted:Q", title="p (adjusted)", format=".3g"),
        ],
    )
    nought = alt.Chart().mark_rule(strokeDash=[4, 3], color=theme.INK).encode(x=alt.datum(0))
    interval = chart.mark_rule(strokeWidth=2).encode(
        x=alt.X("conf_low:Q", title=words, axis=axis, scale=scale), x2="conf_high:Q", color=_by_pooled()
    )
    point = chart.mark_point(filled=True, opacity=1).encode(
        x=alt.X("estimate:Q", title=words, axis=axis, scale=scale),
        shape=alt.Shape(
            "pooled:N", scale=alt.Scale(domain=[True, False], range=["diamond", "circle"]), legend=None
        ),
        size=alt.Size("pooled:N", scale=alt.Scale(domain=[True, False], range=[180, 70]), legend=None),
        color=_by_pooled(),
    )
    return theme.specification(
        alt.layer(interval, point, nought).properties(height=alt.Step(26)), description=description
    )


def _by_pooled() -> alt.Color:
    return alt.Color(
        "pooled:N",
        scale=alt.Scale(domain=[True, False], range=[theme.SERIES[1], theme.SERIES[0]]),
        legend=None,
    )
