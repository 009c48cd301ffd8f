"""Robustness curves: score by severity, one line per regime, one panel per perturbation."""

from typing import Any

import altair as alt
import polars as pl

from reports.charts import theme


def severity_curves(
    frame: pl.DataFrame, regimes: list[str], languages: dict[str, str], description: str
) -> dict[str, Any]:
    """Mean score with its interval by severity; a menu picks a language.

    Args:
        frame: ``regime, language, perturbation, severity, estimate, conf_low, conf_high``; the language
            ``all`` is the mean over languages.
        regimes: labels in the order of the legend.
        languages: entries of the menu, code -> name, ``all`` first.
    """
    pick = alt.param(
        name="language",
        value="all",
        bind=alt.binding_select(options=list(languages), labels=list(languages.values()), name="Language "),
    )
    low, high = frame["severity"].min(), frame["severity"].max()
    x = alt.X(
        "severity:Q",
        title="severity (0 is clean)",
        axis=alt.Axis(values=list(range(int(str(low)), int(str(high)) + 1)), format="d", grid=False),
        scale=alt.Scale(nice=False, padding=8),
    )
    line = alt.Chart().encode(
        x=x,
        y=alt.Y(
            "estimate:Q", title="score", axis=alt.Axis(format=".0%", tickCount=5), scale=alt.Scale(zero=False)
        ),
        color=theme.colours(regimes),
    )
    marks = alt.layer(
        line.mark_area(opacity=0.18, clip=True).encode(
            y=alt.Y("conf_low:Q", title="score"), y2="conf_high:Q"
        ),
        line.mark_line(strokeWidth=2),
        line.mark_point(filled=True, size=55, opacity=1).encode(
            shape=theme.shapes(regimes),
            tooltip=[
                alt.Tooltip("regime:N"),
                alt.Tooltip("language:N"),
                alt.Tooltip("perturbation:N"),
                alt.Tooltip("severity:Q"),
                alt.Tooltip("estimate:Q", title="score", format=".1%"),
                alt.Tooltip("conf_low:Q", title="low", format=".1%"),
                alt.Tooltip("conf_high:Q", title="high", format=".1%"),
            ],
        ),
    ).properties(width=220, height=180)
    chart = (
        marks.facet(facet=alt.Facet("perturbation:N", title=None), columns=3, data=theme.base(frame).data)
        .transform_filter("datum.language == language")
        .add_params(pick)
    )
    return theme.specification(chart, description=description, panels=3)
