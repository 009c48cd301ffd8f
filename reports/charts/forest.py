"""Forest plot: estimates with their intervals, one a line, in groups, against no difference."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme

LINE = 24
"""Pixels of one line."""


def forest(frame: pl.DataFrame, description: str, *, title: str, zero: str) -> dict[str, Any]:
    """Differences in points with intervals, in the order of the frame; pooled ones as diamonds.

    Args:
        frame: ``label, group, estimate, conf_low, conf_high, p_adjusted, pooled`` (bool); the lines of a
            group follow each other.
        description: what the chart shows, for those who cannot see it.
        title: of the axis: what is measured.
        zero: what lies on the two sides of nought, e.g. ``"direct better | STILTs better"``.
    """
    parts = frame.partition_by("group", maintain_order=True)
    panels = [_panel(part, [title, zero] if part is parts[-1] else None) for part in parts]
    if len(panels) == 1:
        return theme.specification(panels[0], description=description)
    named = [
        panel.properties(title=alt.Title(part["group"][0], anchor="start", frame="group", offset=4))
        for panel, part in zip(panels, parts, strict=True)
    ]
    return theme.specification(
        alt.vconcat(*named, spacing=6).resolve_scale(x="shared"),
        description=description,
        labels=_room(frame["label"].to_list()),
    )


def _panel(frame: pl.DataFrame, words: list[str] | None) -> alt.LayerChart | alt.FacetChart:
    """The lines of one group; the axis is written out below the last one only."""
    shown = words is not None
    axis = alt.Axis(labelExpr=theme.POINTS_AXIS, tickCount=6, labels=shown, ticks=shown, domain=shown)
    scale = alt.Scale(nice=True, padding=6)
    pooled = bool(frame["pooled"].any())
    line = theme.base(frame).encode(
        y=alt.Y(
            "label:N",
            sort=frame["label"].to_list(),
            title=None,
            axis=alt.Axis(ticks=False, domain=False),
        ),
        color=alt.value(theme.SERIES[1 if pooled else 0]),
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
    interval = line.mark_rule(strokeWidth=2).encode(
        x=alt.X("conf_low:Q", title=words, axis=axis, scale=scale), x2="conf_high:Q"
    )
    point = line.mark_point(
        filled=True, opacity=1, shape="diamond" if pooled else "circle", size=180 if pooled else 70
    ).encode(x=alt.X("estimate:Q", title=words, axis=axis, scale=scale))
    return alt.layer(nought, interval, point).properties(height=LINE * frame.height)


def _room(labels: list[str]) -> int:
    """Pixels that the longest label takes, roughly."""
    return min(theme.LABEL, 7 * max(len(label) for label in labels)) + 12
