"""The sets of published scores of single trainings, and the model of each.

Two kinds: five *seeds* of one recipe (WikiANN, XQuAD and MasakhaNER of the XLM-V experiments), and many
*mixes* of training languages, each trained once (SumEval). Encoders are fixed effects: two of them are no
sample.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import polars as pl

Unit = Literal["seed", "mix"]

TWO_ENCODERS = "value ~ encoder + (1 | language) + (1 | language:encoder) + (1 | run_id)"
ONE_ENCODER = "value ~ 1 + (1 | language) + (1 | run_id)"
THREE_TASKS = "value ~ 1 + (1 | task) + (1 | language) + (1 | task:language) + (1 | run_id)"

LANGUAGE = "language"
TASK = "task"
RUN: Mapping[Unit, str] = {"seed": "training run (seed)", "mix": "training mix (one training each)"}
REST: Mapping[Unit, str] = {"seed": "rest: run within language", "mix": "rest: mix within language"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDesign:
    """One set of published scores and its model.

    Attributes:
        unit: what a run stands for.
        rows: which rows of ``queries/published.sql``.
        again: other rows on which the shares are computed again, by name.
    """

    name: str
    title: str
    unit: Unit
    formula: str
    rows: pl.Expr
    again: Mapping[str, pl.Expr] = field(default_factory=dict)

    @property
    def sources(self) -> dict[str, str]:
        """What each group of the formula stands for; ``Residual`` is the rest."""
        return {
            "language": LANGUAGE,
            "language:encoder": "language, differently by encoder",
            "task": TASK,
            "task:language": "language, differently by task",
            "run_id": RUN[self.unit],
            "Residual": REST[self.unit],
        }


def _seeds(table: str, *, split: str = "test", metric: str | None = None) -> pl.Expr:
    """Rows of a table of the XLM-V experiments."""
    rows = (pl.col("table_name") == f"xlmv_experiments_{table}_seeds") & (pl.col("split") == split)
    return rows if metric is None else rows & (pl.col("metric") == metric)


def _mixes(*tasks: str) -> pl.Expr:
    """Rows of SumEval on those tasks."""
    return pl.col("table_name").str.starts_with("sumeval") & pl.col("task").is_in(tasks)


_WIKIANN = _seeds("wikiann")
_XQUAD = _seeds("xquad", metric="f1")
_MASAKHANER = _seeds("masakhaner")
_of_seeds = partial(PublishedDesign, unit="seed")
_of_mixes = partial(PublishedDesign, unit="mix")

DESIGNS = (
    _of_seeds(
        name="wikiann_seeds",
        title="WikiANN, five seeds",
        formula=TWO_ENCODERS,
        rows=_WIKIANN,
        again={"dev in place of test": _seeds("wikiann", split="validation")},
    ),
    _of_seeds(
        name="xquad_seeds",
        title="XQuAD F1, five seeds",
        formula=TWO_ENCODERS,
        rows=_XQUAD,
        again={"exact match in place of F1": _seeds("xquad", metric="exact_match")},
    ),
    _of_seeds(
        name="masakhaner_seeds",
        title="MasakhaNER from English WikiANN, five seeds",
        formula=TWO_ENCODERS,
        rows=_MASAKHANER,
        again={"dev in place of test": _seeds("masakhaner", split="validation")},
    ),
    _of_seeds(
        name="tasks_seeds",
        title="WikiANN, XQuAD and MasakhaNER together, XLM-R Base, five seeds",
        formula=THREE_TASKS,
        rows=(_WIKIANN | _XQUAD | _MASAKHANER) & (pl.col("encoder") == "XLM-R Base"),
    ),
    _of_mixes(
        name="sumeval_panx",
        title="SumEval WikiANN, 500 training mixes",
        formula=ONE_ENCODER,
        rows=_mixes("panx"),
    ),
    _of_mixes(
        name="sumeval_udpos",
        title="SumEval UDPOS, 500 training mixes",
        formula=ONE_ENCODER,
        rows=_mixes("udpos"),
    ),
    _of_mixes(
        name="sumeval_xnli",
        title="SumEval XNLI, 50 training mixes an encoder",
        formula=TWO_ENCODERS,
        rows=_mixes("xnli"),
    ),
    _of_mixes(
        name="sumeval_tydiqa",
        title="SumEval TyDiQA, 29 training mixes an encoder",
        formula=TWO_ENCODERS,
        rows=_mixes("tydiqa"),
    ),
    _of_mixes(
        name="tasks_sumeval",
        title="SumEval WikiANN, UDPOS and XNLI together, XLM-R Large",
        formula=THREE_TASKS,
        rows=_mixes("panx", "udpos", "xnli") & (pl.col("encoder") == "XLM-R Large"),
    ),
)
PRIMARY = DESIGNS[0]
"""The design of the headline."""
