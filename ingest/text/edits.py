"""Edits of a buffer: which stretches are replaced by what, and where everything else goes.

A replacement is a list of indices: below the length of the buffer they copy code points of the buffer
itself (swap, repeat, move), above it they point into ``extra``. So the origin of what was moved,
a token with its tag for example, stays known.
"""

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.text.properties import Points

Ints = NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)
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
    if origin:
        came_from = _spliced(np.arange(len(points)), edits, edits.source)
        return Moved(np.concatenate((points, edits.extra))[came_from], came_from)
    pool = np.concatenate((points, edits.extra)) if len(edits.extra) else points
    return Moved(_spliced(points, edits, pool[edits.source]), None)


def _spliced(old: NDArray[Number], edits: Edits, new: NDArray[Number]) -> NDArray[Number]:
    """``old`` with the stretches of the edits replaced by ``new``."""
    gone = edits.end - edits.start
    grown = edits.length - gone
    if not grown.any():
        out = old.copy()
        out[ragged(edits.start, edits.length)] = new
        return out
    # Copying under a mask costs by the stretch; an index for every code point takes three times as long.
    kept = old[_but(len(old), ragged(edits.start, gone))] if gone.any() else old
    if not len(new):
        return kept
    place = ragged(edits.start + offsets(grown), edits.length)
    out = np.empty(len(kept) + len(new), old.dtype)
    out[_but(len(out), place)] = kept
    out[place] = new
    return out


def _but(size: int, places: Ints) -> NDArray[np.bool_]:
    """A mask of everything but these places."""
    mask = np.ones(size, bool)
    mask[places] = False
    return mask


def offsets(sizes: Ints) -> Ints:
    """Where each of the stretches of these sizes begins when they are laid end to end."""
    out = np.zeros(len(sizes), np.int64)
    np.cumsum(sizes[:-1], out=out[1:])
    return out


def steps(ends: Ints) -> Ints:
    """The sizes of stretches that are laid end to end, from where each of them ends.

    What ``np.diff`` does with a zero put before, in a tenth of its time for short arrays.
    """
    sizes = ends.copy()
    sizes[1:] -= ends[:-1]
    return sizes


def ragged(first: Ints, size: Ints) -> Ints:
    """The numbers ``first, first + 1, ...`` of every stretch, one stretch after the other."""
    if len(size) and int(size.max()) == 1 == int(size.min()):
        return first.astype(np.int64)
    index = np.repeat(first - offsets(size), size)
    index += np.arange(len(index))
    return index


def moved_starts(edits: Edits, positions: Ints) -> Ints:
    """New places of the starts of spans: past what is inserted at their left edge."""
    return positions + shifts(edits)[np.searchsorted(edits.end, positions, "right")]


def shifts(edits: Edits) -> Ints:
    """How far text moves: what stands before the first edit (not at all), before the second, and so on."""
    moved = np.zeros(len(edits.start) + 1, np.int64)
    np.cumsum(edits.length - (edits.end - edits.start), out=moved[1:])
    return moved
