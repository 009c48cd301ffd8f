"""The result frames of a comparison, each with its title and how it was made."""

from collections.abc import Callable, Mapping
from functools import cache

import polars as pl

from reports.answer import UNIFORM, Data, FitState, Question, Table
from reports.comparison import describe
from reports.comparison.design import PLACE, Design, design
from reports.comparison.equivalent import equivalence_table
from reports.comparison.estimate import Difference, difference, key
from reports.comparison.forest import forest
from reports.comparison.power import power_table
from reports.comparison.predictors import predictors
from reports.comparison.residuals import by_language, of_rows, quantiles
from reports.comparison.rows import BLOCK, across, named_pairs, plain_by_perturbation
from reports.comparison.sensitivity import sensitivity
from reports.comparison.variance import variance
from reports.errors import Refused
from reports.wording import points

SUMMARY = (
    "Languages other than English; means over severities, then over perturbations: one row per run, task "
    "and language."
)
PROPERTIES = ("script", "distance", "pretraining_gib")
SPREAD = "Mean over runs within a task, then over tasks; the interval rests on the spread of the runs."


def tables(
    question: Question,
    data: Data,
    chosen: Design,
    models: Mapping[str, Difference],
    fits: dict[str, FitState],
) -> tuple[dict[str, Table], list[str]]:
    """Every result frame, and a sentence for each that the data do not carry.

    Args:
        question: what is asked.
        data: all scores, for the other pairs of regimes.
        chosen: the compared scores.
        models: the model of each response.
        fits: states of models; those fitted here are added.
    """
    response = question.response
    rows = chosen.rows
    all_scores = every_regime(chosen, data, question)
    all_finer = plain_by_perturbation(all_scores)
    all_rows = across(all_finer)

    def languages() -> pl.DataFrame:
        found = difference(rows, response, "by language", by="language")
        fits["language"] = found.state
        texts = pl.col("language", "name").cast(pl.String)
        names = rows.unique("language").select(texts, *PROPERTIES)
        joined = found.contrasts.join(names, on="language").sort(
            "estimate", "language", descending=[True, False]
        )
        return joined.select("language", "name", *UNIFORM, "p_adjusted", *PROPERTIES)

    @cache
    def by_perturbation() -> Difference:
        found = difference(_with_clean(chosen), "perturbed", "score by perturbation", by="perturbation")
        fits["scores"] = found.state
        return found

    @cache
    def residual_rows() -> pl.DataFrame:
        return of_rows(models[response].model, rows.filter(pl.col(response).is_not_null()))

    labels = question.regimes
    pair = f"{labels[question.treatment]} minus {labels[question.reference]}"
    makers: dict[str, tuple[str, str, Callable[[], pl.DataFrame]]] = {
        "key": ("Clean score, perturbed score and change", SUMMARY, lambda: _key_table(question, models)),
        "contrasts": (
            f"{pair}, and its parts",
            f"{SUMMARY} Each group of lines from a model of its own; p adjusted within a group by Holm's "
            "method.",
            lambda: forest(chosen, response, models[response], fits),
        ),
        "languages": (
            f"{pair} in each language",
            f"{SUMMARY} A model with a difference for each language; p adjusted by Holm's method.",
            languages,
        ),
        "predictors": (
            f"{pair} by what is known of a language",
            f"{SUMMARY} A model each, with the regime crossed with the predictor and a random difference for "
            "each language; p adjusted over predictors by Holm's method.",
            lambda: predictors(rows, response, fits),
        ),
        "scores": (
            f"{pair} in score, clean and under each perturbation",
            "Means over severities: one row per run, task, language and perturbation; clean is one of them.",
            lambda: by_perturbation().contrasts.select("perturbation", pl.exclude("perturbation")),
        ),
        "margins": (
            "Marginal means of the score, clean and under each perturbation",
            "Estimated marginal means of that model. Their intervals are for comparing the two: half of the "
            "95 % interval of their difference, so that they overlap exactly where it holds nought.",
            lambda: _margins(by_perturbation(), question),
        ),
        "equivalence": (
            "Differences against the smallest one of interest",
            "Two one-sided t tests (TOST) at 5 % each, with the interval of 90 % that goes with them.",
            lambda: equivalence_table(models, question.smallest),
        ),
        "power": (
            "Studies of other sizes: power and the difference found four times in five",
            "Closed form, from the variances of the primary model, for a balanced study with as many tasks "
            f"and perturbations as this one; power at a difference of {points(question.smallest)} points.",
            lambda: power_table(
                models[response],
                tasks=rows.select(BLOCK).n_unique(),
                languages=rows["language"].n_unique(),
                seeds=chosen.seeds,
                effect=question.smallest,
            ),
        ),
        "sensitivity": (
            "The primary contrast under other choices",
            SUMMARY,
            lambda: sensitivity(chosen, response),
        ),
        "variance": (
            "Where the differences come from",
            "Variance components of the primary model.",
            lambda: variance(models[response].model),
        ),
        "residuals": (
            "Residuals of the primary model",
            "Standardised residuals in order, against the quantiles of a normal distribution; a selection "
            "where there are many.",
            lambda: quantiles(residual_rows()),
        ),
        "leverage": (
            "What each language weighs in the primary model",
            "Leverage: the share of the fit that its rows decide; residuals are standardised, so that 1 is "
            "the spread expected.",
            lambda: by_language(residual_rows()),
        ),
        "fixed": ("Fixed effects of the primary model", SUMMARY, lambda: models[response].model.fixed),
        "severity": ("Score by severity", SPREAD, lambda: describe.severity_curves(all_scores, all_finer)),
        "changes": (
            "Change under perturbation by language",
            SPREAD,
            lambda: describe.language_changes(all_rows),
        ),
        "drops": ("Drop by language and perturbation", SPREAD, lambda: describe.drops(all_finer)),
        "slopes": (
            "Clean and perturbed score by language",
            "Mean over runs.",
            lambda: describe.slopes(all_rows),
        ),
        "logits": (
            "Clean and perturbed score of every run and language, logits",
            SUMMARY,
            lambda: describe.logits(all_rows),
        ),
    }
    if question.others:
        makers["others"] = ("Other pairs of regimes", SUMMARY, lambda: _others(question, data))
    found: dict[str, Table] = {"runs": Table(title="Runs compared", frame=_runs(data), sql=data.sql["runs"])}
    missing = []
    for name, (title, how, make) in makers.items():
        try:
            found[name] = Table(title=title, frame=make(), sql=data.sql["cells"], how=how)
        except Refused as refusal:
            missing.append(f"No '{title}': {refusal}.")
    return found, missing


