"""The built-in benchmark: invented languages, a grammar, seven tasks. All of its text is synthetic.

Nothing here was collected: the English words are a short list of our own, the words of the other
languages are made by rule from seeds, and every sentence comes out of ``ingest.mini.grammar``.

    draws           counter-based random draws
    concepts        the lexicon rows: what can be talked about, with the English words
    languages       eight languages: script, word order, morphology
    words, script   the words of a language, made by rule, and how its script writes them
    grammar         clauses, and how each language says them
    facts           frames, and drawing clauses that make sense
    nli paraphrase choice tagging reading retrieval     the tasks
    corpus          parallel text for pretraining
    source          all of it as a data source
    benchmark       what the task files share
"""

from ingest.language import Language
from ingest.mini.languages import LANGUAGES as _GRAMMARS
from ingest.mini.source import MiniSource

__all__ = ["LANGUAGES", "MiniSource"]

LANGUAGES: tuple[Language, ...] = tuple(
    Language(
        code=grammar.code,
        iso639_3=grammar.code,
        name=grammar.name,
        script=grammar.script,
        family=grammar.family,
        genus=grammar.family,
        word_order=grammar.order,
        synthetic=True,
    )
    for grammar in _GRAMMARS.values()
    if grammar.code != "en"
)
"""The invented languages as rows of the language dimension; ``en`` is among the real ones."""
