"""Letters are replaced by others."""

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits, ragged
from ingest.text.neighbours import Alike
from ingest.text.texts import Texts
from ingest.text.units import edits, pick


def edit(texts: Texts, noise: Noise) -> Edits:
    """Replace letters by other letters of the text itself."""
    alike = Alike(texts, case=True)
    candidates = alike.varied()
    at, eligible = pick(texts, noise, candidates)
    copies = alike.other_of(at, noise.clusters(texts, at, "letter"))
    first, size = texts.starts_of(copies), texts.ends_of(copies) - texts.starts_of(copies)
    return edits(
        texts,
        texts.text_of_cluster[at],
        texts.starts_of(at),
        texts.ends_of(at),
        size,
        ragged(first, size),
        eligible=eligible,
        reached=candidates,
    )


PERTURBATION = Perturbation(
    name="char_substitute",
    family="character",
    definition="Replace a cluster by a different one of the same text, script and case.",
    levels=(0.02, 0.05, 0.1, 0.2, 0.3),
    scripts="any",
    kinds=tuple(FIELDS),
    risk="low",
    citation="Xue et al. 2022 (ByT5, mutate)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
)
