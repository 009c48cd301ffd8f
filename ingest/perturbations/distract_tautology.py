"""Something that is true anyway, or no text at all, is appended."""

import hashlib

import numpy as np

from ingest.perturbation import Perturbation
from ingest.resources import rows
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from ingest.text.units import edits

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def edit(texts: Texts, noise: Noise) -> Edits:
    """Append as many pieces as the severity says: first the tautology, then it, a URL or a handle."""
    phrases = {row["language"]: row["text"] for row in rows("tautologies.csv")}
    phrase = phrases.get(noise.language, phrases["en"])
    count = round(noise.rate)
    added: list[str] = []
    filled = np.flatnonzero(np.diff(texts.starts) > 1)
    for key in texts.keys[filled].tolist():
        pieces = [f" {phrase}", *(_piece(phrase, key, noise.seed, number) for number in range(1, count))]
        added.append("".join(pieces))
    size = np.fromiter(map(len, added), np.int64, len(added))
    new = np.frombuffer("".join(added).encode("utf-32-le"), np.uint32)
    places = texts.starts[filled + 1]
    source = len(texts.points) + np.arange(len(new))
    units = np.zeros(len(texts), np.int64)
    units[filled] = count
    eligible = np.where(np.diff(texts.starts) > 1, 5, 0)
    return edits(texts, filled, places, places, size, source, new, eligible=eligible, units=units)


def _piece(phrase: str, key: int, seed: int, number: int) -> str:
    drawn = hashlib.blake2b(f"{key}|{seed}|{number}".encode(), digest_size=12).digest()
    name = "".join(_LETTERS[byte % 26] for byte in drawn[1:7])
    return (f" {phrase}", f" https://t.co/{name}", f" @{name}")[drawn[0] % 3]


PERTURBATION = Perturbation(
    name="distract_tautology",
    family="distraction",
    definition='Append 1 to 5 pieces: "and true is true" in the language, then it, a URL or a handle.',
    levels=(1.0, 2.0, 3.0, 4.0, 5.0),
    scripts="any",
    kinds=("pair", "span", "retrieval"),
    risk="low",
    citation="Naik et al. 2018 (stress tests); Ribeiro et al. 2020 (CheckList)",
    sample=("fr", "Le vieil homme rentra lentement chez lui."),
    edit=edit,
    fields={"span": ("context",), "pair": ("second",)},
)
