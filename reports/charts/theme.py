"""How charts look: one set of colours, one configuration, one way to finish a chart.

Colours are CSS variables that the page defines for light, dark and print, so that a chart changes
with the page and is drawn once. Series colours are those of Okabe & Ito (2008), told apart by the
colour-blind, and every series has a shape of its own besides.
"""

from typing import Any

import altair as alt
import polars as pl

from reports.answer import MOST_ROWS

INK = "var(--ink)"
MUTED = "var(--muted)"
GRID = "var(--grid)"
SURFACE = "var(--surface)"
SERIES = tuple(f"var(--series-{index})" for index in range(1, 7))
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
HEAT = ("#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b")
"""Sequential steps of the heat maps; the same in light and dark, since a tile covers the page."""
DIVERGING = ("#b35806", "#f1a340", "#f7f7f7", "#67a9cf", "#2166ac")
"""Orange for worse, blue for better, grey for no difference."""

PAPER = {
    "--ink": "#1b1f24",
    "--muted": "#57606a",
    "--grid": "#d8dee4",
    "--surface": "#ffffff",
    "--series-1": "#0072b2",
    "--series-2": "#d55e00",
    "--series-3": "#009e73",
    "--series-4": "#b3568f",
    "--series-5": "#7a6a00",
    "--series-6": "#3b8fc4",
}
"""The colours of the light page, for pictures that leave it; a test compares them with the style sheet."""

FONT = "system-ui, 'Noto Sans', 'Segoe UI', Roboto, Arial, sans-serif"

LABEL = 240
"""Pixels that a label left of a chart may take; the page allows fewer on a phone."""

CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "tickColor": GRID,
        "domainColor": GRID,
        "gridColor": GRID,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "labelOverlap": True,
    },
    "axisY": {"labelLimit": LABEL},
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "orient": "top",
        "symbolSize": 90,
        "symbolOpacity": 1,
        "labelLimit": 240,
    },
    "title": {"color": INK, "fontSize": 12, "font": FONT},
    "header": {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "labelFontWeight": "bold"},
    "text": {"color": INK, "font": FONT},
    "rule": {"color": MUTED},
    "facet": {"spacing": 16},
}
"""The Vega-Lite configuration of every chart."""

POINTS_AXIS = "datum.value == 0 ? '0' : format(datum.value * 100, '+~g')"
"""Axis labels of a difference in [-1, 1], in percentage points."""


class TooManyRows(ValueError):
    """A chart was given more rows than a page should carry; aggregate first."""


def base(frame: pl.DataFrame) -> alt.Chart:
    """A chart of a frame of at most ``MOST_ROWS`` rows.

    Raises:
        TooManyRows: there are more.
    """
    if frame.height > MOST_ROWS:
        raise TooManyRows(f"{frame.height} rows in a chart; the limit is {MOST_ROWS}")
    return alt.Chart(frame)


def specification(
    chart: alt.TopLevelMixin,
    *,
    description: str,
    panels: int = 1,
    labels: int = 60,
    rows: tuple[str, int] | None = None,
) -> dict[str, Any]:
    """The Vega-Lite specification of a chart, finished for the page.

    Args:
        chart: a chart of one panel, which then fills the width, or a facet or a stack.
        description: what the chart shows, for those who cannot see it.
        panels: panels of a facet side by side on a wide screen; the page puts fewer in a row on a narrow one.
        labels: pixels that the labels left of a facet or stack take.
        rows: column and pixels of the rows of a chart of one panel, whose height the page sets anew when a
            filter takes some away.
    """
    spec: dict[str, Any] = chart.to_dict()
    spec["description"] = description
    spec["config"] = CONFIG
    if "facet" in spec or "vconcat" in spec:
        spec["usermeta"] = {"panels": panels, "labels": labels}
    else:
        spec["width"] = "container"
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
        if rows is not None:
            spec["usermeta"] = {"rows": {"field": rows[0], "pixels": rows[1]}}
    return spec


def colours(regimes: list[str], title: str | None = None) -> alt.Color:
    """Colour by ``regime``, in the order of the question."""
    return alt.Color(
        "regime:N",
        scale=alt.Scale(domain=regimes, range=list(SERIES[: len(regimes)])),
        legend=alt.Legend(title=title, orient="top"),
    )


def shapes(regimes: list[str]) -> alt.Shape:
    """Shape by ``regime``: the second channel, for those who see no colours."""
    return alt.Shape(
        "regime:N",
        scale=alt.Scale(domain=regimes, range=list(SHAPES[: len(regimes)])),
        legend=alt.Legend(title=None, orient="top"),
    )
