"""Labelled scatter: an estimate with its interval against a property, one mark per language or task."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def labelled_scatter(
    frame: pl.DataFrame,
    description: str,
    *,
    x_title: str,
    y_title: str,
    nought: bool = True,
    logarithmic: bool = False,
) -> dict[str, Any]:
    """Estimates in points by a property.

    Args:
        frame: ``label, name, x, estimate, conf_low, conf_high``.
        description: what the chart shows, for those who cannot see it.
        x_title: of the property.
        y_title: of the estimate.
        nought: whether to draw the line of no difference.
        logarithmic: whether the property is.
    """
    across = (
        alt.Scale(type="log", padding=16, nice=False) if logarithmic else alt.Scale(zero=False, padding=16)
    )
    base = theme.base(frame).encode(
        x=alt.X("x:Q", title=x_title, axis=alt.Axis(tickCount=6, format="~g"), scale=across),
        tooltip=[
            alt.Tooltip("name:N"),
            alt.Tooltip("x:Q", title=x_title, format=".2f"),
            alt.Tooltip("estimate:Q", format="+.1%"),
            alt.Tooltip("conf_low:Q", title="low", format="+.1%"),
            alt.Tooltip("conf_high:Q", title="high", format="+.1%"),
        ],
    )
    axis = alt.Axis(labelExpr=theme.POINTS_AXIS, tickCount=6)
    scale = alt.Scale(zero=nought)
    interval = base.mark_rule(strokeWidth=1.5).encode(
        y=alt.Y("conf_low:Q", title=y_title, axis=axis, scale=scale), y2="conf_high:Q"
    )
    point = base.mark_point(filled=True, size=60, opacity=1, color=theme.SERIES[0]).encode(
        y=alt.Y("estimate:Q", title=y_title, axis=axis, scale=scale)
    )
    label = base.mark_text(align="left", dx=7, dy=-7, fontSize=11).encode(y="estimate:Q", text="label:N")
    layers = [interval, point, label]
    if nought:
        layers.append(alt.Chart().mark_rule(strokeDash=[4, 3], color=theme.INK).encode(y=alt.datum(0)))
    return theme.specification(alt.layer(*layers).properties(height=300), description=description)
