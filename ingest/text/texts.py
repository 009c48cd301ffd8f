"""Many texts as one array of code points, with their clusters and words worked out together.

Every text begins with a ``MARKER``, every token of a tokenised text with another, and one closes the
buffer: so a neighbour exists on both sides of every code point, and no cluster, word or edit
reaches from one text into the next.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.example import Example
from ingest.text.clusters import boundaries
from ingest.text.properties import LETTER, MARKER, UNSPACED, WHITE, Points, in_scripts, properties
from ingest.text.protect import protected_ranges

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Content = str | tuple[str, ...]
Ranges = Sequence[tuple[int, int]]


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
        protected: Sequence[Ranges] | None = None,
        tags: Sequence[tuple[str, ...]] | None = None,
        examples: Sequence[Example] = (),
        fields: Sequence[str] = (),
    ) -> None:
        """Lay the texts into one buffer.

        Args:
            protected: for each text, ranges of code points that no edit may touch.
            tags: for each text, the tags of its tokens (empty for strings).
            examples, fields: for each text, whose it is.
        """
        pieces: list[str] = []
        counts = np.ones(len(contents), np.int64)
        for at, content in enumerate(contents):
            if isinstance(content, str):
                pieces.append(content)
            else:
                pieces.append("")
                pieces.extend(content)
                counts[at] = len(content) + 1
        self.contents = contents
        self.keys = keys
        self.tags = tags
        self.examples = examples
        self.fields = fields
        self._protected = protected
        self.string = "\0" + "\0".join(pieces) + "\0" if pieces else "\0"
        self.points: Points = np.frombuffer(
            self.string.encode("utf-32-le", "surrogatepass"), np.uint32
        ).copy()
        markers = np.zeros(len(pieces) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces)) + 1, out=markers[1:])
        self.points[markers] = MARKER
        first = np.zeros(len(contents) + 1, np.int64)
        np.cumsum(counts, out=first[1:])
        self.starts: Ints = markers[first]
        inner = np.ones(len(markers), bool)
        inner[first] = False
        self.tokens: Ints = markers[inner]

    def __len__(self) -> int:
        return len(self.contents)

    @cached_property
    def tokenised(self) -> Bools:
        """For each text, whether it is a sequence of tokens."""
        return np.fromiter((not isinstance(content, str) for content in self.contents), bool, len(self))

    # clusters; markers count as clusters, and are white

    @cached_property
    def clusters(self) -> Ints:
        """Start of each cluster."""
        return np.flatnonzero(boundaries(self.points))

    @cached_property
    def cluster_ends(self) -> Ints:
        """End of each cluster."""
        return np.append(self.clusters[1:], len(self.points))

    @cached_property
    def code(self) -> NDArray[np.uint64]:
        """A number for each cluster that is equal where the code points are."""
        code = self.points[self.clusters].astype(np.uint64)
        if len(self.clusters) < len(self.points):
            starts = np.repeat(self.clusters, self.cluster_ends - self.clusters)
            place = (np.arange(len(self.points)) - starts).astype(np.uint64)
            weighed = self.points * (np.uint64(0x9E3779B97F4A7C15) ** (place + np.uint64(1)))
            code = np.add.reduceat(weighed, self.clusters)
        return code

    @cached_property
    def bits(self) -> NDArray[np.uint16]:
        """Properties of the first code point of each cluster."""
        return properties()[self.points[self.clusters]]

    @cached_property
    def text_of_cluster(self) -> NDArray[np.int32]:
        """The text of each cluster; the closing marker counts to the last."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self._counts)

    @cached_property
    def place(self) -> NDArray[np.uint32]:
        """The number of each cluster within its text, the marker being 0."""
        first = np.repeat(self._first_cluster.astype(np.uint32), self._counts)
        return np.arange(len(first), dtype=np.uint32) - first

    @cached_property
    def _first_cluster(self) -> Ints:
        return np.searchsorted(self.clusters, self.starts[:-1])

    @cached_property
    def _counts(self) -> Ints:
        return np.diff(self._first_cluster, append=len(self.clusters))

    @cached_property
    def white(self) -> Bools:
        """Clusters that separate words: blanks, controls of layout, markers."""
        white: Bools = (self.bits & WHITE) != 0
        return white

    @cached_property
    def free(self) -> Bools:
        """Clusters that an edit may touch: no marker, and outside what is protected."""
        mask: Bools = self.points[self.clusters] != MARKER
        ranges = protected_ranges(self.string)
        for start, spans in zip(self.starts, self._protected or (), strict=False):
            ranges.extend((int(start) + 1 + a, int(start) + 1 + b) for a, b in spans)
        for start, end in ranges:
            if end > start:
                first = np.searchsorted(self.clusters, start, "right") - 1
                mask[first : np.searchsorted(self.clusters, end)] = False
        return mask

    @cached_property
    def letter(self) -> Bools:
        """Clusters that noise of letters may touch: their base is a letter, and nothing protects them."""
        letter: Bools = (self.bits & LETTER) != 0
        letter &= self.free
        return letter

    @cached_property
    def unspaced(self) -> Bools:
        """Clusters whose script has no blanks between words, in texts without tokens."""
        mask = in_scripts(*UNSPACED)[self.points[self.clusters]]
        if self.tokenised.any():
            mask &= ~self.tokenised[self.text_of_cluster]
        return mask

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
        return np.add.reduceat(clusters, self._first_cluster, dtype=np.int64)
