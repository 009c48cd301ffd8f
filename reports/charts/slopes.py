"""Paired slopes: the same language clean and perturbed, one line each, one panel per task and regime."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def paired_slopes(frame: pl.DataFrame, regimes: list[str], description: str) -> dict[str, Any]:
    """Score clean and perturbed of each language, a panel per task.

    Args:
        frame: ``task, regime, language, name, condition`` (clean or perturbed) and ``value``.
    """
    line = alt.Chart().encode(
        x=alt.X(
            "condition:N",
            sort=["clean", "perturbed"],
            title=None,
            axis=alt.Axis(labelAngle=0, grid=True),
            scale=alt.Scale(padding=0.3),
        ),
        y=alt.Y(
            "value:Q", title="score", axis=alt.Axis(format=".0%", tickCount=5), scale=alt.Scale(zero=False)
        ),
        color=theme.colours(regimes),
        detail="language:N",
        tooltip=[
            alt.Tooltip("name:N", title="language"),
            alt.Tooltip("regime:N"),
            alt.Tooltip("task:N"),
            alt.Tooltip("condition:N"),
            alt.Tooltip("value:Q", title="score", format=".1%"),
        ],
    )
    chart = (
        alt.layer(
            line.mark_line(strokeWidth=1.5, opacity=0.75),
            line.mark_point(filled=True, size=45, opacity=0.9).encode(shape=theme.shapes(regimes)),
        )
        .properties(width=220, height=200)
        .facet(facet=alt.Facet("task:N", title=None), columns=3, data=theme.base(frame).data)
        .resolve_scale(y="independent")
    )
    return theme.specification(chart, description=description, panels=3)
