"""Letters inside a word are scrambled."""

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits, offsets, ragged
from ingest.text.runs import letter_runs
from ingest.text.texts import Ints, Texts
from ingest.text.units import edits


def edit(texts: Texts, noise: Noise) -> Edits:
    """Permute the letters of words between the first and the last."""
    runs = letter_runs(texts)
    first, last = runs.first + 1, runs.last - 1
    varied = np.zeros(texts.count + 1, np.int32)
    np.cumsum(texts.code[1:] != texts.code[:-1], out=varied[1:-1])
    varied[-1] = varied[-2]
    long = last - first >= 2
    mixable = np.zeros(len(runs), bool)
    mixable[long] = varied[last[long]] > varied[first[long] + 1]
    mixable[long] |= texts.code[first[long]] != texts.code[first[long] + 1]
    at, eligible = runs.pick(noise, mixable)
    order = _permuted(texts, noise, first[at], last[at] - first[at])
    start, end = texts.starts_of(first[at]), texts.ends_of(last[at] - 1)
    source = ragged(texts.starts_of(order), texts.ends_of(order) - texts.starts_of(order))
    return edits(
        texts,
        runs.text[at],
        start,
        end,
        end - start,
        source,
        eligible=eligible,
        reached=runs.covered,
    )


def _permuted(texts: Texts, noise: Noise, first: Ints, size: Ints) -> Ints:
    """The clusters of each stretch in a random order that is not the old one."""
    old = ragged(first, size)
    owner = np.repeat(np.arange(len(first), dtype=np.uint64), size)
    draws = noise.clusters(texts, old, "order")
    new = old[np.argsort((owner << np.uint64(32)) | draws, kind="stable")]
    begin = offsets(size)
    same = np.logical_and.reduceat(texts.code[new] == texts.code[old], begin)
    if same.any():  # turn by one place, which changes whatever is not all one letter
        turned = np.flatnonzero(np.repeat(same, size))
        place = turned - np.repeat(begin, size)[turned] + 1
        new[turned] = old[np.repeat(begin, size)[turned] + place % np.repeat(size, size)[turned]]
    return new


PERTURBATION = Perturbation(
    name="char_shuffle_inner",
    family="character",
    definition="Permute the clusters between first and last of a word of four or more; never the identity.",
    levels=(0.05, 0.1, 0.2, 0.3, 0.5),
    scripts="alphabets, abjads and abugidas with blanks between words",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Belinkov & Bisk 2018 (middle random); Eger & Benz 2020 (Zeroe, inner swap)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
