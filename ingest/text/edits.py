"""Edits of a buffer: which stretches are replaced by what, and where everything else goes.

A replacement is a list of indices: below the length of the buffer they copy code points of the buffer
itself (swap, repeat, move), above it they point into ``extra``. So the origin of what was moved,
a token with its tag for example, stays known.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ingest.text.properties import Points

Ints = NDArray[np.int64]
_NONE: Ints = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Non-overlapping stretches in ascending order, and what takes their place.

    Attributes:
        start: first position of each stretch; equal to ``end`` for an insertion.
        end: one past its last position.
        length: of each replacement.
        source: the replacements, one after the other, as indices.
        extra: code points that the indices from ``len(points)`` on refer to.
        units: for each text, how many units were edited.
        eligible: for each text, how many could have been.
        reached: letters of all texts that the perturbation can reach.
        letters: letters of all texts; 0 where reach is no question of letters.
    """

    start: Ints
    end: Ints
    length: Ints
    source: Ints
    extra: Points = field(default_factory=lambda: np.zeros(0, np.uint32))
    units: Ints
    eligible: Ints
    reached: int = 0
    letters: int = 0


def nothing(texts: int) -> Edits:
    """No edit in any of so many texts."""
    zero = np.zeros(texts, np.int64)
    return Edits(start=_NONE, end=_NONE, length=_NONE, source=_NONE, units=zero, eligible=zero)


@dataclass(frozen=True, slots=True)
class Moved:
    """A buffer after its edits.

    Attributes:
        points: the new buffer.
        origin: for each position, the index (as in ``Edits.source``) it came from; None unless asked for.
    """

    points: Points
    origin: Ints | None


def apply(points: Points, edits: Edits, *, origin: bool = False) -> Moved:
    """The buffer with the edits made."""
    new = np.concatenate((points, edits.extra))[edits.source]
    if not origin and bool((edits.end - edits.start == edits.length).all()):
        out = points.copy()
        out[ragged(edits.start, edits.length)] = new
        return Moved(out, None)
    if not origin and not len(new):
        stays = np.ones(len(points), bool)
        stays[ragged(edits.start, edits.end - edits.start)] = False
        return Moved(points[np.flatnonzero(stays)], None)
    pieces = 2 * len(edits.start) + 1
    first = np.empty(pieces, np.int64)
    size = np.empty(pieces, np.int64)
    first[0] = 0
    first[2::2] = edits.end
    first[1::2] = len(points) + offsets(edits.length)
    size[1::2] = edits.length
    size[0:-1:2] = edits.start - first[0:-1:2]
    size[-1] = len(points) - first[-1]
    index = ragged(first, size)
    came_from = np.concatenate((np.arange(len(points)), edits.source))[index] if origin else None
    return Moved(np.concatenate((points, new))[index], came_from)


def offsets(sizes: Ints) -> Ints:
    """Where each of the stretches of these sizes begins when they are laid end to end."""
    out = np.zeros(len(sizes), np.int64)
    np.cumsum(sizes[:-1], out=out[1:])
    return out


def ragged(first: Ints, size: Ints) -> Ints:
    """The numbers ``first, first + 1, ...`` of every stretch, one stretch after the other."""
    if len(size) and int(size.max()) == 1 == int(size.min()):
        return first.astype(np.int64)
    index = np.repeat(first - offsets(size), size)
    index += np.arange(len(index))
    return index


def moved_starts(edits: Edits, positions: Ints) -> Ints:
    """New places of the starts of spans: past what is inserted at their left edge."""
    return positions + _shift(edits)[np.searchsorted(edits.end, positions, "right")]


def moved_ends(edits: Edits, positions: Ints) -> Ints:
    """New places of the ends of spans: before what is inserted at their right edge."""
    return positions + _shift(edits)[np.searchsorted(edits.start, positions, "left")]


def _shift(edits: Edits) -> Ints:
    return np.concatenate(([0], np.cumsum(edits.length - (edits.end - edits.start)))).astype(np.int64)
