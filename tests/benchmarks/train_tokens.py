"""Fine-tuning speed: xtb's loop against ``transformers.Trainer``, same weights, same rows, same hardware.

    python tests/benchmarks/train_tokens.py [--data DIR] [--task mnli udpos] [--limit 2000] [--encoder FOLDER]

Both sides get tokenised rows, take one epoch over them with AdamW, a linear schedule and clipping, and
evaluate nothing. A step of xtb has a budget of padded tokens that comes out at about as many rows as the
baseline's batch. Printed are real tokens (no padding) a second of CPU time, for the machine may be shared,
and the ratio. The baseline is given twice: with dynamic padding, and with rows of like length together.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from ingest import catalog
from ingest.example import Pair, Tags
from ingest.source import Source, open_source
from ingest.task import Task
from tests.xtb.tiny import make_xlmr
from xtb.batching import IGNORE
from xtb.devset import DevSet
from xtb.encoder import load_encoder
from xtb.model import build_model
from xtb.progress import silent
from xtb.saving import Saving
from xtb.spec import StageSpec
from xtb.stop import Stop
from xtb.train import Learner, make_accelerator, train
from xtb.trainset import Trainset, read_parts

SHAPES = {
    "small": {
        "hidden_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 512,
    },
    "medium": {
        "hidden_size": 384,
        "num_hidden_layers": 6,
        "num_attention_heads": 12,
        "intermediate_size": 1536,
    },
}


class Speed(NamedTuple):
    """Real tokens, CPU seconds, optimiser steps."""

    tokens: int
    seconds: float
    steps: int


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    source = open_source(options.data)
    with tempfile.TemporaryDirectory() as folder:
        encoder = options.encoder or _make(Path(folder) / "encoder", source, options.shape)
        for name in options.task:
            task = catalog.task(name)
            rows = _rows(task, source, encoder, options.limit)
            budget = round(1.02 * options.batch_size * sum(len(row["input_ids"]) for row in rows) / len(rows))
            stage = StageSpec(
                role="target",
                task=name,
                limit=options.limit,
                learning_rate=1e-4,
                epochs=1,
                batch_tokens=budget,
                max_length=128,
                evaluations=0,
            )
            print(f"{name}: {len(rows)} rows, batches of {options.batch_size} or {budget} tokens", flush=True)
            _ours(
                replace(stage, steps=3), source, encoder, Path(folder)
            )  # imports and first calls, not counted
            _theirs(task, encoder, rows[:96], options.batch_size, "random")
            ours = _ours(stage, source, encoder, Path(folder))
            _show("xtb", ours, ours)
            for words, sampling in (("dynamic padding", "random"), ("grouped by length", "group_by_length")):
                theirs = _theirs(task, encoder, rows, options.batch_size, sampling)
                _show(f"Trainer, {words}", theirs, ours)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("XTB_DATA", "../shared/data")))
    parser.add_argument("--task", nargs="+", default=["mnli", "udpos"], choices=["mnli", "udpos"])
    parser.add_argument("--limit", type=int, default=2000, help="training examples")
    parser.add_argument("--encoder", help="folder; else one made on the spot")
    parser.add_argument("--shape", choices=list(SHAPES), default="small", help="of the one made on the spot")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def _make(folder: Path, source: Source, shape: str) -> str:
    texts = [pair.first for pair in catalog.task("mnli").read(source, "train", "en")[:4000]]
    made = make_xlmr(folder, texts, vocabulary=4000, positions=256, **SHAPES[shape])
    return str(made)


def _rows(task: Task, source: Source, encoder: str, limit: int) -> list[dict[str, list[int]]]:
    """Rows as the example scripts of transformers make them."""
    from ingest.task import take

    tokenizer = load_encoder(encoder).tokenizer
    rows = []
    for example in take(task.read(source, "train", "en"), limit):
        if isinstance(example, Pair):
            made = tokenizer(example.first, example.second, truncation="longest_first", max_length=128)
            rows.append({**made, "labels": example.label})
        elif isinstance(example, Tags):
            made = tokenizer(list(example.tokens), is_split_into_words=True, truncation=True, max_length=128)
            rows.append({**made, "labels": _tags(task, example, made.word_ids())})
    return rows


def _tags(task: Task, example: Tags, words: Sequence[int | None]) -> list[int]:
    """A tag at the first token of each word."""
    first = [word is not None and word not in words[:place] for place, word in enumerate(words)]
    return [
        task.labels.index(example.tags[word]) if new and word is not None else IGNORE
        for new, word in zip(first, words, strict=True)
    ]


def _ours(stage: StageSpec, source: Source, encoder: str, folder: Path) -> Speed:
    parts = read_parts(stage, source)
    models = {part.task.name: build_model(load_encoder(encoder), part.task, seed=0) for part in parts}
    data = Trainset(stage=stage, parts=parts, models=models, seed=0)
    data.count()  # tokenises; kept for the training
    began = time.process_time()
    trained = train(
        Learner(models),
        data,
        DevSet(parts=[], stage=stage),
        stage,
        accelerator=make_accelerator(stage, "cpu"),
        saving=Saving(folder, "benchmark", stop=Stop(), seconds=3600),
        report=silent,
    )
    return Speed(trained.row["tokens"], time.process_time() - began, trained.row["steps"])


def _theirs(task: Task, encoder: str, rows: list[dict[str, Any]], batch_size: int, sampling: str) -> Speed:
    import transformers

    kind = "SequenceClassification" if task.kind == "pair" else "TokenClassification"
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    model = getattr(transformers, f"AutoModelFor{kind}").from_pretrained(encoder, num_labels=len(task.labels))
    tokenizer = load_encoder(encoder).tokenizer
    collators = {
        "pair": transformers.DataCollatorWithPadding,
        "tags": transformers.DataCollatorForTokenClassification,
    }
    arguments = transformers.TrainingArguments(
        output_dir="/tmp/xtb-benchmark",
        per_device_train_batch_size=batch_size,
        num_train_epochs=1,
        learning_rate=1e-4,
        train_sampling_strategy=sampling,
        use_cpu=True,
        save_strategy="no",
        logging_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )
    trainer: Any = transformers.Trainer(
        model=model, args=arguments, train_dataset=rows, data_collator=collators[task.kind](tokenizer)
    )
    trainer.pop_callback(transformers.PrinterCallback)
    began = time.process_time()
    steps = trainer.train().global_step
    tokens = sum(len(row["input_ids"]) for row in rows)
    return Speed(tokens, time.process_time() - began, steps)


def _show(name: str, speed: Speed, ours: Speed) -> None:
    rate = speed.tokens / speed.seconds
    ratio = ours.tokens / ours.seconds / rate
    print(
        f"  {name:28} {speed.seconds:7.1f} s CPU {rate:9.0f} tokens/s {speed.steps:5} steps"
        f"   xtb is {ratio:.2f} x",
        flush=True,
    )


if __name__ == "__main__":
    main()
