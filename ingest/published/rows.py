"""Published numbers as rows of the warehouse.

A number is a score when it is one language's value of a metric on a task. Numbers of one source that
belong to one training (encoder, regime, seed, edition, training mix) make a run; its id is a hash of that, so
it stays the same. Averages, gains and other numbers stand in ``published`` alone, with no run.

* ``run.source`` is ``published:<table>``; ``run.seed`` is NULL where the source states none or a mean;
* ``run.data_source`` says what tells apart several runs of one system in one table: the edition (median of 10
  runs; one model selected per language), the language or the mix of languages trained on. So the views never
  average over editions, and compare a regime with the direct one of the same edition.
"""

import hashlib
from collections.abc import Mapping

import polars as pl

from ingest import catalog
from ingest.published import names, tables
from warehouse.dimensions import DIMENSIONS
from warehouse.published_rows import PUBLISHED, TRAINING_MIX
from warehouse.rows import RUN, SCORE, STAGE

UNSTATED = "unstated"
"""The split of a score whose source does not say on which examples it was measured."""
IDENTITY = (
    "table_name", "encoder", "regime", "robust", "intermediate", "target", "seed", "edition", "mix",
)  # fmt: skip


def published_rows() -> dict[str, pl.DataFrame]:
    """Everything that ships, as frames of the warehouse's tables.

    Returns:
        ``published``, ``run``, ``score``, ``stage``, ``training_mix``, and of the dimensions ``task`` and
        ``language`` what the catalogue lacks.
    """
    numbers = _named(tables.printed())
    scores = _with_runs(numbers.filter(_is_score()))
    runs = scores.unique("run_id", maintain_order=True)
    linked = numbers.join(
        scores.select("table_name", "line", "run_id"),
        on=["table_name", "line"],
        how="left",
        maintain_order="left",
    )
    mixes = _mixes(runs)
    return {
        "published": _published(linked),
        "run": _runs(runs),
        "score": _scores(scores),
        "stage": _stages(runs, mixes),
        "training_mix": mixes,
        **_dimensions(),
    }


def _is_score() -> pl.Expr:
    return (
        ~pl.col("language").str.starts_with("avg")
        & pl.col("task").is_not_null()
        & pl.col("score_metric").is_not_null()
    )


def _named(printed: pl.DataFrame) -> pl.DataFrame:
    """Printed words beside the names they have here."""
    ernie = pl.col("table_name") == "ernie_m_readme"
    encoder = pl.when(ernie).then(pl.col("model").replace(names.BASE_IN_ERNIE)).otherwise(pl.col("model"))
    regime = pl.col("regime").replace({words: regime for words, (regime, _) in names.REGIMES.items()})
    robust = {words: robust for words, (_, robust) in names.REGIMES.items()}
    task = pl.col("target_task").replace_strict(dict(names.TASKS), default=None, return_dtype=pl.String)
    who = pl.col("model").replace_strict(dict(names.WHO), default=None, return_dtype=pl.String)
    return printed.with_columns(
        encoder=encoder.replace(dict(names.ENCODERS)),
        plain_regime=regime.str.replace_all(r"[^a-zA-Z0-9]+", "_"),
        robust=pl.col("regime").replace_strict(robust, default="none", return_dtype=pl.String),
        intermediate=pl.col("intermediate_task").replace(dict(names.INTERMEDIATES)),
        task=task,
        score_language=pl.col("language").replace(dict(names.LANGUAGES)),
        edition=pl.concat_str("edition", who, separator="; ", ignore_nulls=True).replace("", None),
    ).with_columns(
        target=pl.col("regime").replace_strict(
            dict(names.TRAINED_TASKS), default=pl.col("task"), return_dtype=pl.String
        ),
        score_metric=_metric(),
        score_split=_split(),
    )


def _metric() -> pl.Expr:
    plain = pl.col("metric").replace_strict(dict(names.METRICS), default=None, return_dtype=pl.String)
    own = {f"{task} {metric}": name for (task, metric), name in names.METRICS_OF.items()}
    both = pl.concat_str("task", "metric", separator=" ")
    return both.replace_strict(own, default=plain, return_dtype=pl.String)


def _split() -> pl.Expr:
    sumeval = pl.col("table_name").str.starts_with("sumeval")
    dev = (pl.col("split") == "dev") & pl.col("task").is_in(names.DEV)
    return (
        pl.when(sumeval)
        .then(pl.lit(UNSTATED))
        .when(pl.col("target_task") == "MNLI-mm")
        .then(pl.lit("validation_mismatched"))
        .when(dev)
        .then(pl.lit("validation"))
        .otherwise(pl.col("split"))
    )


