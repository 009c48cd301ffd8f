"""The same examples in other languages, for tasks whose test sets are translations of each other."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from ingest.example import Example
from ingest.language import languages
from ingest.resources import rows

Readers = Mapping[str, Callable[[], Sequence[Example]]]
"""By language: reads the examples."""


class Parallel:
    """The examples of a split in several languages, each read when it is first asked for."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._read: dict[str, dict[str, Example]] = {}

    def others(self, language: str) -> list[str]:
        """The other languages, the nearest first."""
        others = (other for other in self._readers if other != language)
        return sorted(others, key=lambda other: (distance(language, other), other))

    def twins(self, language: str) -> Mapping[str, Example]:
        """The examples in a language, by id."""
        if language not in self._read:
            self._read[language] = {example.id: example for example in self._readers[language]()}
        return self._read[language]

    def partner(self, language: str, severity: int) -> str:
        """The other language for a severity: the nearest at 1, the farthest at 5, even steps between."""
        others = self.others(language)
        return others[round((severity - 1) / 4 * (len(others) - 1))]


NOT_PARALLEL = Parallel({})
"""Of examples that are in one language."""


def distance(one: str, other: str) -> float:
    """How far two languages lie apart: 1 - cosine of URIEL's syntactic features, .1 more for another script.

    Languages that URIEL does not know count as farther than any it does.
    """
    if one == other:
        return 0.0
    known = languages()
    scripts = {known[code].script for code in (one, other) if code in known}
    return _syntax().get((one, other), 2.0) + (0.1 if len(scripts) > 1 else 0.0)


@cache
def _syntax() -> Mapping[tuple[str, str], float]:
    table = [(row["one"], row["other"], float(row["syntax"])) for row in rows("distances.csv")]
    return {pair: value for one, other, value in table for pair in ((one, other), (other, one))}
