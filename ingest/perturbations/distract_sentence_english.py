"""A sentence in English that looks as if it answered the question is added to a text in another language."""

from ingest.distractors import Pool, distractors, holds_answer, pool
from ingest.example import Example
from ingest.perturbation import Perturbation
from ingest.perturbations.distract_sentence import PERTURBATION as DISTRACT_SENTENCE
from ingest.text.add_sentences import add_sentences
from ingest.text.draw import Noise
from ingest.text.edits import Edits, nothing
from ingest.text.texts import Texts

ENGLISH = "en"


def edit(texts: Texts, noise: Noise) -> Edits:
    """Add as many English sentences as the severity says, before or after a text."""
    if ENGLISH not in noise.parallel.others(noise.language):
        return nothing(len(texts))
    twins = noise.parallel.twins(ENGLISH)
    found: Pool = noise.once("pool", lambda: pool(twins.values()))

    def candidates(example: Example) -> list[str]:
        twin = twins.get(example.id)
        wanted = distractors(twin, found, noise.seed) if twin else []
        return [sentence for sentence in wanted if not holds_answer(example, sentence)]

    return add_sentences(texts, noise, candidates)


def _in_english(language: str) -> str | None:
    return "is distract_sentence where the texts are in English" if language == ENGLISH else None


PERTURBATION = Perturbation(
    name="distract_sentence_english",
    family="distraction",
    definition=(
        "Add 1 to 5 English sentences of other examples of the task that share the rarest words with the "
        "English question and hold no gold answer of either language, each before or after the text."
    ),
    levels=DISTRACT_SENTENCE.levels,
    scripts="any but in English",
    kinds=("pair", "span"),
    risk="low",
    not_for=DISTRACT_SENTENCE.not_for,
    citation="Rosenthal et al. 2021 (2104.07646)",
    sample=("de", "Der alte Mann ging langsam nach Hause."),
    edit=edit,
    fields=DISTRACT_SENTENCE.fields,
    lacks=_in_english,
    parallel=True,
)
