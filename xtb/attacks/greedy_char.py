"""One typo a word, in the words that matter most: DeepWordBug and Pruthi's search on grapheme clusters."""

from collections.abc import Generator, Iterator, Sequence

import numpy as np

from ingest.example import Example
from ingest.perturbations.homoglyph import twins
from xtb.adversarial.attack import Ask, Attack, Reply, Scene
from xtb.adversarial.greedy import greedy, ranked
from xtb.adversarial.original import Change, Original, Word


def search(example: Example, scene: Scene) -> Generator[Ask, Reply, None]:
    """Rank words by the loss without them; give each in turn the worst typo, if the loss grows."""
    original = Original(example, scene.fields)
    words = yield from ranked(original, [word for word in original.words if _inner(word)])
    rng, letters = scene.rng(example), _letters(original)
    yield from greedy(original, (typos(original, word, letters, rng) for word in words))


def _inner(word: Word) -> range:
    """The clusters of a word that may be edited.

    The first is kept, and the last of words of four or more (Pruthi et al., 2019); a letter of a script
    without blanks is a word of one cluster and has no other.
    """
    if not word.whole:
        return range(0)
    if word.unspaced:
        return range(len(word.spans)) if all(word.letters) else range(0)
    length = sum(word.letters)
    if length < 2 or not all(word.letters[:length]):  # letters first, then perhaps punctuation
        return range(0)
    return range(1, length - 1 if length >= 4 else length)


def _letters(original: Original) -> Sequence[tuple[str, ...]]:
    """The letters of each part, from which new ones are drawn."""
    found: list[set[str]] = [set() for _ in original.parts]
    for word in original.words:
        text = original.parts[word.part].text
        for (start, end), letter in zip(word.spans, word.letters, strict=True):
            if letter:
                found[word.part].add(text[start:end])
    return [tuple(sorted(letters)) for letters in found]


def typos(
    original: Original, word: Word, letters: Sequence[tuple[str, ...]], rng: np.random.Generator
) -> Iterator[Change]:
    """A swap, a deletion, an insertion, a substitution and a homoglyph, each at a place drawn for it."""
    text, inner = original.parts[word.part].text, _inner(word)
    spans = word.spans
    at = rng.integers(inner.start, inner.stop, 5).tolist()
    start, end = spans[at[0]]
    if at[0] + 1 < inner.stop and text[start:end] != text[end : spans[at[0] + 1][1]]:
        past = spans[at[0] + 1][1]
        yield Change(word.part, start, past, text[end:past] + text[start:end], 2)
    if len(spans) > 1:
        start, end = spans[at[1]]
        yield Change(word.part, start, end, "")
    alphabet = letters[word.part]
    drawn = rng.integers(0, len(alphabet), 2).tolist()
    start, end = spans[at[2]]
    yield Change(word.part, start, start, alphabet[drawn[0]])
    start, end = spans[at[3]]
    if alphabet[drawn[1]] != text[start:end]:
        yield Change(word.part, start, end, alphabet[drawn[1]])
    start, end = spans[at[4]]
    found = twins(text[start]) if end == start + 1 else []
    if found:
        yield Change(word.part, start, end, found[int(rng.integers(len(found)))][0])


ATTACK = Attack(
    name="greedy_char",
    access="scores",
    definition=(
        "Rank words by the loss when they are left out; in that order give each the worst of a swap, "
        "deletion, insertion, substitution (from letters of the text) and homoglyph, inside the word."
    ),
    settings={"max_edit_rate": 0.1},
    citation="Gao et al. 2018 (DeepWordBug); Li et al. 2019 (TextBugger); Pruthi et al. 2019",
    search=search,
)
