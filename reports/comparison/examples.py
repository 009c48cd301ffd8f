"""The primary contrast among examples instead of scores: a binomial model of right and wrong answers.

Rows with the same covariates add up, so that the model of all outcomes is that of counts. Where a task's
metric is a mean over examples, they follow from score and number of examples.
"""

import polars as pl

from reports.comparison.design import Design
from reports.comparison.estimate import Difference, state
from reports.errors import Refused
from reports.models import fit

TERMS = "(1 | run_id) + (1 | run_condition) + (1 | cell_condition) + (1 | row)"
"""A run, and what it makes of noise; a test, clean or noisy; what is left between counts beyond chance."""

MOST_RUNS = 200
"""Runs that the model may have: 18 cost 0.8 s of CPU, and the cost grows with the cube."""


def counts(design: Design) -> pl.DataFrame:
    """Right and wrong answers by run, task, language and condition (clean, perturbed).

    Columns besides: ``run_condition, cell_condition, row`` to group by, and ``moved``: 1 in perturbed rows of
    the treatment, so that a slope on it is the languages' own difference.
    """
    scores = design.scores.filter(pl.col("per_example") & (pl.col("n") > 0))
    keys = ["regime", "run_id", "task", "language", "cell"]
    n, right = pl.col("n").cast(pl.Float64), pl.col("value") * pl.col("n")
    noisy = scores.group_by(keys, maintain_order=True).agg(right.sum().alias("right"), n.sum().alias("n"))
    clean = scores.group_by(keys, maintain_order=True).agg(
        (pl.col("clean").mean() * n.mean()).alias("right"), n.mean().alias("n")
    )
    both = pl.concat(
        [clean.with_columns(condition=pl.lit("clean")), noisy.with_columns(condition=pl.lit("perturbed"))]
    )
    treated = pl.col("regime").cast(pl.String) == design.regimes[1]
    return both.with_columns(
        right=pl.col("right").round(),
        wrong=pl.col("n").round() - pl.col("right").round(),
        run_condition=pl.concat_str(["run_id", "condition"], separator="|"),
        cell_condition=pl.concat_str(["cell", "condition"], separator="|"),
        row=pl.concat_str(["run_id", "cell", "condition"], separator="|"),
        moved=(treated & (pl.col("condition") == "perturbed")).cast(pl.Float64),
    )


def among_examples(design: Design, response: str) -> Difference:
    """The contrast in log-odds, by Laplace's approximation; tests are of z, as glmer's.

    For ``change`` it is the interaction of regime and condition, for a level the regime's effect there.

    Raises:
        Refused: no task has a metric that is a mean over examples.
    """
    rows = counts(design)
    if rows.is_empty() or rows["regime"].n_unique() < 2:
        raise Refused("no task here has a metric that is a mean over examples, as a binomial model needs")
    runs = rows["run_id"].n_unique()
    if runs > MOST_RUNS:
        raise Refused(f"{runs} runs are too many for a binomial model in a report; fit it with xtb analyze")
    fixed, terms = "regime * condition", TERMS
    if response != "change":
        rows, fixed = rows.filter(pl.col("condition") == response), "regime"
        terms = terms.replace("(1 | run_condition) + ", "")
    if rows["language"].n_unique() > 3:
        terms = f"(0 + moved | language) + {terms}" if response != "clean" else terms
    levels = {"regime": list(design.regimes), "condition": ["clean", "perturbed"]}
    model = fit(f"cbind(right, wrong) ~ {fixed} + {terms}", rows, family="binomial", levels=levels)
    name = model.fixed["term"][-1]
    found = model.fixed.filter(pl.col("term") == name).with_columns(p_adjusted=pl.col("p_value"))
    return Difference(
        contrasts=found,
        means=pl.DataFrame({"regime": [], "estimate": []}),
        model=model,
        state=state(model, "outcomes of examples, binomial"),
        notes=(),
    )
