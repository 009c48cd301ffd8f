"""Characters that a reader does not see, placed by differential evolution."""

from collections.abc import Generator, Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.example import Example
from ingest.perturbations.homoglyph import twins
from xtb.adversarial.attack import Ask, Attack, Proposal, Reply, Scene, Settings, scored
from xtb.adversarial.greedy import overlap
from xtb.adversarial.original import Change, Original

Vectors = NDArray[np.float64]
INVISIBLE = ("\u200b", "\u2060", "\u00ad")
"""Zero-width space, word joiner, soft hyphen: joiners that shape Arabic and Indic letters are left out."""

_LRO, _RLO, _LRI, _PDI, _PDF, _BACKSPACE = "\u202d", "\u202e", "\u2066", "\u2069", "\u202c", "\b"


def search(example: Example, scene: Scene) -> Generator[Ask, Reply, None]:
    """Evolve where and what is injected (Storn & Price, 1997: best/1/bin, crossover .7, dithered weight)."""
    original = Original(example, scene.fields)
    places = _places(original)
    families = str(scene.settings["families"]).split(",")
    if not places:
        return
    rng, size = scene.rng(example), scene.count("population")
    shape = size, min(scene.count("injections"), len(places)), 3
    people = rng.random(shape)
    losses = yield from _fitness(original, people, places, families)
    for _ in range(scene.count("iterations")):
        best = people[int(losses.argmax())]
        others = np.array([rng.choice(size, 2, replace=False) for _ in range(size)])
        weight = rng.uniform(0.5, 1.0)
        mutant = best + weight * (people[others[:, 0]] - people[others[:, 1]])
        crossed = np.where(rng.random(shape) < 0.7, mutant, people) % 1.0
        crossed[crossed == 1.0] = 0.0  # what a tiny negative number rounds to
        tried = yield from _fitness(original, crossed, places, families)
        better = tried > losses
        people[better], losses = crossed[better], np.maximum(tried, losses)


def _fitness(
    original: Original, people: Vectors, places: Sequence[tuple[int, int, int]], families: Sequence[str]
) -> Generator[Ask, Reply, Vectors]:
    """The loss of each vector's text."""
    made: list[Proposal | None] = [
        original.propose(_changes(original, person, places, families)) for person in people
    ]
    known = [proposal for proposal in made if proposal is not None]
    losses = iter((yield from scored(known)))
    return np.array([-np.inf if proposal is None else next(losses) for proposal in made])


def _places(original: Original) -> list[tuple[int, int, int]]:
    """Part, start and end of every letter that nothing protects."""
    return [
        (word.part, start, end)
        for word in original.words
        for (start, end), letter in zip(word.spans, word.letters, strict=True)
        if letter and word.whole
    ]


def _changes(
    original: Original, person: Vectors, places: Sequence[tuple[int, int, int]], families: Sequence[str]
) -> list[Change]:
    """What a vector of (place, family, choice) injections means; a letter that is taken passes."""
    changes: list[Change] = []
    for where, family, choice in person.tolist():
        at = int(where * len(places))
        change = _injected(original, places, at, families[int(family * len(families))], choice)
        if change is not None and not any(overlap(change, other) for other in changes):
            changes.append(change)
    return changes


def _injected(
    original: Original, places: Sequence[tuple[int, int, int]], at: int, family: str, choice: float
) -> Change | None:
    part, start, end = places[at]
    letter = original.parts[part].text[start:end]
    match family:
        case "invisible":
            return Change(part, start, start, INVISIBLE[int(choice * len(INVISIBLE))])
        case "homoglyph":
            found = twins(letter[0]) if len(letter) == 1 else []
            return Change(part, start, end, found[int(choice * len(found))][0]) if found else None
        case "bidi":  # two letters in the other order, which controls show in the right one
            if places[at + 1 : at + 2] != [(part, end, past := _end_after(places, at))]:
                return None
            other = original.parts[part].text[end:past]
            swapped = f"{_LRO}{_LRI}{_RLO}{_LRI}{other}{_PDI}{_LRI}{letter}{_PDI}{_PDF}{_PDI}{_PDF}"
            return Change(part, start, past, swapped, 12)
        case _:  # a letter that the next character takes back
            return Change(part, start, start, f"{letter}{_BACKSPACE}", 2)


def _end_after(places: Sequence[tuple[int, int, int]], at: int) -> int:
    """Where the letter after one ends."""
    return places[at + 1][2] if at + 1 < len(places) else -1


def faulty(settings: Settings) -> str | None:
    """Which of the families is none, or why nothing can evolve."""
    known = ("invisible", "homoglyph", "bidi", "deletion")
    families = str(settings["families"])
    if not set(families.split(",")) <= set(known):
        return f"families={families} are not among {', '.join(known)}"
    if int(settings["population"]) < 2:
        return "a population needs at least 2 members"
    return None


ATTACK = Attack(
    name="imperceptible",
    access="scores",
    definition=(
        "Inject invisible characters, homoglyphs, bidirectional controls or deletions at letters; which and "
        "where is found by differential evolution."
    ),
    settings={
        "families": "invisible,homoglyph,bidi,deletion",
        "population": 32,
        "iterations": 10,
        "injections": 5,
    },
    citation="Boucher et al. 2022 (2106.09898); population and iterations as in TextAttack's recipe",
    search=search,
    faulty=faulty,
)
