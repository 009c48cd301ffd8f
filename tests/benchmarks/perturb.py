"""Characters per CPU second of every perturbation, spans carried, against other tools on the same sentences.

    python -m tests.benchmarks.perturb [--packages FOLDER] [--sentences 10000] [--language en] [--write]

Sentences come from the English UD treebank of the mirror (``$XTB_DATA`` or ../shared/data), else from the
built-in benchmark; perturbations that read the mirror are measured where ``$XTB_DATA`` is set. Each sentence
is the context of a span example whose answer is its middle word: so a perturbation keeps the answer as it
is, moves its offset, and builds the new example.

FOLDER may hold the packages nlpaug (1.1.11) and crfm-helm (0.5.16), unpacked; their calls are the ones a
user writes. ``loop`` is always there: one draw per character in plain Python. About a tenth of the
characters is edited everywhere. Times are CPU times of one thread, the best of several runs. ``--write``
keeps them in ``ingest/resources/speed.csv``, which ``docs/perturbations.md`` shows.
"""

import argparse
import csv
import os
import random
import sys
import time
import types
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from ingest import catalog, collector
from ingest.example import Answer, Example, Span
from ingest.perturbation import perturb

NEIGHBOURS = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wertyuiopasdfghjklzxcvbnmq", strict=True))


def sentences(wanted: int, language: str) -> list[str]:
    """Real sentences where there is a mirror, else invented ones."""
    root = Path(__file__).resolve().parents[2]
    data = Path(os.environ.get("XTB_DATA", root.parent / "shared" / "data"))
    for name, column in ((f"ud_pos/train/{language}_ewt", "text"), (f"xnli/test/{language}", "premise")):
        if (data / f"{name}.parquet").is_file():
            import polars as pl

            texts = pl.read_parquet(data / f"{name}.parquet")[column].to_list()
            return [text for text in texts if text][:wanted]
    from ingest.mini.words import form

    return [
        " ".join(form("en", word) for word in ("not", "slowly", "garden")) + f" {at}." for at in range(wanted)
    ]


def span(number: int, text: str) -> Span:
    """The sentence as a context whose answer is the word in its middle."""
    start = text.rfind(" ", 0, len(text) // 2) + 1
    answer = text[start:].split(" ")[0]
    return Span(id=str(number), context=text, question="", answers=(Answer(text=answer, start=start),))


def cpu(run: Callable[[], object], times: int) -> float:
    """CPU seconds of the quickest run."""
    best = float("inf")
    for _ in range(times):
        begin = time.process_time()
        run()
        best = min(best, time.process_time() - begin)
    return best


def loop(texts: Sequence[str]) -> list[str]:
    """The plainest way: a draw for every character."""
    rng = random.Random(0)
    return ["".join(NEIGHBOURS.get(c, c) if rng.random() < 0.1 else c for c in text) for text in texts]


def others(folder: Path | None) -> dict[str, Callable[[Sequence[str]], object]]:
    """The tools to compare with, by name."""
    found: dict[str, Callable[[Sequence[str]], object]] = {"loop": loop}
    if folder is None:
        return found
    sys.path.insert(0, str(folder))
    for absent in ("gdown", "requests"):  # only needed to download models
        sys.modules.setdefault(absent, types.ModuleType(absent))
    if (folder / "nlpaug").is_dir():
        import nlpaug.augmenter.char as nac

        settings = {"aug_char_p": 0.1, "aug_word_p": 1.0, "aug_char_max": None, "aug_word_max": None}
        swap = nac.RandomCharAug(action="swap", **settings)
        keys = nac.KeyboardAug(**settings)
        found["nlpaug swap"] = lambda texts: [swap.augment(text) for text in texts]
        found["nlpaug keyboard"] = lambda texts: [keys.augment(text) for text in texts]
    if (folder / "helm").is_dir():
        typos = _helm(folder)
        found["HELM typos"] = lambda texts: [
            typos.perturb(text, random.Random(at)) for at, text in enumerate(texts)
        ]
    return found


def _helm(folder: Path) -> object:
    """HELM's perturbation from its own source, without the rest of HELM."""
    for name, attribute in (
        ("perturbation_description", "PerturbationDescription"),
        ("perturbation", "TextPerturbation"),
    ):
        module = types.ModuleType(name)
        setattr(module, attribute, type(attribute, (), {}))
        sys.modules[f"helm.benchmark.augmentations.{name}"] = module
    source = (folder / "helm/benchmark/augmentations/typos_perturbation.py").read_text()
    space: dict[str, object] = {"__name__": "typos"}
    exec(compile(source, "typos_perturbation.py", "exec"), space)  # noqa: S102
    return space["TyposPerturbation"](prob=0.1)  # type: ignore[operator]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--packages", type=Path)
    parser.add_argument("--sentences", type=int, default=10_000)
    parser.add_argument("--language", default="en")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    collector.relax()  # as every command does
    texts = sentences(asked.sentences, asked.language)
    size = sum(map(len, texts))
    examples: list[Example] = [span(at, text) for at, text in enumerate(texts)]
    print(f"{len(texts):,} sentences, {size:,} characters of {asked.language}")
    speeds: dict[str, float] = {}
    for name, run in others(asked.packages).items():
        part = texts if name == "loop" else texts[: max(len(texts) // 5, 1)]
        speeds[name] = sum(map(len, part)) / cpu(lambda run=run, part=part: run(part), 2)
        print(f"{name:24}{speeds[name] / 1e6:8.2f} M/s")
    print("".join([f"{'':24}{'M/s':>8}", *(f"{'x ' + name:>18}" for name in speeds)]))
    written: list[list[str]] = []
    for name in asked.only or catalog.perturbation_names():
        found = catalog.perturbation(name)
        if "span" not in found.kinds:
            continue

        def run(found: object = found) -> object:
            return perturb(examples, found, severity=3, language=asked.language, seed=0, fields=("context",))  # type: ignore[arg-type]

        done = run()
        speed = size / cpu(run, 5)
        note = "  (not applicable)" if done.not_applicable else ""  # type: ignore[attr-defined]
        ratios = "".join(f"{speed / other:18.1f}" for other in speeds.values())
        print(f"{name:24}{speed / 1e6:8.2f}{ratios}{note}", flush=True)
        if not note:
            values = [speed / 1e6, *(speed / other for other in speeds.values())]
            written.append([name, *(f"{value:.1f}" for value in values)])
    if asked.write:
        target = Path(__file__).parents[2] / "ingest" / "resources" / "speed.csv"
        with target.open("w", newline="", encoding="utf-8") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["perturbation", "M/s", *(f"x {name}" for name in speeds)])
            out.writerows(written)


if __name__ == "__main__":
    main()
