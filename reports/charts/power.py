"""Power curves: what studies with more seeds or languages would find."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme

GOAL = 0.8
"""Power that a study should have (Cohen 1988)."""


def power_curves(frame: pl.DataFrame, description: str, *, effect: str) -> dict[str, Any]:
    """Power and smallest detectable difference by seeds, a line for each number of languages.

    Args:
        frame: ``seeds, languages, power, detectable, own`` (bool: the size of this study).
        description: what the chart shows, for those who cannot see it.
        effect: the difference whose power is drawn, in words.
    """
    shown = frame.with_columns(pl.col("languages").cast(pl.String))
    names = frame["languages"].unique().sort().cast(pl.String).to_list()
    tooltip = [
        alt.Tooltip("seeds:Q"),
        alt.Tooltip("languages:N"),
        alt.Tooltip("power:Q", format=".0%"),
        alt.Tooltip("detectable:Q", title="found 4 times in 5", format=".1%"),
    ]
    base = theme.base(shown).encode(
        x=alt.X("seeds:Q", title="seeds a regime and task", axis=alt.Axis(tickMinStep=1, grid=False)),
        color=alt.Color(
            "languages:N",
            sort=names,
            scale=alt.Scale(domain=names, range=list(theme.SERIES[: len(names)])),
            legend=alt.Legend(title="languages", orient="top"),
        ),
        tooltip=tooltip,
    )
    shape = alt.Shape(
        "languages:N",
        sort=names,
        scale=alt.Scale(domain=names, range=list(theme.SHAPES[: len(names)])),
        legend=alt.Legend(title="languages", orient="top"),
    )

    def panel(y: alt.Y, height: int) -> alt.LayerChart | alt.FacetChart:
        line = base.mark_line(strokeWidth=2).encode(y=y)
        point = base.mark_point(filled=True, size=45, opacity=1).encode(y=y, shape=shape)
        here = (
            base.transform_filter("datum.own")
            .mark_point(size=260, strokeWidth=2, color=theme.INK, filled=False)
            .encode(y=y, color=alt.value(theme.INK))
        )
        return alt.layer(line, point, here).properties(height=height)

    goal = alt.Chart().mark_rule(strokeDash=[4, 3], color=theme.INK).encode(y=alt.datum(GOAL))
    chance = panel(
        alt.Y(
            "power:Q", title=f"power at {effect}", axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])
        ),
        190,
    )
    least = panel(
        alt.Y(
            "detectable:Q",
            title="found 4 times in 5, points",
            axis=alt.Axis(labelExpr="format(datum.value * 100, '~g')", tickCount=5),
            scale=alt.Scale(zero=True),
        ),
        190,
    )
    return theme.specification(
        alt.vconcat(alt.layer(chance, goal), least, spacing=18), description=description, labels=64
    )
