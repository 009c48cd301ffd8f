"""Choosing units of a text and replacing them: the steps that most perturbations share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.text.draw import Noise, choose, quota
from ingest.text.edits import Edits, ragged
from ingest.text.keys import Words32
from ingest.text.options import Lookup, Options
from ingest.text.properties import Points
from ingest.text.texts import Bools, Ints, Texts

_NO_POINTS: Points = np.zeros(0, np.uint32)


def pick(texts: Texts, noise: Noise, candidates: Bools, eligible: Ints | None = None) -> tuple[Ints, Ints]:
    """Choose clusters at the noise's rate.

    Args:
        candidates: for each cluster, whether it may be chosen.
        eligible: per text, what the rate is a share of; the candidates unless given.

    Returns:
        Indices of the chosen clusters, ascending, and the eligible units per text.
    """
    all_letters = candidates is texts.letter
    at = texts.letters if all_letters else np.flatnonzero(candidates)
    sizes = texts.letters_in if all_letters else texts.sizes_of(at)
    if eligible is None:
        eligible = sizes
    draws = noise.clusters(texts, at, sizes=sizes)
    return at[choose(draws, sizes, quota(eligible, noise.rate))], eligible


def edits(
    texts: Texts,
    text: NDArray[np.integer],
    start: Ints,
    end: Ints,
    length: Ints,
    source: Ints,
    extra: Points = _NO_POINTS,
    *,
    eligible: Ints,
    units: Ints | None = None,
    reached: Bools | None = None,
) -> Edits:
    """Edits with their bookkeeping.

    Args:
        text: the text of each edit, which is one unit unless ``units`` says otherwise.
        reached: clusters within reach of the perturbation; the share of them among letters decides
            whether it applies to a cell.
    """
    return Edits(
        start=start,
        end=end,
        length=length,
        source=source,
        extra=extra,
        units=np.bincount(text, minlength=len(texts)) if units is None else units,
        eligible=eligible,
        reached=int(np.count_nonzero(reached & texts.letter)) if reached is not None else 0,
        letters=int(np.count_nonzero(texts.letter)) if reached is not None else 0,
    )


def insert(
    texts: Texts, at: Ints, places: Ints, copies: Ints, *, eligible: Ints, reached: Bools | None = None
) -> Edits:
    """Insert a copy of cluster ``copies[i]`` at position ``places[i]``, for cluster ``at[i]``."""
    first, size = texts.starts_of(copies), texts.ends_of(copies) - texts.starts_of(copies)
    return edits(
        texts,
        texts.text_of_cluster[at],
        places,
        places,
        size,
        ragged(first, size),
        eligible=eligible,
        reached=reached,
    )


def replace_points(
    texts: Texts,
    places: Ints,
    points: Points,
    *,
    text: NDArray[np.integer],
    eligible: Ints,
    units: Ints | None = None,
    reached: Bools | None = None,
) -> Edits:
    """Put one code point in the place of another."""
    source = len(texts.points) + np.arange(len(places))
    one = np.ones(len(places), np.int64)
    return edits(
        texts, text, places, places + 1, one, source, points, eligible=eligible, units=units, reached=reached
    )


def exchange(first: tuple[Ints, Ints], second: tuple[Ints, Ints]) -> tuple[Ints, Ints, Ints, Ints]:
    """Start, end, length and source of edits that exchange two stretches and keep what is between.

    Args:
        first: starts and ends of the left stretches, as positions in the buffer.
        second: starts and ends of the right ones, each at or after the end of its partner.
    """
    (a, b), (c, d) = first, second
    begins = np.stack((c, b, a), axis=1).ravel()
    sizes = np.stack((d - c, c - b, b - a), axis=1).ravel()
    return a, d, d - a, ragged(begins, sizes)


@dataclass(frozen=True, slots=True)
class Reach:
    """The code points of the letters of a batch that have replacements.

    Attributes:
        hit: for each code point of the buffer, whether it is one.
        clusters: for each cluster, whether it holds one and may be edited.
    """

    options: Options
    hit: Bools
    clusters: Bools

    def within(self, texts: Texts, at: Ints, bits: Words32) -> Ints:
        """For each of the clusters, the position of one of its code points within reach, drawn evenly."""
        if texts.simple:
            return at
        points = np.flatnonzero(self.hit)
        first = np.searchsorted(points, texts.starts_of(at))
        count = np.searchsorted(points, texts.ends_of(at)) - first
        places: Ints = points[first + bits % count.astype(np.uint32)]
        return places


def reach(texts: Texts, noise: Noise, lookup: Lookup, candidates: Bools) -> Reach:
    """Find what a table of replacements can reach in the clusters that are candidates."""
    table = noise.options(lookup)
    hit = table.hold(texts.points) & texts.spread(candidates)
    clusters = hit if texts.simple else np.logical_or.reduceat(hit, texts.clusters)
    return Reach(table, hit, clusters)


def substitute(
    texts: Texts, noise: Noise, lookup: Lookup, candidates: Bools | None = None, *, letters: bool = True
) -> Edits:
    """Replace one code point in each of the clusters chosen, by a table of weighted replacements.

    Args:
        candidates: clusters that may be chosen; the letters unless given.
        letters: whether the share of letters within reach decides where it applies.
    """
    found = reach(texts, noise, lookup, texts.letter if candidates is None else candidates)
    at, eligible = pick(texts, noise, found.clusters)
    places = found.within(texts, at, noise.clusters(texts, at, "point"))
    drawn = found.options.draw(texts.points[places], noise.clusters(texts, at, "option"))
    first, size = found.options.first[drawn], found.options.size[drawn]
    return edits(
        texts,
        texts.text_of_cluster[at],
        places,
        places + 1,
        size,
        len(texts.points) + ragged(first, size),
        found.options.pool,
        eligible=eligible,
        reached=found.clusters if letters else None,
    )
