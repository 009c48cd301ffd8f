"""Letters are misread by a machine."""

from functools import cache

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.resources import rows
from ingest.text.draw import Noise
from ingest.text.edits import Edits, ragged
from ingest.text.spare import spare_one
from ingest.text.texts import Texts
from ingest.text.units import edits, pick, reach


@cache
def _readings() -> dict[str, list[tuple[str, float]]]:
    out: dict[str, list[tuple[str, float]]] = {}
    for row in rows("ocr.csv"):
        out.setdefault(row["letter"], []).append((row["read"], float(row["count"])))
    return out


def readings(letter: str) -> list[tuple[str, float]]:
    """What is read in place of a letter, with counts; empty text where it is lost."""
    return _readings().get(letter, [])


def edit(texts: Texts, noise: Noise) -> Edits:
    """Misread letters; one of every word is misread, but not lost."""
    found = reach(texts, noise, readings, texts.letter & ~texts.several)
    at, eligible = pick(texts, noise, found.clusters)
    points = texts.first[at]
    bits = noise.clusters(texts, at, "option")
    drawn = found.options.draw(points, bits)
    first, size = found.options.first[drawn], found.options.size[drawn]
    spared = texts.letters[spare_one(texts, noise).letters]
    kept = (size == 0) & np.isin(at, spared)
    visible = noise.options(lambda char: [each for each in readings(char) if each[0]], "visible")
    again = visible.draw(points[kept], bits[kept])
    first[kept], size[kept] = len(found.options.pool) + visible.first[again], visible.size[again]
    pool = np.concatenate((found.options.pool, visible.pool))
    return edits(
        texts,
        texts.text_of_cluster[at],
        texts.starts_of(at),
        texts.ends_of(at),
        size,
        len(texts.points) + ragged(first, size),
        pool,
        eligible=eligible,
        reached=found.clusters,
    )


PERTURBATION = Perturbation(
    name="ocr",
    family="ocr",
    definition="Replace a letter by what Tesseract 3 read for it, by counts, or lose it; makes no digits.",
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="Latin",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Namysl et al. 2020 (NAT; counts of Tesseract 3)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
