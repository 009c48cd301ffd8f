"""What an adversarial text must keep, in terms that hold in any language.

A constraint is a setting of an attack. One that is 0 or false is off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.text.properties import LETTER, properties, script_names, scripts
from xtb.adversarial.attack import Proposal, Settings
from xtb.adversarial.distance import chrf, cluster_edits, clusters
from xtb.adversarial.original import Original

CONSTRAINTS: Mapping[str, str] = {
    "max_edit_rate": "most clusters changed, as a share of those of the original (Levenshtein)",
    "min_chrf": "least chrF2 against the original",
    "keep_digits": "the digits of each text stay the same, in order",
    "keep_script": "no letter of a script that the original lacks",
    "min_similarity": "least cosine under the frozen encoder of --similarity",
    "max_perplexity": "most pseudo-perplexity under the model of --mlm, in multiples of the original's",
}
"""Settings that every attack understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """Limits on the texts of an attack; see ``CONSTRAINTS``."""

    max_edit_rate: float = 0.0
    min_chrf: float = 0.0
    keep_digits: bool = False
    keep_script: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "Constraints":
        """Those among the settings of an attack."""
        return cls(
            max_edit_rate=float(settings.get("max_edit_rate", 0.0)),
            min_chrf=float(settings.get("min_chrf", 0.0)),
            keep_digits=bool(settings.get("keep_digits", False)),
            keep_script=bool(settings.get("keep_script", False)),
        )

    def keeper(self, original: Original) -> "Keeper":
        """Judges proposals for one example."""
        return Keeper(self, original)


class Keeper:
    """Whether proposals keep the constraints of one example."""

    def __init__(self, constraints: Constraints, original: Original) -> None:
        self._limits, self._original = constraints, original
        self._texts = original.texts
        self._room = -1.0
        if constraints.max_edit_rate:
            self._room = max(1.0, constraints.max_edit_rate * size_of(self._texts))
        self._digits = [_digits(text) for text in self._texts] if constraints.keep_digits else []
        self._scripts = _scripts(self._texts) if constraints.keep_script else frozenset()

    def keeps(self, proposal: Proposal) -> bool:
        """Does the proposal change something, and nothing that must stay?"""
        if proposal.example == self._original.example:
            return False
        limits = self._limits
        near = proposal.edits is not None and proposal.edits <= self._room
        more = limits.min_chrf or limits.keep_digits or limits.keep_script
        if not more and (self._room < 0 or near):
            return True
        texts = self._original.texts_of(proposal.example)
        if self._room >= 0 and not near and edits_between(self._texts, texts) > self._room:
            return False
        if limits.keep_digits and [_digits(text) for text in texts] != self._digits:
            return False
        if limits.keep_script and not _scripts(texts) <= self._scripts:
            return False
        return not limits.min_chrf or chrf(texts, self._texts) >= limits.min_chrf


def size_of(texts: Sequence[str]) -> int:
    """Clusters of texts."""
    return sum(len(clusters(text)) for text in texts)


def edits_between(before: Sequence[str], after: Sequence[str]) -> int:
    """Clusters that differ between the texts of two versions of an example.

    Where their numbers differ (words of a sentence were dropped or added), they are compared as one text.
    """
    if len(before) != len(after):
        return cluster_edits(" ".join(before), " ".join(after))
    return sum(cluster_edits(a, b) for a, b in zip(before, after, strict=True))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def script_of(text: str) -> frozenset[str]:
    """The scripts of the letters of a text (ISO 15924)."""
    return _scripts([text])


def _scripts(texts: Sequence[str]) -> frozenset[str]:
    """The scripts of letters; marks and what scripts share do not count."""
    string = "".join(texts)
    points = np.frombuffer(string.encode("utf-32-le", "surrogatepass"), np.uint32)
    used = np.unique(scripts()[points[(properties()[points] & LETTER) != 0]])
    return frozenset(script_names()[number] for number in used.tolist())
