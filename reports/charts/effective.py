"""Effective robustness: perturbed against clean score on the logit scale, with the line of the reference."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def effective_robustness(
    frame: pl.DataFrame, line: pl.DataFrame, regimes: list[str], description: str
) -> dict[str, Any]:
    """One mark per run and language; above the line is more robust than its clean score foretells.

    Args:
        frame: ``regime, name, task, clean, perturbed`` on the logit scale.
        line: two rows ``clean, perturbed``: the ends of the line fitted to the reference regime.
    """
    x = alt.X(
        "clean:Q",
        title="clean score, logit",
        axis=alt.Axis(tickCount=6),
        scale=alt.Scale(zero=False, padding=10),
    )
    y = alt.Y(
        "perturbed:Q", title="perturbed score, logit", axis=alt.Axis(tickCount=6), scale=alt.Scale(zero=False)
    )
    points = (
        theme.base(frame)
        .mark_point(filled=True, size=45, opacity=0.65)
        .encode(
            x=x,
            y=y,
            color=theme.colours(regimes),
            shape=theme.shapes(regimes),
            tooltip=[
                alt.Tooltip("regime:N"),
                alt.Tooltip("name:N", title="language"),
                alt.Tooltip("task:N"),
                alt.Tooltip("clean:Q", title="clean, logit", format=".2f"),
                alt.Tooltip("perturbed:Q", title="perturbed, logit", format=".2f"),
            ],
        )
    )
    expected = (
        theme.base(line).mark_line(strokeDash=[5, 4], color=theme.INK, strokeWidth=1.5).encode(x=x, y=y)
    )
    return theme.specification(alt.layer(points, expected).properties(height=320), description=description)
