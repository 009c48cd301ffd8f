"""Hesitation: fillers and restarts between words."""

from functools import cache

import numpy as np

from ingest.perturbation import Perturbation
from ingest.resources import rows
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from ingest.text.units import edits
from ingest.text.words import cores


@cache
def fillers() -> dict[str, list[str]]:
    """What people say while they think, by language."""
    return {row["language"]: row["fillers"].split("|") for row in rows("fillers.csv")}


def edit(texts: Texts, noise: Noise) -> Edits:
    """Put a filler before words; one in four times the word is said first, and then again."""
    own = fillers()[noise.language]
    units = cores(texts)
    at, eligible = units.pick(noise, units.free & ~units.numeral)
    draws = noise.hash(texts, units.text[at], units.number[at], "filler").tolist()
    comma = "،" if noise.language in ("ar", "fa", "ur") else ","
    added = [
        (f"{word}{comma} " if draw >> 30 == 0 else "") + f"{own[draw % len(own)]}{comma} "
        for word, draw in zip(units.strings(at), draws, strict=True)
    ]
    size = np.fromiter(map(len, added), np.int64, len(added))
    new = np.frombuffer("".join(added).encode("utf-32-le", "surrogatepass"), np.uint32)
    start = units.starts[at]
    return edits(
        texts,
        units.text[at],
        start,
        start,
        size,
        len(texts.points) + np.arange(len(new)),
        new,
        eligible=eligible,
        reached=texts.letter & ~texts.unspaced,
    )


PERTURBATION = Perturbation(
    name="disfluency",
    family="disfluency",
    definition="Insert a filler before a word, one in four times after saying the word already.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="all with blanks between words and a list of fillers",
    kinds=("pair", "choice", "span", "retrieval"),
    risk="low",
    citation="Gupta et al. 2021 (Disfl-QA); Liang et al. 2022 (HELM, filler words)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
    lacks=lambda language: None if language in fillers() else f"has no fillers for {language}",
)
