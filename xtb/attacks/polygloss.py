"""Word-level code-mixing with a lexicon."""

from collections.abc import Generator, Iterator, Sequence

from ingest.distractors import PUNCTUATION
from ingest.example import Example
from ingest.fields import FIELDS, KINDS
from ingest.lexicon import Translations, translations
from ingest.text.properties import UNSPACED, in_scripts
from xtb.adversarial.attack import Ask, Attack, Reply, Scene
from xtb.adversarial.greedy import greedy
from xtb.adversarial.original import Change, Original, Word, parts_of
from xtb.adversarial.parallel import translations_of, written

LONGEST = 6
"""Letters of the longest words that are looked for in texts without blanks."""


def lacks(scene: Scene) -> str | None:
    """Why there are no translations."""
    if _lexicon(scene):
        return None
    where = "; the lexicon of real languages is read from a mirror given with --data"
    return f"polygloss has no lexicon for '{scene.language}'{where}"


def search(example: Example, scene: Scene) -> Generator[Ask, Reply, None]:
    """Replace words by translations, in the order of the text, each by the one of highest loss."""
    original = Original(example, scene.fields)
    reference = _words_of(translations_of(scene, example))
    lexicon = _lexicon(scene)
    sites = [
        _mixed(scene, original, core, lexicon, reference)
        for word in original.words
        if word.whole and (core := word.core) is not None
    ]
    yield from greedy(original, sites)


def _lexicon(scene: Scene) -> Translations:
    found: Translations = scene.once("lexicon", lambda: translations(scene.language))
    return found


def _mixed(
    scene: Scene, original: Original, word: Word, lexicon: Translations, reference: frozenset[str]
) -> Iterator[Change]:
    """The translations of a word that its reference translations contain, where there are any."""
    text = original.parts[word.part].text[word.start : word.end]
    meant = lexicon.get(text.lower(), ())
    fitting = [one for one in meant if not reference or one in reference]
    for other in fitting[: scene.count("candidates")]:
        new = written(scene, other)
        yield Change(word.part, word.start, word.end, new, max(len(text), len(new)))


def _words_of(examples: Sequence[Example]) -> frozenset[str]:
    """The small-letter words of texts; of texts without blanks every stretch that a lexicon may have."""
    words: set[str] = set()
    for one in examples:
        for part in parts_of(one, FIELDS[KINDS[type(one)]]):
            for piece in part.text.lower().split():
                word = piece.strip(PUNCTUATION)
                words.add(word)
                if word and in_scripts(*UNSPACED)[ord(word[0])]:
                    words |= {word[i:j] for i in range(len(word)) for j in range(i + 1, i + 1 + LONGEST)}
    return frozenset(words)


ATTACK = Attack(
    name="polygloss",
    access="scores",
    definition=(
        "Replace words by translations from a lexicon, in the order of the text with a beam of one; where "
        "the task has the example in other languages, only by words of those translations. transliterate: in "
        "Latin letters."
    ),
    settings={"embed": "", "candidates": 20, "transliterate": False},
    citation="Tan & Joty 2021 (2103.09593), PolyGloss",
    search=search,
    lacks=lacks,
)
