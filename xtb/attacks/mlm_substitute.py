"""Words that a masked language model finds likely take the place of those that matter most."""

from collections.abc import Collection, Generator, Sequence

from ingest.example import Example
from ingest.kept_words import kept_words
from xtb.adversarial.attack import Ask, Attack, Blank, Reply, Scene, filled
from xtb.adversarial.constraints import script_of
from xtb.adversarial.greedy import Climb, ranked
from xtb.adversarial.original import Change, Original, Word


def search(example: Example, scene: Scene) -> Generator[Ask, Reply, None]:
    """Rank words by the loss without them; give each in turn the candidate of highest loss."""
    original = Original(example, scene.fields)
    stopped = kept_words(scene.language)
    cores = [word.core for word in original.words if word.whole]
    words = [word for word in cores if word is not None and _text(original, word).lower() not in stopped]
    order = yield from ranked(original, words)
    most = max(1, round(scene.number("max_words") * len(words)))
    climb = Climb(original)
    for word in order:
        if len(climb.made) >= most:
            return
        text, count = original.parts[word.part].text, scene.count("candidates")
        (found,) = yield from filled([Blank(text, word.start, word.end, word.unspaced, count)])
        yield from climb.take(_changes(word, text[word.start : word.end], found, stopped))


def _changes(word: Word, old: str, found: Sequence[str], stopped: Collection[str]) -> list[Change]:
    """The changes into other words of the same script that are not on the stop list."""
    return [
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
