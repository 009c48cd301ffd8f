import re
from importlib.resources import files

import polars as pl
import pytest

from reports.answer import MOST_ROWS
from reports.charts import theme
from reports.charts.severity import severity_curves
from reports.figures import languages
from reports.figures.sections import drawn


def test_every_figure_is_there(figures):
    assert [figure.id for figure in figures] == [
        "severity",
        "forest",
        "languages",
        "gaps",
        "drops",
        "distance",
        "pretraining",
        "interaction",
        "slopes",
        "effective",
        "sensitivity",
        "variance",
        "residuals",
        "power",
        "coverage",
    ]


def test_every_figure_says_in_words_what_it_shows(figures):
    for figure in figures:
        assert len(figure.caption) > 30
        assert figure.spec["description"].endswith(figure.caption)
        assert re.search(r"\d", figure.caption), "a caption is computed from numbers"


def test_every_figure_has_its_table_and_its_width(figures):
    for figure in figures:
        assert figure.table.frame.height
        assert figure.spec.get("width") == "container" or "usermeta" in figure.spec


def test_a_refused_answer_has_a_coverage_map_only(planted):
    from dataclasses import replace

    refused = replace(planted, primary=None, tables={"coverage": planted.tables["coverage"]})
    assert [figure.id for figure in drawn(refused)] == ["coverage"]


def test_a_chart_of_too_many_rows_is_refused():
    rows = MOST_ROWS + 1
    frame = pl.DataFrame(
        {
            "regime": ["direct"] * rows,
            "language": ["all"] * rows,
            "perturbation": ["p"] * rows,
            "severity": [1] * rows,
            "estimate": [0.5] * rows,
            "conf_low": [0.4] * rows,
            "conf_high": [0.6] * rows,
        }
    )
    with pytest.raises(theme.TooManyRows):
        severity_curves(frame, ["direct"], {"all": "all"}, "")


def test_pictures_that_leave_the_page_have_the_colours_of_paper():
    style = (files("reports") / "templates" / "style.css").read_text()
    light = style[: style.index("@media")]
    for name, colour in theme.PAPER.items():
        assert f"{name}: {colour};" in light


def test_every_colour_of_a_chart_is_defined_by_the_page(figures):
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", str([figure.spec for figure in figures])))
    assert used
    assert used <= set(theme.PAPER)


def test_series_stand_out_from_the_page_in_light_and_dark():
    style = (files("reports") / "templates" / "style.css").read_text()
    light, dark = style.split("@media screen", 1)
    for part in (light, dark):
        paper = re.search(r"--paper: (#\w+)", part)[1]
        for name in ("--ink", "--muted", "--link", "--caution", *(f"--series-{i}" for i in range(1, 7))):
            least = 3.0 if "series" in name else 4.5  # WCAG 2.1: 1.4.11 for marks, 1.4.3 for text
            assert contrast(re.search(rf"{name}: (#\w+)", part)[1], paper) >= least, name


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.1."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_caption_of_drops_says_why_tiles_are_empty():
    tiles = [("German", "typo_mix", 0.1), ("Thai", "typo_mix", 0.05), ("German", "random_case", 0.2)]
    frame = pl.DataFrame(tiles, schema=["name", "perturbation", "drop"], orient="row")
    told = languages.drops_caption(frame.with_columns(regime=pl.lit("direct")))
    assert "random_case costs most on average (20.0 points, over 1 of 2 languages)" in told
    assert "Tiles of random_case are empty" in told
    whole = languages.drops_caption(frame.head(2).with_columns(regime=pl.lit("direct")))
    assert "empty" not in whole
