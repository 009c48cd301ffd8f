"""Hugging Face ``eval_results.yaml``: what a model's repository states below ``.eval_results/``.

An entry is a score on clean data of a benchmark that lies on the hub; what the hub's format has no field for
(metric, split, regime, seed) stands in its notes. Scores under noise are no results of the benchmark and are
left out, as are those of tasks without a data set there. The task id is the configuration of the data set,
which is what ours are told apart by; a benchmark that defines tasks of its own in an ``eval.yaml`` names them
otherwise, and the entry is to be edited then.
"""

import polars as pl
import yaml
from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

from warehouse.connect import Connection, Sandbox
from warehouse.errors import UsageError
from xtb.exports.chosen import hub, scores


def document(con: Connection | Sandbox, runs: pl.DataFrame) -> tuple[str, int]:
    """The text of the file, and how many clean scores have no place in it.

    Args:
        con: the warehouse.
        runs: the row of ``run``; one, because a repository holds one model.

    Raises:
        UsageError: several runs, or no score that can be stated.
    """
    if len(runs) != 1:
        raise UsageError(f"eval_results.yaml states the results of one model, these are {len(runs)} runs")
    run = runs.row(0, named=True)
    clean = scores(con, run["run_id"]).filter(pl.col("perturbation") == "clean")
    entries = []
    for row in clean.iter_rows(named=True):
        place = hub(row["task"], row["split"])
        if place is not None:
            code = place.codes.get(row["language"], row["language"])
            entries.append(
                EvalResultEntry(
                    dataset_id=place.repo,
                    task_id=place.config.replace("{code}", code),
                    value=row["value"],
                    date=run["started_at"].date().isoformat() if run["started_at"] else None,
                    notes=_notes(run, row),
                )
            )
    if not entries:
        raise UsageError(
            f"run {run['run_id']} has no score on clean data of a benchmark that lies on the hub"
        )
    text = yaml.safe_dump(eval_result_entries_to_yaml(entries), sort_keys=False, allow_unicode=True)
    return text, len(clean) - len(entries)


def _notes(run: dict[str, object], row: dict[str, object]) -> str:
    parts = [f"{row['metric']} in [0, 1]", f"split {row['split']}", f"language {row['language']}"]
    parts += [f"n {row['n']}"] if row["n"] is not None else []
    parts += [f"regime {run['regime']}"]
    parts += [f"intermediate {run['intermediate']}"] if run["intermediate"] not in (None, "none") else []
    parts += [f"seed {run['seed']}"] if run["seed"] is not None else []
    return ", ".join(parts)
