"""The same text in another Unicode form: a control."""

import unicodedata

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits, offsets, ragged
from ingest.text.texts import Bools, Texts
from ingest.text.units import edits


def edit(texts: Texts, noise: Noise) -> Edits:
    """Decompose every cluster that can be."""
    at = np.flatnonzero(_composed(texts) & texts.free)
    starts, ends = texts.starts_of(at), texts.ends_of(at)
    _, sample, kind = np.unique(texts.code[at], return_index=True, return_inverse=True)
    new = [
        unicodedata.normalize("NFD", texts.string[a:b])
        for a, b in zip(starts[sample].tolist(), ends[sample].tolist(), strict=True)
    ]
    old = [texts.string[a:b] for a, b in zip(starts[sample].tolist(), ends[sample].tolist(), strict=True)]
    differs = np.array([n != o for n, o in zip(new, old, strict=True)], bool)
    keep = differs[kind] if len(at) else np.zeros(0, bool)
    size = np.fromiter(map(len, new), np.int64, len(new))
    first = offsets(size)
    kind = kind[keep]
    text = texts.text_of_cluster[at[keep]]
    return edits(
        texts,
        text,
        starts[keep],
        ends[keep],
        size[kind],
        len(texts.points) + ragged(first[kind], size[kind]),
        np.frombuffer("".join(new).encode("utf-32-le", "surrogatepass"), np.uint32),
        eligible=np.bincount(text, minlength=len(texts)),
    )


def _composed(texts: Texts) -> Bools:
    """Clusters with a code point that decomposes, or with several that may be out of order."""
    seen = np.zeros(0x110001, bool)
    seen[texts.points] = True
    for point in np.flatnonzero(seen[:0x110000]).tolist():
        seen[point] = unicodedata.normalize("NFD", chr(point)) != chr(point)
    seen[0x110000] = False
    hit = np.maximum.reduceat(seen[texts.points], texts.clusters)
    return np.asarray(hit | texts.several, bool)


PERTURBATION = Perturbation(
    name="unicode_nfd",
    family="control",
    definition="Write the text in Unicode form NFD; undone by NFC and NFKC, so the drop must be 0.",
    levels=(1.0, 1.0, 1.0, 1.0, 1.0),
    scripts="all with composed letters",
    kinds=tuple(FIELDS),
    risk="none",
    control=True,
    citation="Gorman & Pinter 2025 (2410.24140)",
    sample=("vi", "Ông già đi bộ về nhà."),
    edit=edit,
)
