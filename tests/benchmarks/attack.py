"""Attack speed: texts a second that greedy_char tries, against plain evaluation of the very same texts.

    python tests/benchmarks/attack.py [--data DIR] [--limit 32] [--budget 60] [--layers 6] [--hidden 384]

The attack searches, proposes, holds texts to their constraints, tokenises, runs the model and judges, in
rounds of all examples together; plain evaluation gets all texts the attack scored at once, and tokenises,
runs and judges them with a model built anew, so that nothing is remembered. Both run on one thread and are
measured in CPU seconds, for the machine may be shared. The model is XLM-R-shaped with random weights made on
the spot, by default an eighth of XLM-R Base's size; the larger the model, the less the search weighs. Gold
is what the model says, so that no example is skipped.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from ingest import catalog
from ingest.example import Example, Pair
from ingest.fields import noisy_fields
from ingest.source import Source, open_source
from ingest.task import Task, take
from tests.xtb.tiny import make_xlmr
from xtb.adversarial.attack import Attack, Scene
from xtb.adversarial.catalog import attack
from xtb.adversarial.search import attack_examples
from xtb.adversarial.victim import Seen, Victim
from xtb.encoder import load_encoder
from xtb.model import build_model


class Recording(Victim):
    """A victim that remembers what it was shown."""

    shown: list[Example]

    def see(self, examples: Sequence[Example]) -> list[Seen]:
        self.shown += examples
        return super().see(examples)


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    source, task = open_source(options.data), catalog.task("xnli")
    for language in options.language:
        everything = [one for one in task.read(source, "test", language) if isinstance(one, Pair)]
        examples = take(everything, options.limit)
        with tempfile.TemporaryDirectory() as folder:
            _encoder(
                Path(folder), [text for one in everything[:1500] for text in (one.first, one.second)], options
            )
            ours, shown, queries = _attack(folder, task, language, source, examples, options.budget)
            plain = _plain(folder, task, language, shown)
        print(
            f"{language}: {len(examples)} examples, {queries} queries, {len(shown)} texts scored; "
            f"attack {len(shown) / ours:.0f} texts a CPU second ({ours:.1f} s), "
            f"plain {len(shown) / plain:.0f} ({plain:.1f} s): {plain / ours:.0%}",
            flush=True,
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("XTB_DATA", "../shared/data")))
    parser.add_argument("--language", nargs="+", default=["en", "hi"])
    parser.add_argument("--limit", type=int, default=32, help="examples")
    parser.add_argument("--budget", type=int, default=60, help="queries of an example")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--hidden", type=int, default=384)
    return parser.parse_args()


def _encoder(folder: Path, texts: Sequence[str], options: argparse.Namespace) -> None:
    make_xlmr(
        folder,
        texts,
        vocabulary=4000,
        positions=256,
        hidden_size=options.hidden,
        num_hidden_layers=options.layers,
        num_attention_heads=max(1, options.hidden // 64),
        intermediate_size=4 * options.hidden,
        initializer_range=0.1,
    )


def _attack(
    folder: str, task: Task, language: str, source: Source, examples: Sequence[Pair], budget: int
) -> tuple[float, list[Example], int]:
    """CPU seconds of the attack, the texts it scored, and its queries."""
    chosen = attack("greedy_char")
    assert isinstance(chosen, Attack)
    model = build_model(load_encoder(folder), task, seed=0)
    victim = Recording(model, task, language)
    said = [seen.outcome.prediction for seen in Victim.see(victim, examples)]
    examples = [
        replace(one, label=task.labels.index(label)) for one, label in zip(examples, said, strict=True)
    ]
    victim.shown = []
    scene = Scene(
        attack=chosen.name,
        task=task,
        split="test",
        language=language,
        seed=0,
        settings=chosen.settings,
        fields=noisy_fields(examples),
        examples=examples,
        source=source,
        limit=None,
        inputs=model.inputs,
        embeddings=model.encoder.get_input_embeddings().weight.detach().numpy(),  # type: ignore[operator]
    )
    began = time.process_time()
    found = attack_examples(victim, chosen, scene, examples, budget=budget)
    return time.process_time() - began, victim.shown, sum(one.queries for one in found)


def _plain(folder: str, task: Task, language: str, texts: Sequence[Example]) -> float:
    """CPU seconds of one evaluation of texts."""
    victim = Victim(build_model(load_encoder(folder), task, seed=0), task, language)
    began = time.process_time()
    victim.see(texts)
    return time.process_time() - began


if __name__ == "__main__":
    main()
