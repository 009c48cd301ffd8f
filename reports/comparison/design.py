"""Which scores may be compared, what the design has, and what it lacks.

Only like is compared with like: a task counts when both regimes have runs of the same encoder on the
same data, and a cell when every one of those runs has a score in it. English is kept apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from reports.answer import Data, Question
from reports.comparison.rows import BLOCK, across, plain_by_perturbation
from reports.errors import Refused
from reports.provenance import unlike_target_stages
from reports.wording import count, listing
from warehouse.rows import METRICS

Block = tuple[str, ...]
PLACE = ("language", "perturbation", "severity")
FEW_SEEDS = 3
PER_EXAMPLE = {name: aggregate in ("mean_correct", "mean_exact") for name, aggregate in METRICS.items()}
"""Metrics that are means over examples, so that the score of the touched ones follows from the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The scores that are compared, and what is to be said about them.

    Attributes:
        scores: one row per run, task, language, perturbation (never clean) and severity, languages other
            than English, with ``value, clean, change`` and the columns of ``queries/cells.sql``.
        finer: these by perturbation (``rows.plain_by_perturbation``); ``rows`` their ``summary``.
        english: the scores in English.
        controls: the same for perturbations whose drop must be nought.
        seeds: smallest number of seeds that a regime has on a task, for one intermediate task.
        cautions: reasons to trust the answer less.
    """

    scores: pl.DataFrame
    finer: pl.DataFrame
    rows: pl.DataFrame
    english: pl.DataFrame
    controls: pl.DataFrame
    regimes: tuple[str, ...]
    seeds: int
    cautions: tuple[str, ...]

    def levels(self, column: str) -> list[str]:
        """Distinct values of a column of the compared scores, sorted."""
        return sorted(self.scores[column].unique().to_list())


def design(data: Data, question: Question, pair: tuple[str, str]) -> Design:
    """Choose what is compared between two regimes, ``pair``: reference and treatment.

    Raises:
        Refused: the two cannot be compared with these data; the message says what is missing and which
            study supplies it.
    """
    try:
        usable, cautions = _usable(data, pair, (*BLOCK, *question.within))
    except Refused as refusal:
        raise Refused(f"{refusal}. {supply(question)}") from None
    usable = _prepared(usable, pair)
    controls = usable.filter("control")
    scores = usable.filter(~pl.col("control") & (pl.col("language") != "en"))
    seeds = _seeds(scores)
    finer = plain_by_perturbation(scores)
    return Design(
        scores=scores,
        finer=finer,
        rows=across(finer),
        english=usable.filter(~pl.col("control") & (pl.col("language") == "en")),
        controls=controls,
        regimes=pair,
        seeds=seeds,
        cautions=(*_standing_cautions(scores, controls, seeds), *_recipe_cautions(data, scores), *cautions),
    )


def supply(question: Question) -> str:
    """How to get the data that a question lacks."""
    larger = question.study.removesuffix("_mini")
    return (
        f"Supply it with: xtb study run {question.study} --encoder ENCODER, then: xtb ingest runs "
        f"(real benchmarks: {larger}_gpu for one GPU, {larger}_paper in full)"
    )


def _usable(data: Data, pair: tuple[str, str], block: Block) -> tuple[pl.DataFrame, list[str]]:
    """Scores of cells that every run has, where both regimes are replicated; and what was left out."""
    both = listing([f"'{regime}'" for regime in pair])
    for regime in pair:
        if regime not in set(data.runs["regime"]):
            raise Refused(f"this warehouse has no run under '{regime}'")
        if data.coverage.filter((pl.col("regime") == regime) & (pl.col("scores") > 0)).is_empty():
            raise Refused(f"the runs under '{regime}' have no score yet")
    cells = data.cells.filter(pl.col("regime").is_in(pair))
    if cells.is_empty():
        raise Refused(f"the runs under {both} have clean scores only, none under a perturbation")
    usable = cells.filter(pl.col("value").is_not_null() & pl.col("clean").is_not_null())
    if usable.is_empty():
        raise Refused(f"no perturbed score under {both} has a clean twin to be compared with")
    abroad = usable.filter(~pl.col("control") & (pl.col("language") != "en"))
    if abroad.is_empty():
        raise Refused(f"the runs under {both} have no perturbed score in a language other than English")
    blocks = _shared_blocks(abroad, pair, block)
    if blocks.is_empty():
        raise Refused(f"no task was measured under both {both} with the same encoder on the same data")
    cautions: list[str] = []
    usable = _within(usable, blocks)
    usable = _real_over_synthetic(usable, cautions)
    usable = _common_support(usable, block, cautions)
    usable = _replicated(usable, pair, block, cautions)
    if usable.filter(~pl.col("control") & (pl.col("language") != "en")).is_empty():
        raise Refused(f"no cell in a language other than English was measured in every run under {both}")
    return usable, cautions


def _shared_blocks(rows: pl.DataFrame, pair: Sequence[str], block: Block) -> pl.DataFrame:
    shared = rows.group_by(block).agg(pl.col("regime").n_unique()).filter(pl.col("regime") == len(pair))
    return shared.select(block)


def _within(rows: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Rows whose keys, the columns of ``kept``, are among its rows; the same frame where all are."""
    if rows.select(kept.columns).unique().height == kept.height:
        return rows
    return rows.join(kept, on=kept.columns, how="semi")


