"""Reading and tokenising real tasks: python -m tests.benchmarks.read_tokenise MIRROR [N].

In CPU seconds, the least of three, for each task: ours from the files (first run), ours from the cache
(second run: every feature there again), and ``datasets.map`` with the same tokenizer on the same texts,
batched, after the same reading; all in this process. The tokenizer is trained on the spot with XLM-R's
pipeline, so that nothing is downloaded.
"""

import math
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl

from ingest import catalog, collector
from ingest.example import Choice, Example, Pair, Retrieval, Span, Tags
from ingest.source import Source, open_source
from ingest.task import Task, take
from tests.xtb.tiny import make_xlmr
from xtb.batching import Feature
from xtb.encoder import load_encoder
from xtb.featurecache import FeatureCache
from xtb.heads import head
from xtb.heads.choice import prompt
from xtb.inputs import Inputs

TASKS = (("xnli", "test", "en"), ("xcopa", "test", "zh"), ("panx", "train", "en"), ("udpos", "test", "de"),
         ("xquad", "test", "th"), ("squad_v1", "validation", "en"), ("tatoeba", "test", "fr"),
         ("siqa", "train", "en"))  # fmt: skip


def timed(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    took, done = math.inf, None
    for _ in range(times):
        done = None  # given back before the clock starts
        before = time.process_time()
        done = work()
        took = min(took, time.process_time() - before)
    return took, done


def by_datasets(examples: Sequence[Example], task: Task, tokenizer: Any, scratch: str) -> None:
    import datasets

    datasets.disable_progress_bars()
    length, stride = task.defaults.max_length, task.defaults.stride
    rows = [texts for example in examples for texts in _texts(example)]
    table = datasets.Dataset.from_dict({"a": [a for a, _ in rows], "b": [b for _, b in rows]})
    options: dict[str, Any] = {"truncation": True, "max_length": length}
    if task.kind == "span":
        options = {"truncation": "only_second", "max_length": length, "stride": stride}
        options |= {"return_overflowing_tokens": True, "return_offsets_mapping": True}
    if task.kind == "tags":
        options["is_split_into_words"] = True

    def encode(batch: dict[str, list[Any]]) -> Any:
        one = task.kind in ("tags", "retrieval")
        found = tokenizer(batch["a"], **options) if one else tokenizer(batch["a"], batch["b"], **options)
        return {name: found[name] for name in found if name != "overflow_to_sample_mapping"}

    table.map(encode, batched=True, remove_columns=["a", "b"], load_from_cache_file=False,
              cache_file_name=f"{scratch}/{task.name}.arrow")  # fmt: skip


def _texts(example: Example) -> list[tuple[Any, Any]]:
    match example:
        case Pair():
            return [(example.first, example.second)]
        case Choice():
            return [(prompt(example), option) for option in example.options]
        case Tags():
            return [(list(example.tokens), "")]
        case Span():
            return [(example.question, example.context)]
        case Retrieval():
            return [(example.query, "")]


def main() -> None:
    collector.relax()
    source = open_source(Path(sys.argv[1]))
    limit = int(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as scratch:
        parts = [Path(sys.argv[1]) / "xnli" / "test" / f"{code}.parquet" for code in ("en", "de", "zh", "th")]
        texts = pl.concat([pl.read_parquet(path) for path in parts])["premise"].to_list()
        shape = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
        home = Path(scratch) / "encoder"
        folder = make_xlmr(home, texts, vocabulary=8_000, positions=512, **shape)
        tokenizer = load_encoder(str(folder)).tokenizer
        cache = FeatureCache(Path(scratch) / "cache", "benchmark")
        for name, split, language in TASKS:
            measure(name, split, language, source, limit, tokenizer, cache, scratch)


def measure(
    name: str,
    split: str,
    language: str,
    source: Source,
    limit: int | None,
    tokenizer: Any,
    cache: FeatureCache,
    scratch: str,
) -> None:
    task = catalog.task(name)
    lengths: dict[str, Any] = {"max_length": task.defaults.max_length, "stride": task.defaults.stride}

    def examples() -> list[Example]:
        return take(task.read(source, split, language), limit)

    def features() -> Sequence[Feature]:
        return head(task.kind).features(examples(), Inputs(tokenizer), task, **lengths)

    key = [name, split, language]
    runs = count()
    first, _ = timed(lambda: cache.features([*key, next(runs)], features))
    second, again = timed(lambda: cache.features([*key, 0], features))
    assert again == features()
    del again
    read, some = timed(examples)
    theirs, _ = timed(lambda: by_datasets(some, task, tokenizer, scratch), times=1)
    n = len(some)
    print(
        f"{name:10} {split:10} {language} {n:6,} examples: ours {n / first:8,.0f}/s, datasets.map "
        f"{n / (read + theirs):8,.0f}/s, ratio {(read + theirs) / first:4.1f}; from cache "
        f"{first / second:5.1f} times faster",
        flush=True,
    )


if __name__ == "__main__":
    main()
