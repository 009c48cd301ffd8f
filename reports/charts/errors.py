"""Error rates of analyses on tables simulated without an effect, against the nominal rate."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def error_rates(frame: pl.DataFrame, nominal: float, description: str) -> dict[str, Any]:
    """A mark per analysis with its simulation interval; left of the dashed line is honest.

    Args:
        frame: ``analysis, error_rate, low, high, power, chosen`` (bool) in the order to draw.
    """
    order = frame["analysis"].to_list()
    title = "share of simulated studies without an effect in which it finds one"
    x = alt.X(
        "error_rate:Q",
        title=title,
        axis=alt.Axis(format=".0%", tickCount=6),
        scale=alt.Scale(domainMin=0),
    )
    base = theme.base(frame).encode(
        y=alt.Y("analysis:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False)),
        color=alt.condition("datum.chosen", alt.value(theme.SERIES[1]), alt.value(theme.SERIES[0])),
        tooltip=[
            alt.Tooltip("analysis:N"),
            alt.Tooltip("error_rate:Q", title="false positives", format=".1%"),
            alt.Tooltip("power:Q", title="power", format=".0%"),
        ],
    )
    interval = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    point = base.mark_point(filled=True, size=80, opacity=1).encode(x=x)
    line = alt.Chart().mark_rule(strokeDash=[4, 3], color=theme.INK).encode(x=alt.datum(nominal))
    return theme.specification(
        alt.layer(line, interval, point).properties(height=24 * frame.height), description=description
    )