def _real_over_synthetic(rows: pl.DataFrame, cautions: list[str]) -> pl.DataFrame:
    """Real benchmarks only, where there are both; they are never averaged with the built-in ones."""
    real = rows.filter(~pl.col("synthetic"))
    if real.is_empty() or real.height == rows.height:
        return rows
    left = sorted(rows.filter("synthetic")["task"].unique().to_list())
    cautions.append(f"The synthetic tasks {listing(left)} are left out: real ones are here.")
    return real


def _common_support(rows: pl.DataFrame, block: Block, cautions: list[str]) -> pl.DataFrame:
    """Cells that every run of their block has; runs with under half of the cells go first."""
    sizes = rows.group_by(*block, "run_id").len("cells")
    largest = sizes.group_by(block).agg(pl.col("cells").max().alias("most"))
    short = sizes.join(largest, on=block).filter(pl.col("cells") * 2 < pl.col("most"))
    kept = rows
    if short.height:
        kept = rows.join(short.select(*block, "run_id"), on=[*block, "run_id"], how="anti")
    runs = kept.group_by(block).agg(pl.col("run_id").n_unique().alias("runs"))
    cell = list(dict.fromkeys((*block, *PLACE)))
    have = kept.group_by(cell).agg(pl.col("run_id").n_unique().alias("have")).join(runs, on=block)
    common = _within(kept, have.filter(pl.col("have") == pl.col("runs")).select(cell))
    if short.height:
        cautions.append(
            f"{count(short['run_id'].n_unique(), 'run')} left out for having under half of the cells: "
            f"{listing(sorted(short['run_id'].unique().to_list()))}."
        )
    lost = kept.height - common.height
    if lost:
        cautions.append(
            f"{count(lost, 'score')} ({lost / kept.height:.0%}) left out because another run lacks the same "
            "cell; only cells that every run has are compared."
        )
    return common


def _replicated(rows: pl.DataFrame, pair: tuple[str, str], block: Block, cautions: list[str]) -> pl.DataFrame:
    """Blocks in which each regime has two runs or more; without any, no test is possible."""
    arms = rows.group_by(*block, "regime").agg(pl.col("run_id").n_unique().alias("runs"))
    blocks = _shared_blocks(arms.filter(pl.col("runs") > 1), pair, block)
    if blocks.is_empty():
        raise Refused(
            f"no task has two runs under each of '{pair[0]}' and '{pair[1]}', so that a difference between "
            "the regimes cannot be told from one between two seeds; at least two, better "
            f"{FEW_SEEDS} or more seeds each are needed"
        )
    kept = _within(rows, blocks)
    lost = sorted(set(rows["task"].unique()) - set(kept["task"].unique()))
    if lost:
        cautions.append(f"Left out for having a single run under a regime: {listing(lost)}.")
    return kept


