"""Evaluation of a grid: xtb in one pass against ``transformers.Trainer.predict`` called cell by cell.

    python tests/benchmarks/evaluate_grid.py [--data DIR] [--task xnli] [--limit 200] [--encoder FOLDER]

Both sides take the same model, the same real rows and the same perturbed examples, and do all of the work
from text to score: tokenise, run, decide, score. Reading and perturbing are done beforehand for both and not
counted. The grid is one run, 6 languages, 8 perturbations at 3 severities and the clean cells. Tagged
sentences are those of at most 25 words and questions those of at most 50 characters, because the scripts
cut sentences that xtb splits and read long questions to their end where xtb, as BERT's and XTREME's code,
stops at 64 tokens. Both sides have the same number of threads. Printed are seconds by the clock, cells a
minute, CPU seconds (for a machine with other work), the ratios of both, and how many predictions differ.
The baseline is given twice: padded to the longest of a batch, and to the task's maximum as XTREME and jiant
do.
"""

import argparse
import os
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from torch import Tensor, nn

import xtb.evaluate
from ingest import catalog
from ingest.example import Example, Pair, Span, Tags
from ingest.perturbation import Perturbed, perturb
from ingest.source import Source, open_source
from ingest.task import Task, take
from tests.xtb.tiny import make_xlmr
from xtb.batching import NOTHING, Feature, Row
from xtb.encoder import Encoder, load_encoder
from xtb.heads import head
from xtb.metrics import score
from xtb.model import TaskModel, build_model
from xtb.spec import Cell

LANGUAGES = {
    "xnli": ("en", "de", "hi", "sw", "th", "zh"),
    "udpos": ("en", "de", "hi", "ar", "fi", "zh"),
    "xquad": ("en", "de", "hi", "ar", "th", "zh"),
}
NOISE = (
    "char_swap",
    "char_delete",
    "keyboard_substitute",
    "random_case",
    "punct_strip",
    "word_swap",
    "unicode_nfd",
    "typo_mix",
)
SEVERITIES = (1, 3, 5)


class Seconds(NamedTuple):
    """What a work took, by the clock and in CPU seconds."""

    clock: float
    cpu: float

    @classmethod
    def now(cls) -> "Seconds":
        return cls(time.perf_counter(), time.process_time())

    def since(self, began: "Seconds") -> "Seconds":
        return Seconds(self.clock - began.clock, self.cpu - began.cpu)


class Done(NamedTuple):
    """One side's work: its time, predictions and headline score of each cell."""

    seconds: Seconds
    predictions: dict[Cell, list[str]]
    scores: dict[Cell, float]


NEVER = Done(Seconds(float("inf"), float("inf")), {}, {})


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    source = open_source(options.data)
    for name in options.task:
        task = catalog.task(name)
        encoder = load_encoder(str(options.encoder)) if options.encoder else _small(options.data)
        model = build_model(encoder, task, seed=0).eval()
        cells = dict(_cells(task, source, options.limit))
        rows = sum(len(found.examples) for found in cells.values())
        print(f"{name}: {len(cells)} cells, {rows} examples, {_size(model):.1f}M parameters", flush=True)
        trainer = partial(_trainer, model, encoder, task, cells, options.batch_size)
        sides = {
            "xtb": partial(_ours, model, task, source, cells),
            "Trainer.predict, dynamic padding": partial(trainer, None),
            "Trainer.predict, padded to the maximum": partial(trainer, task.defaults.max_length),
        }
        done: dict[str, Done] = {}
        for _ in range(options.repeat):  # in turn, so that a busy minute of the machine hits all
            for side, work in sides.items():
                done[side] = min(work(), done.get(side, NEVER), key=lambda one: one.seconds.clock)
        for side, best in done.items():
            _show(side, best, len(cells), done["xtb"])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("XTB_DATA", "../shared/data")))
    parser.add_argument("--task", nargs="+", default=list(LANGUAGES), choices=list(LANGUAGES))
    parser.add_argument("--limit", type=int, default=100, help="examples of a cell")
    parser.add_argument("--encoder", type=Path, help="folder; else 2 layers of 128 made on the spot")
    parser.add_argument("--batch-size", type=int, default=32, help="of the baseline; Trainer's default is 8")
    parser.add_argument("--repeat", type=int, default=1, help="times; the best of each side counts")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of each side")
    return parser.parse_args()


