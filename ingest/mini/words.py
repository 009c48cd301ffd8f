"""The words of a language, made by rule from seeds, and written in its script.

A root is a string of phonemes: consonants ``bdfghjklmnprstvz``, ``c`` (as in church), ``x`` (as
in ship), vowels ``aeiou``, ``A`` and ``O`` (fronted). English has its own words.
"""

from functools import cache

from ingest.mini.concepts import Concept, concepts
from ingest.mini.draws import Draws
from ingest.mini.languages import LANGUAGES, MiniLanguage
from ingest.mini.script import write

_LENGTHS = {"function": (1, 1, 1, 2)}
_CONTENT = (2, 2, 2, 3, 3)  # syllables


@cache
def form(code: str, name: str, inflection: str = "") -> str:
    """The written word of concept ``name`` in language ``code``.

    ``inflection`` names suffixes of ``MiniLanguage``, joined by ``+`` (``plural+accusative``), or the
    name of an adposition that the language binds to its noun (``in``).
    """
    concept = concepts()[name]
    if code == "en":
        return _english(concept, inflection)
    language = LANGUAGES[code]
    stem = _roots(code)[name]
    for part in filter(None, inflection.split("+")):
        suffix = getattr(language, part, None) if part not in concepts() else _roots(code)[part]
        stem = _join(stem, suffix or "")
    word = write(stem, language)
    return word[:1].upper() + word[1:] if concept.sort in ("first", "city") else word


@cache
def _roots(code: str) -> dict[str, str]:
    """Phonemes of every concept; no two of one language are written alike."""
    language = LANGUAGES[code]
    roots: dict[str, str] = {}
    seen: set[str] = set()
    for concept in concepts().values():
        for attempt in range(100):
            root = _root(language, concept, attempt)
            if (written := write(root, language)) not in seen:
                break
        else:
            raise AssertionError(f"no word left for {concept.name} in {code}")
        seen.add(written)
        roots[concept.name] = root
    return roots


def _root(language: MiniLanguage, concept: Concept, attempt: int) -> str:
    draws = Draws("root", language.code, concept.name, attempt)
    if attempt == 0 and concept.sort in ("first", "city"):
        return _borrowed(concept.english[0])
    if attempt == 0 and concept.sort != "function":
        if draws.chance(language.loans):
            return _borrowed(concept.english[0])
        if draws.chance(language.kin):
            return _made(language, concept, Draws("stock", language.family, concept.name))
    return _made(language, concept, draws)


def _made(language: MiniLanguage, concept: Concept, draws: Draws) -> str:
    syllables = draws.pick(_LENGTHS.get(concept.sort, _CONTENT))
    root = ""
    for i in range(syllables):
        if i or not draws.chance(0.15):
            root += draws.pick(language.consonants)
        root += draws.pick(language.vowels)
        if draws.chance(0.3 if i < syllables - 1 else 0.55):
            root += draws.pick(language.codas)
    return root


def _borrowed(word: str) -> str:
    """An English word as other languages hear it."""
    word = word.lower()
    for old, new in _SOUNDS:
        word = word.replace(old, new)
    heard = "".join(c for i, c in enumerate(word) if c != word[i - 1 : i])  # doubled letters once
    return heard[:-1] if len(heard) > 4 and heard.endswith("e") else heard


_SOUNDS = (
    ("sch", "x"), ("sh", "x"), ("ch", "C"), ("ck", "k"), ("c", "k"), ("C", "c"), ("ph", "f"),
    ("qu", "kv"), ("q", "k"), ("th", "t"), ("w", "v"), ("oo", "u"), ("ee", "i"), ("ea", "e"),
    ("ou", "u"), ("x", "ks"), ("y", "i"), ("gh", "g"), ("-", ""),
)  # fmt: skip


def _join(stem: str, suffix: str) -> str:
    """Stem and suffix; of two vowels that meet, the stem's goes."""
    if suffix and stem[-1] in _VOWELS and suffix[0] in _VOWELS and len(stem) > 2:
        return stem[:-1] + suffix
    return stem + suffix


_VOWELS = "aeiouAO"


def _english(concept: Concept, inflection: str) -> str:
    base = concept.english[0]
    if base == "was":
        return "were" if inflection else base
    match inflection:
        case "verbal":
            return concept.english[1]
        case "participle":
            return concept.english[2]
        case "plural" | "plural+accusative":
            return _english_plural(base)
        case _:
            return base


def _english_plural(noun: str) -> str:
    if noun.endswith(("fe", "lf", "rf")):
        return noun.removesuffix("e").removesuffix("f") + "ves"
    if noun.endswith(("ch", "sh", "s", "x")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"
