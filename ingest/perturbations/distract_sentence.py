"""A sentence that looks as if it answered the question is added."""

from ingest.distractors import Pool, distractors, pool
from ingest.perturbation import Perturbation
from ingest.text.add_sentences import add_sentences
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts


def edit(texts: Texts, noise: Noise) -> Edits:
    """Add as many sentences of other examples as the severity says, before or after a text."""
    found: Pool = noise.once("pool", lambda: pool(noise.cell))
    return add_sentences(texts, noise, lambda example: distractors(example, found, noise.seed))


PERTURBATION = Perturbation(
    name="distract_sentence",
    family="distraction",
    definition=(
        "Add 1 to 5 sentences of other examples of the cell that share the rarest words with the question "
        "and hold no gold answer, each before or after the text."
    ),
    levels=(1.0, 2.0, 3.0, 4.0, 5.0),
    scripts="any",
    kinds=("pair", "choice", "span", "retrieval"),
    risk="low",
    not_for=("pawsx", "qqp", "mini_para"),
    citation="Jia & Liang 2017 (AddSent); Rosenthal et al. 2021 (2104.07646)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
    fields={"span": ("context",), "pair": ("first",), "choice": ("context",)},
)
