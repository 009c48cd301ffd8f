"""Words that a masked language model finds likely take the place of those that matter most."""

from collections.abc import Generator, Iterator, Sequence

from ingest.example import Example
from ingest.kept_words import kept_words
from xtb.adversarial.attack import Ask, Attack, Reply, Scene
from xtb.adversarial.constraints import script_of
from xtb.adversarial.greedy import greedy, ranked
from xtb.adversarial.mlm import MaskedModel
from xtb.adversarial.original import Change, Original, Word


def search(example: Example, scene: Scene) -> Generator[Ask, Reply, None]:
    """Rank words by the loss without them; give each in turn the candidate of highest loss."""
    original = Original(example, scene.fields)
    stopped = kept_words(scene.language)
    cores = [word.core for word in original.words if word.whole]
    words = [word for word in cores if word is not None and _text(original, word).lower() not in stopped]
    order = yield from ranked(original, words)
    most = max(1, round(scene.number("max_words") * len(words)))
    yield from greedy(original, _sites(scene, original, order), most)


def _sites(scene: Scene, original: Original, order: Sequence[Word]) -> Iterator[list[Change]]:
    """For each word its candidates, asked of the model when the search comes to it."""
    model: MaskedModel = scene.memo["mlm"]
    stopped = kept_words(scene.language)
    for word in order:
        text = original.parts[word.part].text
        place = [(word.start, word.end)]
        (found,) = model.words(text, place, scene.count("candidates"), unspaced=[word.unspaced])
        old = text[word.start : word.end]
        yield [
            Change(word.part, word.start, word.end, new, max(len(old), len(new)))
            for new in found
            if new.casefold() not in (old.casefold(), *stopped) and script_of(new) <= script_of(old)
        ]


def _text(original: Original, word: Word) -> str:
    return original.parts[word.part].text[word.start : word.end]


ATTACK = Attack(
    name="mlm_substitute",
    access="scores",
    definition=(
        "Rank words by the loss when they are left out; in that order replace each by the worst of the words "
        "of its script that a fixed masked language model finds likeliest there."
    ),
    settings={"candidates": 48, "max_words": 0.4, "keep_digits": True},
    citation="Li et al. 2020 (BERT-Attack), 48 candidates, at most 40 % of words",
    search=search,
)
