"""Many texts as one array of code points, with their clusters and words worked out together.

Every text begins with a ``MARKER``, every token of a tokenised text with another, and one closes the
buffer: so a neighbour exists on both sides of every code point, and no cluster, word or edit
reaches from one text into the next.
"""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.example import Example
from ingest.text.clusters import boundaries, may_join
from ingest.text.edits import ragged, steps
from ingest.text.properties import LETTER, MARKER, UNSPACED, WHITE, Points, in_scripts, properties
from ingest.text.protect import protected_ranges

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Content = str | tuple[str, ...]


class Texts:
    """A batch of texts, each a string or the tokens of a sentence.

    Attributes:
        points: code points of all texts, with markers.
        starts: position of each text's marker, and of the closing one.
        tokens: positions of the markers of tokens.
        string: the buffer as a string, NUL for markers.
        keys: 64 bits per text, which its draws depend on.
    """

    def __init__(
        self,
        contents: Sequence[Content],
        keys: NDArray[np.uint64],
        *,
        tags: Sequence[tuple[str, ...]] = (),
        answers: tuple[Ints, Ints, Ints] | None = None,
        owners: Callable[[], Sequence[Example]] = tuple,
    ) -> None:
        """Lay the texts into one buffer.

        Args:
            tags: for each text, the tags of its tokens; empty where the texts are strings.
            answers: text, start and end of stretches that no edit may touch.
            owners: gives for each text the example that it belongs to.
        """
        self.contents = contents
        self.keys = keys
        self.tags = tags
        self.tokenised = len(contents) > 0 and not isinstance(contents[0], str)
        self._answers = answers
        self._owners = owners
        pieces, first = _pieces(contents)
        self.string = "\0".join(["", *pieces, ""]) if pieces else "\0"
        self.points: Points = np.frombuffer(
            self.string.encode("utf-32-le", "surrogatepass"), np.uint32
        ).copy()
        markers = np.zeros(len(pieces) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces)) + 1, out=markers[1:])
        self.points[markers] = MARKER
        self.starts: Ints = markers[first]
        inner = np.ones(len(markers), bool)
        inner[first] = False
        self.tokens: Ints = markers[inner]

    def __len__(self) -> int:
        return len(self.contents)

    @cached_property
    def examples(self) -> Sequence[Example]:
        """The example of each text."""
        return self._owners()

    # clusters; markers count as clusters, and are white

    @cached_property
    def simple(self) -> bool:
        """Whether every cluster is one code point, as in most Latin text."""
        return not may_join(self._point_bits)

    @cached_property
    def clusters(self) -> Ints:
        """Start of each cluster."""
        return np.arange(len(self.points)) if self.simple else np.flatnonzero(boundaries(self._point_bits))

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return len(self.points) if self.simple else len(self.clusters)

    def starts_of(self, at: Ints) -> Ints:
        """Where clusters start in the buffer."""
        return at if self.simple else self.clusters[at]

    def ends_of(self, at: Ints) -> Ints:
        """Where clusters end; not to be asked of the closing marker."""
        return at + 1 if self.simple else self.clusters[at + 1]

    def cluster_at(self, positions: Ints) -> Ints:
        """The clusters that hold these positions of the buffer."""
        return positions if self.simple else np.searchsorted(self.clusters, positions, "right") - 1

    @cached_property
    def sizes(self) -> Ints:
        """Code points of each cluster."""
        return np.diff(self.clusters, append=len(self.points))

    @cached_property
    def several(self) -> Bools:
        """Clusters of several code points."""
        return np.zeros(len(self.points), bool) if self.simple else self.sizes > 1

    @cached_property
    def first(self) -> Points:
        """The first code point of each cluster."""
        return self.points if self.simple else self.points[self.clusters]

    @cached_property
    def _point_bits(self) -> NDArray[np.uint16]:
        return properties().take(self.points)

    @cached_property
    def bits(self) -> NDArray[np.uint16]:
        """Properties of the first code point of each cluster."""
        return self._point_bits if self.simple else self._point_bits[self.clusters]

    @cached_property
    def code(self) -> NDArray[np.unsignedinteger]:
        """A number for each cluster that is equal where the code points are."""
        if self.simple:
            return self.points
        starts = np.repeat(self.clusters, self.sizes)
        place = (np.arange(len(self.points)) - starts).astype(np.uint64)
        weights = np.uint64(0x9E3779B97F4A7C15) ** np.arange(1, int(place.max()) + 2, dtype=np.uint64)
        return np.add.reduceat(self.points * weights[place], self.clusters)

    @cached_property
    def text_of_cluster(self) -> NDArray[np.int32]:
        """The text of each cluster; the closing marker counts to the last."""
        return np.repeat(np.arange(len(self), dtype=np.int32), steps(self.ends))

    @cached_property
    def first_cluster(self) -> Ints:
        """The cluster of each text's marker."""
        return self.starts[:-1] if self.simple else np.searchsorted(self.clusters, self.starts[:-1])

    @cached_property
    def ends(self) -> Ints:
        """One past the last cluster of each text; the closing marker counts to the last."""
        return np.append(self.first_cluster[1:], self.count) if len(self) else self.first_cluster

    def sizes_of(self, at: Ints) -> Ints:
        """How many of the clusters at these ascending indices lie in each text."""
        return steps(np.searchsorted(at, self.ends))

    def spread(self, clusters: Bools) -> Bools:
        """What is marked for clusters, for their code points."""
        return clusters if self.simple else np.repeat(clusters, self.sizes)

    @cached_property
    def white(self) -> Bools:
        """Clusters that separate words: blanks, controls of layout, markers."""
        white: Bools = (self.bits & WHITE) != 0
        return white

    @cached_property
    def free(self) -> Bools:
        """Clusters that an edit may touch: no marker, and outside what is protected."""
        free: Bools = self.first != MARKER
        ranges = protected_ranges(self.string)
        if ranges:
            self._bar(free, *np.array(ranges, np.int64).T)
        if self._answers is not None:
            text, begin, stop = self._answers
            at = self.starts[text] + 1
            self._bar(free, at + begin, at + stop)
        return free

    def _bar(self, free: Bools, start: Ints, end: Ints) -> None:
        """Marks the clusters of stretches of the buffer as not free."""
        some = np.flatnonzero(end > start)
        first, last = self.cluster_at(start[some]), self.cluster_at(end[some] - 1)
        free[ragged(first, last - first + 1)] = False

    @cached_property
    def letter(self) -> Bools:
        """Clusters that noise of letters may touch: their base is a letter, and nothing protects them."""
        letter: Bools = (self.bits & LETTER) != 0
        letter &= self.free
        return letter

    @cached_property
    def letters(self) -> Ints:
        """The clusters that are letters."""
        return np.flatnonzero(self.letter)

    @cached_property
    def letters_in(self) -> Ints:
        """How many letters each text has."""
        return self.sizes_of(self.letters)

    @cached_property
    def unspaced(self) -> Bools:
        """Clusters whose script has no blanks between words, in texts without tokens."""
        return np.zeros(self.count, bool) if self.tokenised else in_scripts(*UNSPACED).take(self.first)

    # words: runs of clusters between white ones

    @cached_property
    def word(self) -> NDArray[np.int32]:
        """The number of the word that each cluster belongs to; white clusters count to the word before."""
        begins = ~self.white
        begins[1:] &= self.white[:-1]
        return np.cumsum(begins, dtype=np.int32) - np.int32(1)

    @cached_property
    def word_starts(self) -> Ints:
        """The first cluster of each word."""
        begins = ~self.white
        begins[1:] &= self.white[:-1]
        return np.flatnonzero(begins)

    @cached_property
    def word_ends(self) -> Ints:
        """One past the last cluster of each word."""
        ends = ~self.white[:-1] & self.white[1:]
        return np.flatnonzero(ends) + 1

    def per_text(self, clusters: Bools) -> Ints:
        """How many of the clusters marked lie in each text."""
        if not len(self):
            return np.zeros(0, np.int64)
        return np.add.reduceat(clusters, self.first_cluster, dtype=np.int64)


def _pieces(contents: Sequence[Content]) -> tuple[Sequence[str], Ints]:
    """What stands between markers, and which markers are those of texts."""
    if not contents or isinstance(contents[0], str):
        return contents, np.arange(len(contents) + 1)  # type: ignore[return-value]
    pieces: list[str] = []
    first = [0]
    for content in contents:
        pieces += ["", *content]
        first.append(len(pieces))
    return pieces, np.array(first)
