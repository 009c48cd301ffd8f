"""Word-level code-mixing with a lexicon."""

from collections.abc import Generator, Iterator, Sequence

from ingest.example import Example
from ingest.fields import FIELDS, KINDS
from ingest.lexicon import Translations, translations
from xtb.adversarial.attack import Ask, Attack, Reply, Scene
from xtb.adversarial.greedy import greedy
from xtb.adversarial.original import Change, Original, Word, parts_of
from xtb.adversarial.parallel import translations_of


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
    lexicon, most = _lexicon(scene), scene.count("candidates")
    sites = [_mixed(original, word, lexicon, reference, most) for word in original.words if word.whole]
    yield from greedy(original, sites)


def _lexicon(scene: Scene) -> Translations:
    found: Translations = scene.once("lexicon", lambda: translations(scene.language))
    return found


def _mixed(
    original: Original, word: Word, lexicon: Translations, reference: frozenset[str], most: int
) -> Iterator[Change]:
    """The translations of a word that its reference translations contain, where there are any."""
    text = original.parts[word.part].text[word.start : word.end]
    core = text.strip(".,;:!?\"'()[]«»“”„।؟،。、")
    at = word.start + text.find(core)
    meant = lexicon.get(core.lower(), ()) if core else ()
    for other in [one for one in meant if not reference or one in reference][:most]:
        yield Change(word.part, at, at + len(core), other, max(len(core), len(other)))


def _words_of(examples: Sequence[Example]) -> frozenset[str]:
    """The small-letter words of texts."""
    texts = [part.text for one in examples for part in parts_of(one, FIELDS[KINDS[type(one)]])]
    return frozenset(
        word.strip(".,;:!?\"'()[]«»“”„।؟،。、") for text in texts for word in text.lower().split()
    )


ATTACK = Attack(
    name="polygloss",
    access="scores",
    definition=(
        "Replace words by translations from a lexicon, in the order of the text with a beam of one; where "
        "the task has the example in other languages, only by words of those translations."
    ),
    settings={"embed": "", "candidates": 20},
    citation="Tan & Joty 2021 (2103.09593), PolyGloss",
    search=search,
    lacks=lacks,
)