def _cells(task: Task, source: Any, limit: int) -> Iterator[tuple[Cell, Perturbed]]:
    split = "test" if "test" in task.splits else "validation"
    for language in LANGUAGES[task.name]:
        examples = [each for each in task.read(source, split, language) if _is_short(each)]
        clean = take(examples, limit)
        for name, severity in [("clean", 0), *((name, level) for name in NOISE for level in SEVERITIES)]:
            cell = Cell(task=task.name, split=split, language=language, perturbation=name, severity=severity)
            found = perturb(
                clean,
                catalog.perturbation(name),
                severity=severity,
                language=language,
                seed=0,
                task=task.name,
            )
            if found.not_applicable is None:
                yield cell, found


def _is_short(example: Example) -> bool:
    if isinstance(example, Tags):
        return len(example.tokens) <= 25
    return not isinstance(example, Span) or len(example.question) <= 50


def _ours(model: TaskModel, task: Task, source: Source, cells: dict[Cell, Perturbed]) -> Done:
    clean = {cell.language: found.examples for cell, found in cells.items() if cell == cell.clean}
    given = Task(**{**_fields(task), "read": lambda source, split, language: clean[language]})
    before = xtb.evaluate._perturb
    xtb.evaluate._perturb = lambda task, cell, examples: cells[cell]  # made beforehand
    began = Seconds.now()
    try:
        done = list(xtb.evaluate.evaluate(model, given, list(cells), source, run_id="r"))
    finally:
        xtb.evaluate._perturb = before
    return Done(
        Seconds.now().since(began),
        {each.cell: each.outcomes["prediction"].to_list() for each in done},
        {each.cell: each.scores["value"][0] for each in done},
    )


def _fields(task: Task) -> dict[str, Any]:
    return {name: getattr(task, name) for name in task.__dataclass_fields__}


class Plain(nn.Module):
    """The same weights as an ordinary encoder with a head, which Trainer can call."""

    def __init__(self, model: TaskModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, **batch: Tensor) -> tuple[Tensor]:
        return (self.model.layer(self.model.encoder(**batch).last_hidden_state, batch),)


def _trainer(
    model: TaskModel,
    encoder: Encoder,
    task: Task,
    cells: dict[Cell, Perturbed],
    batch_size: int,
    length: int | None,
) -> Done:
    import transformers

    arguments = transformers.TrainingArguments(
        output_dir="/tmp/xtb-benchmark",
        per_device_eval_batch_size=batch_size,
        use_cpu=True,
        report_to=[],
        disable_tqdm=True,
        remove_unused_columns=False,
    )
    padding = {"padding": "max_length", "max_length": length} if length else {"padding": True}
    collator = transformers.DataCollatorWithPadding(encoder.tokenizer, **padding)
    predictions, scores = {}, {}
    began = Seconds.now()
    trainer = transformers.Trainer(model=Plain(model), args=arguments, data_collator=collator)
    for cell, found in cells.items():
        inputs = _tokenised(encoder, task, found.examples)
        logits = trainer.predict([row for row, _ in inputs]).predictions
        judged = _decide(task, found.examples, inputs, logits, cell.language)
        predictions[cell] = [outcome.prediction for outcome in judged]
        scores[cell] = score(xtb.evaluate.judged(found.examples, judged), task.metric)
    return Done(Seconds.now().since(began), predictions, scores)


