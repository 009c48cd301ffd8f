"""Variance components: where the differences between scores come from."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def variance_shares(frame: pl.DataFrame, description: str) -> dict[str, Any]:
    """Share of the variance that each source of the model carries, largest first.

    Args:
        frame: ``source, sd, share`` in the order to draw; with ``conf_low, conf_high``, the interval of the
            share is drawn too.
    """
    interval = "conf_high" in frame.columns
    most = float(str(frame["conf_high" if interval else "share"].max() or 1.0))
    order = frame["source"].to_list()
    base = theme.base(frame).encode(
        y=alt.Y("source:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False)),
        x=alt.X(
            "share:Q",
            title="share of the variance",
            axis=alt.Axis(format=".0%", tickCount=5),
            scale=alt.Scale(domain=[0, 1.2 * most], nice=False),
        ),
        tooltip=[
            alt.Tooltip("source:N"),
            alt.Tooltip("sd:Q", title="standard deviation", format=".2%"),
            alt.Tooltip("share:Q", format=".1%"),
        ],
    )
    bars = base.mark_bar(color=theme.SERIES[0], height=14)
    labels = base.mark_text(align="left", dx=5, fontSize=11).encode(text=alt.Text("share:Q", format=".0%"))
    layers: list[alt.Chart] = [bars, labels]
    if interval:
        lines = base.mark_rule(strokeWidth=2, color=theme.INK).encode(
            x=alt.X("conf_low:Q", title="share of the variance"), x2="conf_high:Q"
        )
        ends = labels.encode(x="conf_high:Q", text=alt.Text("share:Q", format=".1%"))
        layers = [bars, lines, ends]
    return theme.specification(
        alt.layer(*layers).properties(height=24 * frame.height), description=description
    )
