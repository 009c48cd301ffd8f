"""Changing the case of whole words."""

import numpy as np

from ingest.text.case import Case, bicameral
from ingest.text.draw import Noise
from ingest.text.edits import Edits, ragged
from ingest.text.properties import LETTER, MARK, Points, properties
from ingest.text.texts import Bools, Ints, Texts
from ingest.text.units import edits
from ingest.text.words import words

_CAPITAL_SIGMA, _SIGMA, _FINAL_SIGMA = map(ord, "Σσς")


def case_words(texts: Texts, noise: Noise, head: Case, rest: Case) -> Edits:
    """Change the case of words: one rule for their first letter, one for the others.

    A word is eligible where that changes something. An edit of a word is one unit.
    """
    letters = bicameral(texts)
    heads = _heads(texts, letters)
    parts = [
        _changes(texts, noise, heads, head, "head"),
        _changes(texts, noise, letters & ~heads, rest, "rest"),
    ]
    places = np.concatenate([part.places for part in parts])
    order = np.argsort(places, kind="stable")  # two runs in order: a merge
    places = places[order]
    cluster = texts.cluster_at(places)
    altered = np.zeros(len(letters), bool)
    altered[cluster] = True
    units = words(texts)
    chosen, eligible = units.pick(noise, units.any(altered))
    keep = units.clusters(chosen)[cluster]
    size = np.concatenate([part.size for part in parts])[order][keep]
    first = np.concatenate([parts[0].first, parts[1].first + len(parts[0].pool)])[order][keep]
    pool = np.concatenate([part.pool for part in parts])
    text = texts.text_of_cluster[cluster[keep]]
    return edits(
        texts,
        text,
        places[keep],
        places[keep] + 1,
        size,
        len(texts.points) + ragged(first, size),
        pool,
        eligible=eligible,
        units=units.counts(chosen),
        reached=letters,
    )


class _Changes:
    """Code points that a rule of case alters, and what they become."""

    def __init__(self, places: Ints, first: Ints, size: Ints, pool: Points) -> None:
        self.places, self.first, self.size, self.pool = places, first, size, pool


def _heads(texts: Texts, letters: Bools) -> Bools:
    """The first letter of each word."""
    at = np.flatnonzero(letters)
    heads = np.zeros(len(letters), bool)
    heads[at[np.diff(texts.word[at], prepend=-1) != 0]] = True
    return heads


def _changes(texts: Texts, noise: Noise, clusters: Bools, case: Case, name: str) -> _Changes:
    def other(char: str) -> list[tuple[str, float]]:
        new = case(char)
        return [(new, 1.0)] if new != char else []

    table = noise.options(other, name)
    inside = texts.spread(clusters)
    places = np.flatnonzero(inside & table.hold(texts.points))
    option = table.only(texts.points[places])
    first, size = table.first[option], table.size[option]
    pool = np.append(table.pool, np.uint32(_FINAL_SIGMA))
    sigma = (texts.points[places] == _CAPITAL_SIGMA) & (pool[first] == _SIGMA)
    if sigma.any():
        bits = properties()[texts.points] & (LETTER | MARK)
        first[sigma & (bits[places - 1] != 0) & (bits[places + 1] == 0)] = len(pool) - 1
    return _Changes(places, first, size, pool)
