"""Eight languages: English by a small grammar of its own, and seven invented ones.

Their codes lie in qaa..qtz, which ISO 639-2 reserves for local use, so that none can be taken for
a real language. Scripts, word orders and morphology are borrowed from what the world's languages
do; words are made by ``ingest.mini.words``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Order = Literal["SVO", "SOV", "VSO"]
Side = Literal["before", "after"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniLanguage:
    """How one language looks and says things.

    Suffixes are written in phonemes (see ``ingest.mini.words``) and joined to the root before the
    script is applied; an empty suffix means the language does not mark it.

    Attributes:
        script: ISO 15924 code.
        adjective, adposition, negation: on which side of noun, noun phrase and verb they stand.
        article: where the article stands; None without one.
        bound: adpositions are suffixes of the noun instead of words.
        copula: whether "X is Y" has a verb.
        fronting: whether question words go to the front.
        time: where adverbs of time stand.
        consonants, vowels, codas: what roots are made of.
        accent: which vowel of a root carries the accent.
        loans: share of roots that come from the English word.
        kin: share of roots that come from the family's common stock.
    """

    code: str
    name: str
    script: str
    family: str
    order: Order
    adjective: Side = "before"
    adposition: Side = "before"
    negation: Side = "before"
    article: Side | None = None
    bound: bool = False
    copula: bool = True
    fronting: bool = True
    time: Literal["first", "last"] = "last"
    consonants: str = ""
    vowels: str = "aeiou"
    codas: str = ""
    accent: Literal["first", "last"] | None = None
    plural: str = ""
    accusative: str = ""
    verbal: str = ""
    participle: str = ""
    loans: float = 0.0
    kin: float = 0.0
    stop: str = "."
    question: str = "?"

    @property
    def bicameral(self) -> bool:
        """Whether sentences and names begin with a capital."""
        return self.script in ("Latn", "Cyrl", "Grek")


LANGUAGES: Mapping[str, MiniLanguage] = {
    language.code: language
    for language in (
        MiniLanguage(
            code="en", name="English (mini)", script="Latn", family="Indo-European", order="SVO",
            article="before",
        ),
        MiniLanguage(
            code="qle", name="Lesk", script="Latn", family="Velic (invented)", order="SVO",
            adjective="after", negation="after", article="before", consonants="bdfgklmnprstvcx",
            vowels="aeiouAO", codas="nrslt", plural="en", verbal="it", participle="ot", loans=0.35,
            kin=0.4,
        ),
        MiniLanguage(
            code="qro", name="Rondic", script="Cyrl", family="Velic (invented)", order="SVO",
            copula=False, time="first", consonants="bdghklmnprstvzcx", codas="nrsltvk", plural="i",
            accusative="u", verbal="al", participle="en", loans=0.1, kin=0.4,
        ),
        MiniLanguage(
            code="qhe", name="Helidic", script="Grek", family="Helidic (invented)", order="SVO",
            article="before", consonants="dfghklmnprstz", codas="nsrl", accent="last", plural="es",
            accusative="", verbal="ise", participle="men", loans=0.1,
        ),
        MiniLanguage(
            code="qda", name="Dasvari", script="Deva", family="Dasvaric (invented)", order="SOV",
            adposition="after", fronting=False, time="first", consonants="bdghjklmnprstvcx",
            codas="nrlmst", plural="on", accusative="", verbal="ija", participle="ita", loans=0.1,
            stop="।",
        ),
        MiniLanguage(
            code="qto", name="Tolese", script="Hang", family="Tolic (invented)", order="SOV",
            adposition="after", bound=True, negation="after", fronting=False, time="first",
            consonants="bdghklmnpstcz", codas="nmlkg", plural="dul", accusative="lul", verbal="sota",
            participle="cita", loans=0.15,
        ),
        MiniLanguage(
            code="qma", name="Maarith", script="Arab", family="Maaric (invented)", order="VSO",
            adjective="after", copula=False, consonants="bdfghjklmnrstzx", vowels="aaeiu",
            codas="bdfklmnrst", plural="at", verbal="", participle="im", loans=0.05, question="؟",
        ),
        MiniLanguage(
            code="qki", name="Kinnoric", script="Latn", family="Kinnoric (invented)", order="VSO",
            adjective="after", article="before", consonants="bdfghklmnprstv", codas="dnrslth",
            accent="first", plural="au", verbal="odd", participle="ig", loans=0.1,
        ),
    )
}  # fmt: skip
"""All languages of the built-in benchmark by code; ``en`` is the language of training."""
