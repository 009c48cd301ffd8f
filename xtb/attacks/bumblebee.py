"""Phrase-level code-mixing with the aligned translations of a parallel test set."""

from collections.abc import Generator, Iterator, Sequence
from functools import partial

from ingest.example import Example
from ingest.task import take
from xtb.adversarial.alignment import Table, links, model1, phrases
from xtb.adversarial.attack import Ask, Attack, Reply, Scene
from xtb.adversarial.greedy import greedy
from xtb.adversarial.original import Change, Original, Word
from xtb.adversarial.parallel import named, others, versions, written

ENGLISH = "en"


def lacks(scene: Scene) -> str | None:
    """Why there are no aligned translations."""
    if scene.translate is not None:
        if scene.language != ENGLISH:
            return f"translators translate English, and the language is '{scene.language}'"
        if not named(scene, "embed"):
            return "name the languages to translate into: --set embed=de,hi"
    own = versions(scene, scene.language).keys()
    if any(own & versions(scene, language).keys() for language in others(scene)):
        return None
    return f"bumblebee needs the examples in other languages, and '{scene.task.name}' is not parallel"


def search(example: Example, scene: Scene) -> Generator[Ask, Reply, None]:
    """Replace phrases by what they are aligned with in other languages, in the order of the text."""
    original = Original(example, scene.fields)
    sites: dict[tuple[int, int], list[Change]] = {}
    for language in others(scene):
        other = versions(scene, language).get(example.id)
        if other is None:
            continue
        for change in _mixed(scene, language, original, Original(other, scene.fields)):
            sites.setdefault((change.part, change.start), []).append(change)
    ordered = [list(dict.fromkeys(changes)) for _, changes in sorted(sites.items())]
    yield from greedy(original, ordered)


def _mixed(scene: Scene, language: str, original: Original, other: Original) -> Iterator[Change]:
    """Changes of phrases of the text into phrases of its translation."""
    forward, backward = scene.once(f"alignment {language}", partial(_learned, scene, language))
    if len(original.parts) != len(other.parts):
        return
    for part in range(len(original.parts)):
        mine, theirs = _of(original, part), _of(other, part)
        words, meant = _strings(original, mine), _strings(other, theirs)
        aligned = links(words, meant, forward, backward)
        for first, last, low, high in phrases(len(mine), aligned, scene.count("longest")):
            start, end = mine[first].start, mine[last].end
            new = written(scene, other.parts[part].text[theirs[low].start : theirs[high].end])
            if new != original.parts[part].text[start:end] and all(
                word.whole for word in mine[first : last + 1]
            ):
                yield Change(part, start, end, new, max(end - start, len(new)))


def _learned(scene: Scene, language: str) -> tuple[Table, Table]:
    """Translation probabilities both ways, from a sample of all parallel texts of the split."""
    pairs: list[tuple[Sequence[str], Sequence[str]]] = []
    own, theirs = versions(scene, scene.language), versions(scene, language)
    for example in take([one for one in own.values() if one.id in theirs], scene.count("align")):
        other = theirs[example.id]
        one, two = Original(example, scene.fields), Original(other, scene.fields)
        for part in range(min(len(one.parts), len(two.parts))):
            pairs.append((_strings(one, _of(one, part)), _strings(two, _of(two, part))))
    return model1(pairs), model1([(target, source) for source, target in pairs])


def _of(original: Original, part: int) -> list[Word]:
    return [word for word in original.words if word.part == part]


def _strings(original: Original, words: Sequence[Word]) -> list[str]:
    return [original.parts[word.part].text[word.start : word.end].casefold() for word in words]


ATTACK = Attack(
    name="bumblebee",
    access="scores",
    definition=(
        "Replace phrases by the phrases they are aligned with in the task's other languages (or translations "
        "by --translator), in the order of the text with a beam of one; words are aligned by IBM Model 1 on "
        "these texts, both ways. transliterate: in Latin letters."
    ),
    kinds=("pair", "choice", "span", "retrieval"),
    settings={"embed": "", "longest": 4, "align": 2000, "transliterate": False},
    citation="Tan & Joty 2021 (2103.09593), Bumblebee; alignment after Brown et al. 1993",
    search=search,
    lacks=lacks,
)