def _tokenised(encoder: Encoder, task: Task, examples: Sequence[Example]) -> list[tuple[dict[str, Any], Any]]:
    """Rows as the example scripts of transformers make them, each with what leads back to its example."""
    tokenizer, length = encoder.tokenizer, min(task.defaults.max_length, encoder.max_length)
    first = examples[0]
    if isinstance(first, Pair):
        pairs: Sequence[Any] = examples
        made = tokenizer(
            [pair.first for pair in pairs],
            [pair.second for pair in pairs],
            truncation="longest_first",
            max_length=length,
        )
        back: list[Any] = list(range(len(examples)))
    elif isinstance(first, Tags):
        sentences: Sequence[Any] = examples
        made = tokenizer(
            [list(sentence.tokens) for sentence in sentences],
            is_split_into_words=True,
            truncation=True,
            max_length=length,
        )
        back = [(i, made.word_ids(i)) for i in range(len(examples))]
    else:
        spans: Sequence[Any] = examples
        made = tokenizer(
            [span.question for span in spans],
            [span.context for span in spans],
            truncation="only_second",
            max_length=length,
            stride=task.defaults.stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        sides = [made.sequence_ids(i) for i in range(len(made["input_ids"]))]
        back = list(
            zip(made.pop("overflow_to_sample_mapping"), made.pop("offset_mapping"), sides, strict=True)
        )
    rows = [{name: made[name][i] for name in made} for i in range(len(made["input_ids"]))]
    return list(zip(rows, back, strict=True))


def _decide(
    task: Task, examples: Sequence[Example], inputs: Sequence[tuple[Any, Any]], logits: Any, language: str
) -> Any:
    """Predictions from padded logits, in the manner of the example scripts; judged by xtb's metrics."""
    if isinstance(examples[0], Pair):
        return head(task.kind).outcomes(examples, [], [[row] for row in logits], task, language)
    if isinstance(examples[0], Tags):
        features, results = [], []
        for (row, (i, words)), scores in zip(inputs, logits.argmax(-1), strict=True):
            # A word that gave no token is left out by the scripts; xtb gives it the unknown token.
            places, seen = dict.fromkeys(range(len(examples[i].tokens)), 0), None
            for position, word in enumerate(words):
                if word is not None and word != seen:
                    places[word] = position
                seen = word
            ids = array("i", row["input_ids"])
            features.append(
                Feature(
                    i,
                    (Row(ids, len(ids), len(ids)),),
                    NOTHING,
                    0,
                    (array("i", places.values()), array("i", places)),
                )
            )
            results.append([scores.astype(np.float32)])
        return head(task.kind).outcomes(examples, features, results, task, language)
    features, results = [], []
    for (row, (i, offsets, sides)), scores in zip(inputs, logits, strict=True):
        second = sides.index(1) if 1 in sides else len(sides)
        end = len(sides) - 1
        batch = {"span": torch.tensor([[second, end]])}
        results += [[found] for found in head(task.kind).results(torch.from_numpy(scores)[None], batch)]
        ids = array("i", row["input_ids"])
        layout = (
            array("i", [first for first, _ in offsets[second:end]]),
            array("i", [p for _, p in offsets[second:end]]),
        )
        features.append(Feature(i, (Row(ids, second, end),), NOTHING, 0, layout))
    return head(task.kind).outcomes(examples, features, results, task, language)


def _show(name: str, done: Done, cells: int, ours: Done) -> None:
    pairs = [
        (a, b)
        for cell, predictions in done.predictions.items()
        for a, b in zip(predictions, ours.predictions[cell], strict=True)
    ]
    differ = sum(a != b for a, b in pairs)
    furthest = max(abs(done.scores[cell] - ours.scores[cell]) for cell in done.scores)
    clock, cpu = (theirs / own for theirs, own in zip(done.seconds, ours.seconds, strict=True))
    print(
        f"  {name:38} {done.seconds.clock:7.1f} s {60 * cells / done.seconds.clock:6.0f} cells/min"
        f" {done.seconds.cpu:7.1f} CPU s   xtb is {clock:5.2f} x by the clock, {cpu:5.2f} x in CPU seconds"
        f"   {differ} of {len(pairs)} predictions differ, scores by at most {furthest:.1e}",
        flush=True,
    )


def _size(model: TaskModel) -> float:
    return sum(weight.numel() for weight in model.parameters()) / 1e6


def _small(data: Path) -> Encoder:
    """An XLM-R-shaped encoder of 2 layers of 128 with random weights and 32,000 pieces of XNLI's own text.

    With so many, XNLI's rows have the 30 to 50 tokens that XLM-R's own tokenizer gives them.
    """
    source = open_source(data)
    xnli = catalog.task("xnli")
    languages = xnli.available(source, "test")
    pairs = [pair for code in languages for pair in take(xnli.read(source, "test", code), 2500)]
    texts = [text for pair in pairs for text in (pair.first, pair.second)]
    with tempfile.TemporaryDirectory() as folder:
        shape = {
            "hidden_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "intermediate_size": 512,
        }
        make_xlmr(Path(folder), texts, vocabulary=32_000, positions=512, initializer_range=0.1, **shape)
        return load_encoder(folder)


if __name__ == "__main__":
    main()
