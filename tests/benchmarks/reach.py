"""Writes ``ingest/resources/reach.csv``: how much of real text each perturbation changes, by language.

    python -m tests.benchmarks.reach DATA

DATA is a mirror of benchmark data. For each language the queries of Tatoeba, else the sentences of PAN-X
joined by blanks, the first 200; severity 3, seed 0. Rates are per hundred clusters with a letter: a Malayalam
conjunct has several letters and is one unit. Only numbers are kept, no text. Cells where one does not apply
are left out, as are perturbations that need other data (twins, models).
"""

import csv
import os
import sys
from pathlib import Path
from unicodedata import category

from ingest import catalog
from ingest.example import Retrieval, Tags
from ingest.language import languages
from ingest.perturbation import perturb
from ingest.scripts import clusters
from ingest.source import open_source

SENTENCES = 200


def sentences(data: Path, code: str) -> tuple[str, list[Retrieval]]:
    """Where they come from, and sentences of a language; none where no data set has it."""
    source = open_source(data)
    for name in ("tatoeba", "panx"):
        task = catalog.task(name)
        if code in task.available(source, "test"):
            found = task.read(source, "test", code)[:SENTENCES]
            texts = [" ".join(each.tokens) if isinstance(each, Tags) else each.query for each in found]  # type: ignore[union-attr]
            return name, [Retrieval(id=str(at), query=text, positives=()) for at, text in enumerate(texts)]
    return "", []


def main(data: Path) -> None:
    """Measure and write the table."""
    os.environ["XTB_DATA"] = str(data)
    names = [name for name in catalog.perturbation_names() if name != "clean"]
    target = Path(__file__).parents[2] / "ingest" / "resources" / "reach.csv"
    with target.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["language", "source", "perturbation", "edits_per_100_clusters", "unchanged"])
        for code, language in languages().items():
            if language.synthetic:
                continue
            where, cell = sentences(data, code)
            letters = sum(category(unit[0])[0] == "L" for each in cell for unit in clusters(each.query))
            for name in names if cell else ():
                done = perturb(cell, catalog.perturbation(name), severity=3, language=code, seed=0)
                if done.not_applicable is None:
                    rate = 100 * sum(done.edits) / letters
                    unchanged = 1 - sum(done.changed) / len(done.changed)
                    out.writerow([code, where, name, f"{rate:.1f}", f"{unchanged:.2f}"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