def _prepared(rows: pl.DataFrame, pair: tuple[str, str]) -> pl.DataFrame:
    """Rows in order, with the change and what follows from their place: cell, kind of metric."""
    place = ["encoder_fingerprint", "task", "language", "metric"]
    words = pl.col(place).cast(pl.String)
    named = rows.select(place).unique().sort(place).with_columns(words.name.prefix("_"))
    cell = pl.concat_str([pl.col("_encoder_fingerprint").str.head(8), "_task", "_language"], separator="|")
    follows = named.select(
        *place,
        cell=cell,
        per_example=pl.col("_metric").replace_strict(PER_EXAMPLE, default=False, return_dtype=pl.Boolean),
    )
    follows = follows.with_columns(pl.col("cell").cast(pl.Enum(follows["cell"].unique().sort())))
    return (
        rows.sort("task", "language", "perturbation", "severity", "regime", "run_id")
        .with_columns(
            regime=pl.col("regime").cast(pl.String).cast(pl.Enum(list(pair))),
            change=pl.col("value") - pl.col("clean"),
        )
        .join(follows, on=place, how="left", maintain_order="left")
    )


def _seeds(scores: pl.DataFrame) -> int:
    arms = scores.group_by(*BLOCK, "regime", "intermediate").agg(pl.col("seed").n_unique().alias("seeds"))
    return int(arms["seeds"].min() or 0)  # type: ignore[arg-type]


def _recipe_cautions(data: Data, scores: pl.DataFrame) -> list[str]:
    """A target trained in two ways is no fair comparison."""
    runs = data.runs.filter(pl.col("run_id").is_in(scores["run_id"].unique().implode()))
    unlike = unlike_target_stages(runs)
    if not unlike:
        return []
    return [
        f"The target stage was not trained alike in all runs ({listing(unlike)}): part of the difference may "
        "be due to that. See the configurations below."
    ]


def _standing_cautions(scores: pl.DataFrame, controls: pl.DataFrame, seeds: int) -> list[str]:
    said = []
    if seeds < FEW_SEEDS:
        said.append(
            f"Only {count(seeds, 'seed')} a regime on some task: with fewer than {FEW_SEEDS} the error rates "
            "of the tests are not what they claim. Read this as a pilot."
        )
    languages = scores["language"].n_unique()
    if languages < 4:
        said.append(
            f"Only {count(languages, 'language')} beside English: the answer holds for "
            f"{'it' if languages == 1 else 'these'}, not for languages at large."
        )
    if scores["synthetic"].all():
        said.append(
            "Every task here is synthetic (the built-in benchmark): the numbers show that the road works, "
            "they say nothing about natural languages."
        )
    floor = at_floor(scores)
    cells = floor.height
    low = floor.filter("floor").height
    if low:
        said.append(
            f"In {low} of {cells} task and language pairs a regime's clean score is within two standard "
            "errors of chance: little can be lost there, so that differences in loss are understated."
        )
    if controls.height:
        worst = float(controls["change"].abs().max() or 0.0)  # type: ignore[arg-type]
        if worst > 0:
            said.append(
                f"A negative control, which the tokenizer should undo, changes a score by {100 * worst:.1f} "
                "points; something other than the noise differs between clean and perturbed scores."
            )
    shared = scores.filter("overlapping")
    if shared.height:
        tasks = sorted(
            shared.select(pair=pl.concat_str(["intermediate", "task"], separator=" for "))["pair"].unique()
        )
        said.append(
            f"Intermediate and target training data overlap ({listing(tasks)}); a sensitivity analysis "
            "leaves these out."
        )
    return said


def at_floor(scores: pl.DataFrame) -> pl.DataFrame:
    """For each block and language: is a regime's mean clean score within two standard errors of chance?

    Columns: block, language, ``floor``. A task without a stated chance level is never at its floor.
    """
    error = (pl.col("clean") * (1 - pl.col("clean")) / pl.col("n")).clip(lower_bound=0).sqrt()
    arms = scores.group_by(*BLOCK, "language", "regime").agg(
        low=(pl.col("clean").mean() - pl.col("chance").first()) < 2 * error.mean()
    )
    return (
        arms.group_by(*BLOCK, "language")
        .agg(floor=pl.col("low").fill_null(False).any())
        .sort(*BLOCK, "language")
    )
