"""Answers that several files of tests look at; each is computed once."""

import pytest

from reports.answer import Answer
from reports.question import analyze, question
from tests.reports.synthetic import Truth, data, warehouse

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
)


@pytest.fixture(scope="session")
def planted() -> Answer:
    """English intermediate training helps by 3 points under noise and 4 without; read from a warehouse."""
    with warehouse(PLANTED) as con:
        return analyze("english_intermediate", con)


@pytest.fixture(scope="session")
def noisy() -> Answer:
    """Noise in the intermediate stage helps by 4 points under noise and costs 2 without."""
    asked = question("noisy_intermediate")
    return asked.analyse(asked, data(NOISY))
