"""Heat map: what each perturbation costs in each language, one panel per regime."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def drop_heatmap(frame: pl.DataFrame, panels: list[str], description: str) -> dict[str, Any]:
    """Mean drop by language and perturbation with the number in each tile.

    Args:
        frame: ``regime, name, perturbation, drop`` with languages and perturbations in the order to draw.
        panels: regimes in the order of the panels.
    """
    names = frame["name"].unique(maintain_order=True).to_list()
    perturbations = frame["perturbation"].unique(maintain_order=True).to_list()
    top = max(float(str(frame["drop"].max() or 0.0)), 0.01)
    base = alt.Chart().encode(
        x=alt.X(
            "perturbation:N", sort=perturbations, title=None, axis=alt.Axis(labelAngle=-40, labelLimit=130)
        ),
        y=alt.Y("name:N", sort=names, title=None),
    )
    tile = base.mark_rect(stroke=theme.SURFACE, strokeWidth=1).encode(
        color=alt.Color(
            "drop:Q",
            scale=alt.Scale(domain=[0, top], range=list(theme.HEAT), clamp=True),
            legend=alt.Legend(title="drop, points", orient="top", labelExpr="format(datum.value * 100, 'd')"),
        ),
        tooltip=[
            alt.Tooltip("regime:N"),
            alt.Tooltip("name:N", title="language"),
            alt.Tooltip("perturbation:N"),
            alt.Tooltip("drop:Q", format="+.1%"),
        ],
    )
    number = base.mark_text(fontSize=11).encode(
        text=alt.Text("points:N"),
        color=alt.condition(f"datum.drop > {0.55 * top}", alt.value("#ffffff"), alt.value("#1a1a1a")),
    )
    chart = (
        alt.layer(tile, number)
        .transform_calculate(points="format(datum.drop * 100, '.1f')")
        .properties(width=220, height=alt.Step(22))
        .facet(facet=alt.Facet("regime:N", sort=panels, title=None), columns=2, data=theme.base(frame).data)
    )
    return theme.specification(chart, description=description, panels=min(2, len(panels)), labels=90)
