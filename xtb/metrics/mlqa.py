"""MLQA's normalisation of answers (Lewis et al., 2020), by the language of the answer.

Follows facebookresearch/MLQA, mlqa_evaluation_v1.py: lower case, no Unicode punctuation, no articles of the
language, Chinese split into characters. One habit of it is kept because published numbers contain it: the
Arabic article is taken out wherever its two letters stand, inside words too.
"""

import re
import string
import unicodedata
from collections.abc import Callable
from functools import partial

from warehouse.errors import UsageError

_ARTICLES = {
    "ar": re.compile("ال"),
    "de": re.compile(r"\b(?:ein(?:e[nmsr]?)?|de[rnms]|die|das)\b"),
    "en": re.compile(r"\b(?:an?|the)\b"),
    "es": re.compile(r"\b(?:un(?:a|as|os)?|el|l(?:as?|os))\b"),
    "hi": None,
    "vi": re.compile(r"\b(?:của|là|cái|chiếc|những)\b"),
    "zh": None,
}
_HAN = re.compile("([\u4e00-\u9fa5])")


def normaliser(language: str) -> Callable[[str], str]:
    """The normalisation of a language's answers, for ``xtb.metrics.squad.judge``.

    Raises:
        UsageError: MLQA does not have the language.
    """
    if language not in _ARTICLES:
        raise UsageError(f"MLQA's metric is not defined for '{language}', only for {', '.join(_ARTICLES)}")
    return partial(normalise, language=language)


def normalise(text: str, language: str) -> str:
    """An answer as MLQA compares it.

    >>> normalise("„Die Universität Zürich“", "de"), normalise("在1945年。", "zh")
    ('universität zürich', '在 1945 年')
    """
    text = "".join(filter(_kept, text.lower()))
    articles = _ARTICLES[language]
    if articles is not None:
        text = articles.sub(" ", text)
    if language == "zh":
        text = _HAN.sub(r" \1 ", text)
    return " ".join(text.split())


def _kept(letter: str) -> bool:
    return letter not in string.punctuation and not unicodedata.category(letter).startswith("P")