def _with_runs(scores: pl.DataFrame) -> pl.DataFrame:
    """Scores with the mix of languages trained on, the regime that follows from it, and the run."""
    mixed = tables.mixes().sort("config", "language")
    spelt = mixed.group_by("config", maintain_order=True).agg(
        mix=pl.concat_str("language", "examples", separator=" ").str.join(", "),
        mix_languages=pl.col("language").str.join(","),
    )
    named = scores.join(spelt, left_on="trained_on", right_on="config", how="left", maintain_order="left")
    english = pl.col("mix_languages") == "en"
    one = pl.col("trained_on").is_not_null() & pl.col("mix").is_null()  # xpos: one source language
    named = named.with_columns(
        mix=pl.coalesce("mix", "trained_on"),
        mix_languages=pl.coalesce("mix_languages", "trained_on"),
        regime=pl.when(pl.col("mix").is_not_null())
        .then(pl.when(english).then(pl.lit("direct")).otherwise(pl.lit("multilingual")))
        .when(one & (pl.col("trained_on") != "en"))
        .then(pl.lit("transfer"))
        .when(pl.col("edition").str.starts_with("no fine-tuning"))
        .then(pl.lit("pretrained"))
        .when((pl.col("task") == "bucc2018") & pl.col("table_name").str.starts_with("laser"))
        .then(pl.lit("mining"))
        .otherwise(pl.col("plain_regime")),
    )
    runs = named.select(IDENTITY).unique(maintain_order=True)
    ids = pl.Series("run_id", [_run_id(row) for row in runs.iter_rows()])
    return named.join(
        runs.with_columns(ids), on=IDENTITY, how="left", nulls_equal=True, maintain_order="left"
    )


def _run_id(identity: tuple[object, ...]) -> str:
    text = "\x1f".join("" if part is None else str(part) for part in identity)
    return f"pub-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _runs(runs: pl.DataFrame) -> pl.DataFrame:
    none = pl.col("intermediate") == "none"
    config = pl.col("trained_on").str.contains("#")
    made = runs.with_columns(
        source=pl.concat_str(pl.lit("published:"), "table_name"),
        intermediate_language=pl.when(none).then(pl.lit("none")).otherwise(pl.lit("en")),
        robust_stage=pl.when(pl.col("robust") == "none").then(pl.lit("none")).otherwise(pl.lit("target")),
        data_source=pl.when(config)
        .then(pl.concat_str(pl.lit("mix "), "trained_on"))
        .otherwise(
            pl.concat_str(
                "edition", pl.lit("trained on ") + pl.col("trained_on"), separator="; ", ignore_nulls=True
            ).replace("", None)
        ),
        status=pl.lit("trained"),
    )
    return _shaped(made, RUN.schema)


def _scores(scores: pl.DataFrame) -> pl.DataFrame:
    percent = pl.col("scale") == names.PERCENT
    made = scores.select(
        "run_id",
        "task",
        split="score_split",
        language="score_language",
        perturbation=pl.lit("clean"),
        severity=pl.lit(0),
        noise_seed=pl.lit(0),
        metric="score_metric",
        value=pl.when(percent).then(pl.col("value") / 100).otherwise(pl.col("value")),
    )
    return _shaped(made, SCORE.schema)


def _mixes(runs: pl.DataFrame) -> pl.DataFrame:
    """One row per run and language of its training data, where the source says so."""
    known = runs.filter(pl.col("mix").is_not_null()).select("run_id", "trained_on")
    counted = tables.mixes().rename({"examples": "train_examples"})
    mixed = known.join(counted, left_on="trained_on", right_on="config", maintain_order="left")
    single = known.filter(~pl.col("trained_on").str.contains("#")).with_columns(language="trained_on")
    both = pl.concat([mixed, single], how="diagonal").with_columns(position=pl.lit(0))
    return _shaped(both, TRAINING_MIX.schema)


def _stages(runs: pl.DataFrame, mixes: pl.DataFrame) -> pl.DataFrame:
    """The target stage of the runs whose training data are stated; of other runs no stage is known."""
    sums = mixes.group_by("run_id", maintain_order=True).agg(
        languages=pl.col("language").str.join(","),
        train_examples=pl.when(pl.col("train_examples").is_not_null().all()).then(
            pl.col("train_examples").sum()
        ),
    )
    made = runs.join(sums, on="run_id", maintain_order="left").select(
        "run_id",
        "languages",
        "train_examples",
        position=pl.lit(0),
        role=pl.lit("target"),
        task="target",
        robust="robust",
    )
    return _shaped(made, STAGE.schema)


def _published(linked: pl.DataFrame) -> pl.DataFrame:
    score = pl.col("run_id").is_not_null()
    return _shaped(
        linked.with_columns(
            pl.when(score).then(pl.col(name)).alias(name)
            for name in ("score_language", "score_metric", "score_split")
        ),
        PUBLISHED.schema,
    )


def _dimensions() -> dict[str, pl.DataFrame]:
    """Tasks and languages of published results that the catalogue has not."""
    known: Mapping[str, tuple[str, ...]] = {
        "task": catalog.task_names(),
        "language": catalog.language_codes(),
    }
    languages = tables.extra_languages().filter(~pl.col("code").is_in(known["language"]))
    tasks = tables.extra_tasks().filter(~pl.col("task").is_in(known["task"]))
    return {
        "task": _shaped(
            tasks.with_columns(synthetic=pl.lit(False), overlap=pl.lit("")), DIMENSIONS["task"].schema
        ),
        "language": _shaped(languages.with_columns(synthetic=pl.lit(False)), DIMENSIONS["language"].schema),
    }


def _shaped(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """The frame with the columns of a table; those it lacks are NULL."""
    lacking = {name: pl.lit(None) for name in schema if name not in frame.columns}
    return frame.with_columns(**lacking).select(pl.col(name).cast(kind) for name, kind in schema.items())
