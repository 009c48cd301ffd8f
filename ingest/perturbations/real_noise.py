"""People's own noise, where a task has it as data; see ``ingest.versions``."""

from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits, nothing
from ingest.text.texts import Texts


def edit(texts: Texts, noise: Noise) -> Edits:
    """No edit: the noisy texts are read, not made."""
    return nothing(len(texts))


PERTURBATION = Perturbation(
    name="real_noise",
    family="human",
    definition="The example as people wrote or spoke it, with their own typos or disfluencies; for tasks "
    "that have such a version.",
    levels=(0.13, 0.13, 0.13, 0.13, 0.13),  # share of words that differ, measured over both tasks with typos
    scripts="those of the data: Latin and Devanagari",
    kinds=("pair", "tags", "span"),
    risk="low",
    citation="Cooper Stickland et al. 2023 (EACL), typos of Wikipedia's edit histories; Gupta et al. "
    "2021 (Disfl-QA)",
    sample=("en", "The old man walked home."),
    edit=edit,
    from_data=True,
)
