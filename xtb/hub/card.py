"""The model card: what the model is, how to use it, how it was trained, what it scores."""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from huggingface_hub import EvalResult, ModelCardData

from ingest import catalog
from ingest.task import Task
from warehouse.render import write_markdown
from xtb.heads.native import NATIVE
from xtb.pooling import Pooling
from xtb.run import Run, read_table

_KEY = ("task", "split", "language", "severity", "perturbation", "metric")  # clean first

_USE = {
    "text-classification": (
        'ask = pipeline("text-classification", model={folder})\n'
        'ask({{"text": "A dog sleeps.", "text_pair": "An animal rests."}})'
    ),
    "token-classification": (
        'ask = pipeline("token-classification", model={folder}, aggregation_strategy="first")\n'
        'ask("Ada Lovelace was born in London.")'
    ),
    "feature-extraction": 'ask = pipeline("feature-extraction", model={folder})\nask("A sentence.")',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a card is made from.

    Attributes:
        run: the run.
        task: its target.
        scores: rows of the warehouse table ``score`` of this run.
        auto: the class of transformers that loads the folder.
        whole: the head is part of the model.
        pooling: of a retriever, its layer stated.
    """

    run: Run
    task: Task
    scores: pl.DataFrame
    auto: str
    whole: bool
    pooling: Pooling


def card(facts: Facts) -> str:
    """The text of ``README.md``, with its metadata (model-index among them) in front."""
    parts = (
        f"---\n{metadata(facts).to_yaml()}\n---",
        f"# {_name(facts)}",
        _summary(facts),
        f"## Use\n\n{_use(facts)}",
        f"## Training\n\n{_training(facts)}",
        f"## Results\n\n{_results(facts)}",
        f"## Provenance\n\n{_provenance(facts)}",
    )
    return "\n\n".join(parts) + "\n"


def metadata(facts: Facts) -> ModelCardData:
    """The metadata block: every score of the run in its model-index, noise seeds averaged."""
    spec, task, native = facts.run.spec, facts.task, NATIVE[facts.task.kind]
    trained = [catalog.task(name) for stage in spec.stages for name in stage.tasks]
    languages = {language for stage in spec.stages for language in stage.languages}
    if not task.synthetic:
        languages |= set(facts.scores["language"])
    repositories = dict.fromkeys(name for part in trained if (name := _repository(part, "train")))
    hub_id = spec.encoder.partition("@")[0] if spec.encoder.count("/") == 1 else None
    return ModelCardData(
        base_model=hub_id,
        datasets=list(repositories) or None,
        language=sorted(languages) or None,
        library_name="transformers",
        pipeline_tag=native.tag if facts.whole else "feature-extraction",
        tags=["xtb", f"regime:{spec.regime}", f"robust:{spec.robust}"],
        model_name=_name(facts),
        eval_results=list(_index(facts)) or None,
    )


def _index(facts: Facts) -> Iterable[EvalResult]:
    for row in _means(facts.scores).iter_rows(named=True):
        task = catalog.task(row["task"])
        noise = row["perturbation"] if row["severity"] == 0 else f"{row['perturbation']} {row['severity']}"
        yield EvalResult(
            task_type=NATIVE[task.kind].tag,
            dataset_type=_repository(task, row["split"]) or task.name,
            dataset_name=task.title,
            dataset_config=row["language"],
            dataset_split=row["split"],
            metric_type=row["metric"],
            metric_name=f"{row['metric']} ({noise})",
            metric_value=round(row["value"], 6),
            metric_args={"perturbation": row["perturbation"], "severity": row["severity"]},
        )


def _means(scores: pl.DataFrame) -> pl.DataFrame:
    """Scores that are numbers, averaged over noise seeds."""
    known = scores.filter(pl.col("value").is_not_null())
    return known.group_by(_KEY).agg(pl.col("value").mean(), pl.col("n").max()).sort(_KEY)


def _repository(task: Task, split: str) -> str | None:
    """The task's data set on the hub."""
    tables = task.data.get(split, ())
    return next((hub.repo for table in tables for hub in table.hub), None)


def _name(facts: Facts) -> str:
    spec = facts.run.spec
    middle = f"-{spec.intermediate}" if spec.intermediate != "none" else ""
    return f"{spec.encoder.rpartition('/')[2].partition('@')[0]}-{spec.regime}{middle}-{spec.target}"


def _summary(facts: Facts) -> str:
    spec = facts.run.spec
    first = "" if spec.intermediate == "none" else f" after `{spec.intermediate}`"
    robust = "" if spec.robust == "none" else f", `{spec.robust}` on the {spec.robust_stage} stage"
    made = (
        " The data are synthetic: its numbers show a method, not the world." if facts.task.synthetic else ""
    )
    return (
        f"`{spec.encoder}` trained for {facts.task.title}{first}: regime `{spec.regime}`{robust}, "
        f"seed {spec.seed}.{made}"
    )


def _use(facts: Facts) -> str:
    native = NATIVE[facts.task.kind]
    if not facts.whole:
        return (
            "```python\nfrom transformers import AutoModel, AutoTokenizer\n\n"
            'encoder = AutoModel.from_pretrained("<this folder>")\n'
            'tokenizer = AutoTokenizer.from_pretrained("<this folder>")\n```\n\n'
            "This architecture has no class in transformers that computes the head as it was trained, so the "
            "folder holds the encoder; the head's weights are in `head.safetensors`: of texts "
            "`out(tanh(dense(first token)))`, of tokens `out(token)`."
        )
    if native.pipeline:
        call = _USE[native.pipeline].format(folder='"<this folder>"')
        return f"```python\nfrom transformers import pipeline\n\n{call}\n```{_pooling(facts)}"
    return (
        f"```python\nfrom transformers import {facts.auto}, AutoTokenizer\n\n"
        f'model = {facts.auto}.from_pretrained("<this folder>")\n'
        'tokenizer = AutoTokenizer.from_pretrained("<this folder>")\n```'
    )


def _pooling(facts: Facts) -> str:
    """How a retriever's vectors are made, in words."""
    if facts.task.kind != "retrieval":
        return ""
    over = "the first token" if facts.pooling.over == "cls" else "the mean over the tokens"
    special = "" if facts.pooling.special_tokens else " without special tokens"
    return (
        f"\n\nA text's vector is {over}{special} of hidden state {facts.pooling.layer} (0: the embeddings), "
        "brought to length 1."
    )


def _training(facts: Facts) -> str:
    stages = read_table(facts.run.folder, "stage").sort("position")
    columns = ("task", "languages", "train_examples", "steps", "learning_rate", "batch_tokens", "robust")
    scored = ("dev_metric", "dev_score", "selection")
    licences = [f"{name}: {catalog.task(name).licence}" for name in _tasks(stages["task"])]
    data = "\n".join(f"- {line}" for line in licences)
    table = _table(stages.select(*columns, *scored)) if stages.height else "Not fine-tuned.\n"
    return f"{table}\nLicences of the training data:\n\n{data}" if licences else table.strip()


def _tasks(stages: Sequence[str] | pl.Series) -> list[str]:
    return list(dict.fromkeys(name for names in stages for name in names.split("+")))


def _results(facts: Facts) -> str:
    means = _means(facts.scores)
    if means.is_empty():
        return "None on record."
    keys = ["task", "split", "language", "metric"]
    clean = means.filter(pl.col("perturbation") == "clean").rename({"value": "clean"})
    noisy = means.filter(pl.col("perturbation") != "clean")
    table = clean.select(*keys, "n", "clean")
    if noisy.height:
        under = noisy.group_by(keys).agg(pl.col("value").mean().alias("perturbed"))
        table = table.join(under, on=keys, how="left", maintain_order="left")
    kinds = sorted({f"{row['perturbation']} {row['severity']}" for row in noisy.iter_rows(named=True)})
    told = f"\n`perturbed` is the mean over: {', '.join(kinds)}. The metadata have each.\n" if kinds else ""
    return f"{_table(table)}{told}\nValues lie in [0, 1]; `n` examples.".strip()


def _provenance(facts: Facts) -> str:
    record = facts.run.record
    software = json.loads(record["versions"])
    lines = {
        "run": record["run_id"],
        "encoder fingerprint (sha256)": record["encoder_fingerprint"],
        "data": record["data_source"],
        "code": record["code_version"],
        "software": ", ".join(f"{name} {value}" for name, value in software.items()),
        "device": record["device"],
    }
    return "\n".join(f"- {name}: {value}" for name, value in lines.items())


def _table(frame: pl.DataFrame) -> str:
    out = io.StringIO()
    write_markdown(frame.columns, _rounded(frame), out)
    return out.getvalue()


def _rounded(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return frame.with_columns(pl.selectors.float().round_sig_figs(4)).rows()
