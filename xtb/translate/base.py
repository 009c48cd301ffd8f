"""What a translator is."""

from collections.abc import Callable, Sequence
from typing import Protocol

PREBUILT = "translate_train"
"""The split of a data source that holds a task's training data as somebody translated them, and the
translator's name then: in a mirror ``<data set>/translate_train/<language>.parquet`` with the columns of its
``train``; XTREME's release uses the same word."""

BEAMS = 4
DECODING = f"beams{BEAMS}"
"""How a model decodes; part of its identity."""

OnBatch = Callable[[int, int], None]
"""Called with the texts done and the texts to do; may raise to stop."""


class Translator(Protocol):
    """Translates English texts."""

    def translate(self, texts: Sequence[str], language: str, on_batch: OnBatch) -> list[str | None]:
        """The translation of each text; None where there is none.

        Args:
            texts: English; not empty strings.
            language: code of the language to translate into.
            on_batch: hears of progress.
        """
