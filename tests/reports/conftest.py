"""Answers that several files of tests look at, with their figures and pages; each is made once."""

from dataclasses import replace
from pathlib import Path

import pytest

from reports.answer import Answer
from reports.figures.base import Figure
from reports.figures.sections import drawn
from reports.page import write
from reports.question import analyze, question
from tests.reports.synthetic import Truth, data, warehouse

EVIL = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)>'
PLANTED = Truth(
    gain={"stilts": 0.03},
    lift={"stilts": 0.04},
    languages=("en", "de", "sw", "ru", "hi", "zh"),
    severities=(1, 5),
    run_sd=0.005,
    slope_sd=0.002,
    control=True,
    intermediates=("task_i", "task_j"),
)
NOISY = Truth(
    regimes=("direct", "stilts", "noisy stilts"),
    gain={"stilts": 0.01, "noisy stilts": 0.05},
    lift={"stilts": 0.02},
    languages=("en", "de", "sw", "ru", "hi", "zh"),
    perturbations=("typo_mix", "char_swap"),
    severities=(1, 5),
    run_sd=0.005,
    slope_sd=0.002,
    text=EVIL,
)


@pytest.fixture(scope="session")
def planted() -> Answer:
    """English intermediate training helps by 3 points under noise and 4 without; read from a warehouse."""
    with warehouse(PLANTED) as con:
        return analyze("english_intermediate", con)


@pytest.fixture(scope="session")
def noisy() -> Answer:
    """Noise in the intermediate stage helps by 4 points under noise and costs 2 without.

    Names of encoders and languages try to break out of a page.
    """
    asked = question("noisy_intermediate")
    return asked.analyse(asked, data(NOISY))


@pytest.fixture(scope="session")
def figures(planted: Answer) -> list[Figure]:
    """Each figure of an answer."""
    return drawn(planted)


@pytest.fixture(scope="session")
def written(planted: Answer, noisy: Answer, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files of a report of two questions, the first of which has a caution."""
    folder = tmp_path_factory.mktemp("report") / "new" / "folder"
    return write([replace(planted, cautions=("Only 2 seeds.",)), noisy], folder)
