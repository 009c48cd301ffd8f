"""A sentence that looks like an answer is added to the text."""

from collections.abc import Generator, Iterator

from ingest.distractors import Pool, distractors, holds_answer, pool
from ingest.example import Example, Kind
from xtb.adversarial.attack import Ask, Attack, Reply, Scene, Settings, scored
from xtb.adversarial.original import Change, Original
from xtb.adversarial.parallel import named, versions

ENGLISH = "en"


def fields(settings: Settings, kind: Kind) -> tuple[str, ...]:
    """What the sentence is added to."""
    return ("context",) if kind == "span" else ("query",)


def search(example: Example, scene: Scene) -> Generator[Ask, Reply, None]:
    """Every candidate sentence before and after the text."""
    original = Original(example, scene.fields)
    end = len(original.parts[0].text)
    changes = []
    for sentence in dict.fromkeys(_sentences(example, scene)):
        changes.append(Change(0, 0, 0, f"{sentence} ", len(sentence) + 1))
        changes.append(Change(0, end, end, f" {sentence}", len(sentence) + 1))
    proposals = [original.propose([change]) for change in changes]
    yield from scored([proposal for proposal in proposals if proposal is not None])


def _sentences(example: Example, scene: Scene) -> Iterator[str]:
    """Distractors in each language, the best of all first; none holds an answer of the text itself."""
    most = scene.count("candidates")
    found = []
    for language in _languages(scene):
        twin = versions(scene, language).get(example.id)
        if twin is not None:
            ranked = distractors(twin, _pool(scene, language), scene.seed)
            found.append([sentence for sentence in ranked if not holds_answer(example, sentence)][:most])
    for rank in range(most):
        yield from (sentences[rank] for sentences in found if rank < len(sentences))


def _languages(scene: Scene) -> tuple[str, ...]:
    """Those of the setting, else the language of the text and English where the task has it."""
    there = (scene.language, *(ENGLISH,) * (ENGLISH in scene.task.splits.get(scene.split, ())))
    return named(scene, "languages") or tuple(dict.fromkeys(there))


def _pool(scene: Scene, language: str) -> Pool:
    """The sentences of the whole split, however few examples of it are attacked."""
    made: Pool = scene.once(f"pool {language}", lambda: pool(versions(scene, language).values()))
    return made


ATTACK = Attack(
    name="addsent",
    access="predictions",
    definition=(
        "Add one sentence of another example, the most like the question and without a gold answer, before "
        "or after the context (the query of retrieval); in the text's language and in English, or in the "
        "languages of the setting."
    ),
    kinds=("span", "retrieval"),
    settings={"candidates": 8, "languages": ""},
    citation="Jia & Liang 2017 (AddSent); Rosenthal et al. 2021 (2104.07646)",
    search=search,
    fields=fields,
)
