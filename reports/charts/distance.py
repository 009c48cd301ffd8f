"""Distance chart: a regime's gain in each language against the language's distance from English."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def distance_scatter(frame: pl.DataFrame, description: str, *, title: str) -> dict[str, Any]:
    """Difference of the regimes by syntactic distance to English, one labelled mark per language.

    Args:
        frame: ``language, name, script, distance, estimate, conf_low, conf_high``.
        title: of the vertical axis.
    """
    base = theme.base(frame).encode(
        x=alt.X(
            "distance:Q",
            title="syntactic distance to English",
            axis=alt.Axis(tickCount=6),
            scale=alt.Scale(zero=False, padding=16),
        ),
        tooltip=[
            alt.Tooltip("name:N", title="language"),
            alt.Tooltip("script:N"),
            alt.Tooltip("distance:Q", format=".2f"),
            alt.Tooltip("estimate:Q", format="+.1%"),
            alt.Tooltip("conf_low:Q", title="low", format="+.1%"),
            alt.Tooltip("conf_high:Q", title="high", format="+.1%"),
        ],
    )
    axis = alt.Axis(labelExpr=theme.POINTS_AXIS, tickCount=6)
    interval = base.mark_rule(strokeWidth=1.5).encode(
        y=alt.Y("conf_low:Q", title=title, axis=axis), y2="conf_high:Q"
    )
    point = base.mark_point(filled=True, size=60, opacity=1, color=theme.SERIES[0]).encode(
        y=alt.Y("estimate:Q", title=title, axis=axis)
    )
    label = base.mark_text(align="left", dx=7, dy=-7, fontSize=11).encode(y="estimate:Q", text="language:N")
    nought = alt.Chart().mark_rule(strokeDash=[4, 3], color=theme.INK).encode(y=alt.datum(0))
    return theme.specification(
        alt.layer(interval, point, label, nought).properties(height=300), description=description
    )
