"""Makes ``distances.csv``: how far the grammars of each two languages of the benchmarks lie apart.

    python -m ingest.resources.make_distances URIEL

URIEL is the ``data`` folder of the package lang2vec 1.1.2 (Littell et al. 2017, CC BY-SA 4.0). A distance is
1 - cosine of the completed (k-nearest-neighbour) syntactic feature vectors, as in ``make_languages``. The
table is CC BY-SA 4.0.
"""

import csv
import sys
from itertools import combinations
from pathlib import Path

import numpy as np

from ingest.resources.make_languages import LANGUAGES, URIEL


def main(uriel: Path) -> None:
    """Write the table beside this file."""
    vectors = np.load(uriel / "feature_predictions.npz")
    syntax = [at for at, name in enumerate(vectors["feats"]) if name.startswith("S_")]
    known = list(vectors["langs"])
    rows = [known.index(URIEL.get(iso, iso)) for iso, _, _ in LANGUAGES.values()]
    own = np.asarray(vectors["data"][rows][:, syntax, 0], dtype=np.float64)
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    apart = np.maximum(1.0 - own @ own.T, 0.0)
    with (Path(__file__).parent / "distances.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["one", "other", "syntax"])
        for (a, one), (b, other) in combinations(enumerate(LANGUAGES), 2):
            out.writerow([one, other, f"{apart[a, b]:.4f}"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
