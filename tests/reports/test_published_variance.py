"""Variance components of published scores, against lme4 on the same rows.

LME4 was made by R 4.2.2 with lme4 1.1-31 on the rows of ``reports/queries/published.sql``, scores in percent:
``lmer(formula, rows, REML = TRUE)`` with nloptwrap (xtol_abs 1e-10, ftol_abs 1e-12), its optimum polished by
``optim(method = "Nelder-Mead", reltol = 1e-15)`` on the deviance function and a second ``lmer`` from there.
"""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reports.answer import Answer, Data
from reports.models import fit
from reports.page import page
from reports.published_variance.answer import answer
from reports.published_variance.designs import DESIGNS, PublishedDesign
from reports.published_variance.shares import components
from reports.question import question
from warehouse.connect import open_for_reading

ASKED = question("published_variance")
LME4: dict[str, tuple[int, float, dict[str, float]]] = {
    "wikiann_seeds": (
        480,
        2387.7366742172,
        {
            "language:encoder": 2.9966721797,
            "language": 15.9760672139,
            "run_id": 0.7074688221,
            "Residual": 1.8003408934,
        },
    ),
    "xquad_seeds": (
        110,
        338.8868573881,
        {
            "language:encoder": 0.5540972836,
            "language": 5.6840505172,
            "run_id": 0.5873904236,
            "Residual": 0.7209046285,
        },
    ),
    "masakhaner_seeds": (
        100,
        559.5719958089,
        {
            "language:encoder": 12.3921451346,
            "run_id": 1.1034040643,
            "language": 8.1708657500,
            "Residual": 2.3864721664,
        },
    ),
    "tasks_seeds": (
        345,
        1748.8124572358,
        {
            "task:language": 12.6435273704,
            "language": 8.1115370175,
            "run_id": 0.6391503325,
            "task": 25.2001900503,
            "Residual": 1.6186305964,
        },
    ),
    "sumeval_panx": (
        28000,
        153613.2910528353,
        {"run_id": 0.3716717259, "language": 13.3324416429, "Residual": 3.7116773947},
    ),
    "sumeval_udpos": (
        22500,
        139944.2296546041,
        {"run_id": 0.4317472889, "language": 7.3438779092, "Residual": 5.3727011815},
    ),
    "sumeval_xnli": (
        2500,
        2856.9913862467,
        {
            "run_id": 0.3427245044,
            "language:encoder": 0.5214684627,
            "language": 3.0929927036,
            "Residual": 0.3773490922,
        },
    ),
    "sumeval_tydiqa": (
        522,
        2857.2409567055,
        {
            "run_id": 13.2811799168,
            "language:encoder": 0.9236709018,
            "language": 4.5561978945,
            "Residual": 2.6488969057,
        },
    ),
}


@pytest.fixture(scope="module")
def data(published_db: Path) -> Data:
    with open_for_reading(published_db) as con:
        return ASKED.read(ASKED, con)


@pytest.fixture(scope="module")
def said(data: Data) -> Answer:
    return answer(ASKED, data, draws=5)


@pytest.mark.parametrize("design", [one for one in DESIGNS if one.name in LME4], ids=lambda one: one.name)
def test_the_components_are_those_of_lme4(data: Data, design: PublishedDesign) -> None:
    rows, criterion, sds = LME4[design.name]
    percent = data.cells.filter(design.rows).with_columns(pl.col("value") * 100)
    model = fit(design.formula, percent)
    assert model.n == rows
    assert model.converged
    assert model.criterion == pytest.approx(criterion, abs=2e-6)
    found = dict(model.varcomp.select("group", "sd_or_corr").iter_rows())
    assert found == pytest.approx(sds, rel=1e-5)


def test_shares_are_of_the_sum_of_the_variances(data: Data) -> None:
    design = DESIGNS[0]
    sds = LME4[design.name][2]
    total = sum(sd**2 for sd in sds.values())
    found = components(design, fit(design.formula, data.cells.filter(design.rows)))
    assert dict(found.select("group", "share").iter_rows()) == pytest.approx(
        {group: sd**2 / total for group, sd in sds.items()}, rel=2e-5
    )
    assert found["source"][0] == "language"


def test_the_answer_tells_shares_with_intervals(said: Answer) -> None:
    assert said.refusal is None
    assert said.primary is not None
    row = said.primary.row(0, named=True)
    assert row["estimate"] == pytest.approx(0.9525, abs=1e-4)
    assert 0 < row["conf_low"] < row["conf_high"] < 1
    assert said.headline.startswith(
        "On WikiANN (48 languages, two encoders, five seeds each) language carries 95.3"
    )
    assert {finding.lead for finding in said.findings} >= {"Language", "Seed", "Training mix", "Task"}
    shares = said.tables["shares"].frame
    assert shares["design"].n_unique() == len(DESIGNS)
    assert shares.group_by("design").agg(pl.sum("share"))["share"].to_list() == pytest.approx(
        [1.0] * len(DESIGNS)
    )
    assert all(said_fit.converged for said_fit in said.fits)


def test_other_choices_leave_the_order_of_the_sources(said: Answer) -> None:
    choices = said.tables["choices"].frame
    dev = choices.filter(design="WikiANN, five seeds", choice="dev in place of test")
    assert dev.sort("share", descending=True)["source"][0] == "language"
    assert set(choices["choice"]) == {
        "dev in place of test",
        "exact match in place of F1",
        "log-odds in place of points",
    }


def test_the_page_draws_a_figure_for_every_design(said: Answer) -> None:
    html = page(said)
    assert all(f'id="variance_{design.name}-chart"' in html for design in DESIGNS)
    assert "xtb ingest published" in html
    assert "stefan-it/xlm-v-experiments" in html
    assert len(html.encode()) < 3_000_000


def test_without_the_seeds_there_is_no_answer(data: Data) -> None:
    refused: Any = answer(
        ASKED, Data(cells=data.cells.clear(), coverage=data.coverage, runs=data.runs, sql=data.sql)
    )
    assert refused.primary is None
    assert "xtb ingest published" in refused.refusal
