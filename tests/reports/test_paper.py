import re
from dataclasses import replace

import pytest

from reports.comparison.calibrated import calibrated
from reports.figures.sections import drawn
from reports.paper import paper, write
from reports.question import question
from tests.reports.conftest import PLANTED
from tests.reports.synthetic import data
from warehouse.render import escaped


@pytest.fixture(scope="module")
def folder(planted, figures, tmp_path_factory):
    kept = [f for f in figures if f.id in ("forest", "severity", "power")]
    made = tmp_path_factory.mktemp("paper")
    from reports.paper import pictures

    pictures(planted, kept, made)
    return made


def test_markdown_holds_the_answer_its_tables_and_its_figures(planted, figures):
    text = paper(planted, figures, "markdown")
    assert escaped(planted.headline, "markdown") in text
    for figure in figures:
        assert f"![{figure.title}](charts/english_intermediate_{figure.id}.svg)" in text
    for line in text.splitlines():
        if line.startswith("| ---"):
            continue
        assert not line.startswith("|") or line.endswith("|")
    assert text.count("| --- |") >= 6


def test_latex_escapes_names_and_closes_what_it_opens(planted, figures):
    named = replace(planted, headline="50% of a_b & {c} \\input{x}")
    text = paper(named, figures, "latex")
    assert "50\\% of a\\_b \\& \\{c\\} \\textbackslash{}input\\{x\\}" in text
    opened, closed = (sorted(re.findall(rf"\\{word}{{(\w+)}}", text)) for word in ("begin", "end"))
    assert opened == closed
    assert "\u2212" not in text
    assert "\u00a0" not in text


def test_charts_are_pictures_that_stand_alone(folder):
    for name in ("forest", "severity", "power"):
        svg = (folder / f"english_intermediate_{name}.svg").read_text()
        assert svg.startswith("<svg")
        assert "var(--" not in svg
        assert (folder / f"english_intermediate_{name}.png").read_bytes().startswith(b"\x89PNG")


def test_a_refused_question_says_why(tmp_path):
    asked = question("multilingual_direct")
    refused = asked.analyse(asked, data(PLANTED))
    assert refused.refusal
    written = write([refused], tmp_path, "markdown")
    assert "There is no answer yet" in written[0].read_text()


def test_calibration_comes_into_the_report_with_naive_analyses(planted):
    asked = question("english_intermediate")
    found = calibrated(planted, data(PLANTED), draws=4)
    figure = next(f for f in drawn(found) if f.id == "calibration")
    table = found.tables["calibration"].frame
    assert "paired t over cells" in set(table["analysis"])
    assert table["effect"][0] == asked.smallest
    assert re.search(r"nominal 5%", figure.caption)