def every_regime(chosen: Design, data: Data, question: Question) -> pl.DataFrame:
    """The compared scores and, in the same cells, those of the question's other regimes; regimes by label."""
    words = pl.col("regime", "cell").cast(pl.String)  # whose codes another pair of regimes counts otherwise
    frames = [chosen.scores.with_columns(words)]
    keys = [*BLOCK, *PLACE]
    cells = chosen.scores.select(keys).unique()
    for pair in question.others:
        try:
            other = design(data, question, pair).scores.with_columns(words)
        except Refused:
            continue
        have = pl.concat(frames)["regime"].unique()
        frames.append(
            other.filter(~pl.col("regime").is_in(have.implode())).join(cells, on=keys, maintain_order="left")
        )
    present = pl.concat(frames)
    labels = dict(question.regimes)
    met = set(present["regime"].unique())
    order = [label for name, label in labels.items() if name in met]
    return present.with_columns(regime=pl.col("regime").replace_strict(labels).cast(pl.Enum(order)))


def _key_table(question: Question, models: Mapping[str, Difference]) -> pl.DataFrame:
    """One row per response: the mean of each regime and their difference."""
    parts = [
        found.contrasts.select(
            pl.lit(response).alias("response"),
            *UNIFORM,
            pl.lit(found.mean(question.reference)).alias("reference_mean"),
            pl.lit(found.mean(question.treatment)).alias("treatment_mean"),
        )
        for response, found in models.items()
    ]
    return pl.concat(parts)


def _with_clean(chosen: Design) -> pl.DataFrame:
    """Rows by perturbation with the clean score as a level of its own, first."""
    noisy = named_pairs(chosen.finer)
    order = pl.Enum(["clean", *sorted(noisy["perturbation"].unique())])
    clean = chosen.rows.with_columns(
        perturbed=pl.col("clean"),
        perturbation=pl.lit("clean", order),
        run_perturbation=pl.concat_str(["run_id", pl.lit("clean")], separator="|"),
        cell=pl.concat_str(["cell", pl.lit("clean")], separator="|"),
    )
    noisy = noisy.with_columns(pl.col("perturbation").cast(pl.String).cast(order))
    return pl.concat([clean.select(noisy.columns), noisy])


def _others(question: Question, data: Data) -> pl.DataFrame:
    """Key contrasts of the question's other pairs of regimes."""
    parts = []
    refusals = []
    for pair in question.others:
        try:
            models = key(design(data, question, pair))
        except Refused as refusal:
            refusals.append(str(refusal))
            continue
        parts += [
            found.contrasts.select(pl.lit(response).alias("response"), *UNIFORM)
            for response, found in models.items()
        ]
    if not parts:
        raise Refused(" ".join(refusals))
    return pl.concat(parts)


def _margins(found: Difference, question: Question) -> pl.DataFrame:
    """Mean score of each regime, by label, at each perturbation; the clean one first."""
    labels = dict(question.regimes)
    order = [label for name, label in labels.items() if name in (question.reference, question.treatment)]
    named = pl.col("regime").cast(pl.String).replace_strict(labels).cast(pl.Enum(order))
    reach = (pl.col("conf_high") - pl.col("conf_low")) / 4
    differences = found.contrasts.select(pl.col("perturbation").cast(pl.String), reach.alias("reach"))
    levels = found.means.with_columns(named, pl.col("perturbation").cast(pl.String))
    return levels.join(differences, on="perturbation", maintain_order="left").select(
        "regime",
        "perturbation",
        "estimate",
        conf_low=pl.col("estimate") - pl.col("reach"),
        conf_high=pl.col("estimate") + pl.col("reach"),
    )


def _runs(data: Data) -> pl.DataFrame:
    return data.runs.select(
        "regime",
        "target",
        "intermediate",
        "seed",
        "encoder",
        "data_source",
        "status",
        "device",
        "seconds",
        "run_id",
    )
